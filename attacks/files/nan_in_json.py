"""Hands in JSON with NaN and infinite points, which is no JSON."""

import math
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is damaged: it is not JSON text")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the points of the evaluation cell."""
    notebook = kit.answered(released, tag)
    kit.grade_cell(notebook, tag).metadata["nbgrader"]["points"] = math.nan
    notebook.metadata["x"] = -math.inf
    kit.write(folder, notebook)
