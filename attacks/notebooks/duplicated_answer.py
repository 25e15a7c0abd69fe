"""Hands in the answer twice, first wrong, then right."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10, "2 cells have the tag", flagged=True)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Put a copy of the answer cell behind it."""
    notebook = kit.answered(released, tag, kit.WRONG)
    copy = kit.answer_cell(kit.answered(released, tag), tag)
    notebook.cells.insert(notebook.cells.index(kit.answer_cell(notebook, tag)) + 1, copy)
    kit.write(folder, notebook)
