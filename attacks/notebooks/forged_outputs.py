"""Hands in outputs that say 10 of 10, in every cell."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "Compare your results?")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Put a result into all code cells."""
    notebook = kit.answered(released, tag, kit.WRONG)
    record = {"schema": 1, "score": 10.0, "max_score": 10.0, "groups": [], "notes": []}
    data = {"text/plain": "10.0", "text/html": "<b>10 of 10</b>", "application/json": record}
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
    kit.write(folder, notebook)
