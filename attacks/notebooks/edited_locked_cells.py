"""Replaces the text of the evaluation cell by the number of points it would like."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "Compare your results?", flagged=True)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the text of the locked cell."""
    notebook = kit.answered(released, tag, kit.WRONG)
    kit.grade_cell(notebook, tag).source = "10"
    kit.write(folder, notebook)
