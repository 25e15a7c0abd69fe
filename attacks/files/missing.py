"""Hands in a folder without a notebook."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "was not handed in|is missing|no notebook")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write a note only."""
    (folder / "sorry.txt").write_text("It is on my other computer.")
