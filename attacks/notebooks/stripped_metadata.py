"""Loses all metadata of all cells, as some programs do."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "has no code cell with the tag")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Empty all metadata."""
    notebook = kit.answered(released, tag)
    for cell in notebook.cells:
        cell.metadata = {}
        cell.id = "lost"
    notebook.metadata = {}
    kit.write(folder, notebook)
