"""Splits the answer cell, as JupyterLab does it: both halves keep the tag."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "NameError.*every import and helper")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Put the imports into a cell before that of the class."""
    notebook = kit.answered(released, tag)
    cell = kit.answer_cell(notebook, tag)
    imports, _, cell.source = kit.answer_cell(notebook, tag).source.partition("\n\n\n")
    half = kit.answer_cell(kit.answered(released, tag, imports), tag)
    notebook.cells.insert(notebook.cells.index(cell), half)
    kit.write(folder, notebook)
