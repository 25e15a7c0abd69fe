"""Invents a type for every cell."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "has no code cell with the tag|is no Jupyter notebook")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the types of all cells."""
    notebook = kit.answered(released, tag)
    for number, cell in enumerate(notebook.cells):
        cell.cell_type = ["task", "", None, 7, [], {}][number % 6]
    kit.write(folder, notebook)
