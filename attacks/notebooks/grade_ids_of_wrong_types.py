"""Replaces the grade_ids and flags of nbgrader's metadata by lists and objects."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the type of what nbgrader reads."""
    notebook = kit.answered(released, tag)
    for cell in notebook.cells:
        for name in cell.metadata.get("nbgrader", {}):
            cell.metadata["nbgrader"][name] = [{"grade_id": []}]
        cell.id = "x" * 5000
    kit.write(folder, notebook)
