"""Hands in a timestamp that is no time."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write a note in place of the time."""
    kit.write(folder, kit.answered(released, tag))
    (folder / "timestamp.txt").write_text("in time, I promise\n")
