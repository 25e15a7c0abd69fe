"""Hands in a timestamp that is older than time, or newer than all deadlines."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write a year of four zeros."""
    kit.write(folder, kit.answered(released, tag))
    (folder / "timestamp.txt").write_text("0000-00-00 99:99:99 +999999\n")
