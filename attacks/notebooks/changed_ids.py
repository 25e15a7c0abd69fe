"""Exchanges the grade_ids of the answer and of the evaluation cell."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "Compare your results?", flagged=True)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Name each cell as the other one."""
    notebook = kit.answered(released, tag, kit.WRONG)
    kit.answer_cell(notebook, tag).metadata["nbgrader"]["grade_id"] = f"test_{tag}"
    kit.grade_cell(notebook, tag)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("locked"):
            cell.metadata["nbgrader"]["grade_id"] = tag
    kit.write(folder, notebook)
