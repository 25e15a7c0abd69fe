"""Hands in JSON that is no object."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is no Jupyter notebook")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write a list of the cells."""
    kit.write(folder, [dict(cell) for cell in released.cells])
