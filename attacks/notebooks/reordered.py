"""Turns the order of all cells round, by accident."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Reverse the cells."""
    notebook = kit.answered(released, tag)
    notebook.cells.reverse()
    kit.write(folder, notebook)
