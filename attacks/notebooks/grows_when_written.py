"""Hands in a million empty lines, which need three times the room when nbformat writes them."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, r"more than|longer than|larger than")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Put the lines behind a right answer."""
    kit.write(folder, kit.answered(released, tag, kit.RIGHT + "\n" * 1_500_000))
