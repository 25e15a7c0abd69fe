"""Deletes the answer cell."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "has no code cell with the tag")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Leave the answer cell out."""
    notebook = kit.answered(released, tag)
    notebook.cells.remove(kit.answer_cell(notebook, tag))
    kit.write(folder, notebook)
