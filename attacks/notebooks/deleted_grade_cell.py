"""Deletes the evaluation cell, so that there is nothing to grade."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "Compare your results?", flagged=True)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Leave the evaluation cell out."""
    notebook = kit.answered(released, tag, kit.WRONG)
    notebook.cells.remove(kit.grade_cell(notebook, tag))
    kit.write(folder, notebook)
