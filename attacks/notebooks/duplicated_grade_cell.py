"""Hands in the evaluation cell a hundred times."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "Compare your results?", flagged=True)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Repeat the cell that a hidden suite grades."""
    notebook = kit.answered(released, tag, kit.WRONG)
    notebook.cells += [kit.grade_cell(notebook, tag)] * 100
    kit.write(folder, notebook)
