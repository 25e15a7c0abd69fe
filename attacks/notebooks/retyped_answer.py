"""Turns the answer cell into a markdown cell, by accident."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "has no code cell with the tag")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the type of the answer cell."""
    notebook = kit.answered(released, tag)
    cell = kit.answer_cell(notebook, tag)
    cell.cell_type = "markdown"
    del cell["outputs"], cell["execution_count"]
    kit.write(folder, notebook)
