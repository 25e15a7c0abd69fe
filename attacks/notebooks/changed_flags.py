"""Unlocks the evaluation cell, and says that it is no grade cell but a solution."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "Compare your results?", flagged=True)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the flags of the evaluation cell."""
    notebook = kit.answered(released, tag, kit.WRONG)
    flags = kit.grade_cell(notebook, tag).metadata["nbgrader"]
    flags |= {"grade": False, "locked": False, "solution": True}
    kit.write(folder, notebook)
