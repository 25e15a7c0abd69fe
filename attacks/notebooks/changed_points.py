"""Changes the points of the evaluation cell to 1000 and to -5."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "Compare your results?", flagged=True)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Make all graded cells worth more."""
    notebook = kit.answered(released, tag, kit.WRONG)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata["nbgrader"]["points"] = 1000
    kit.write(folder, notebook)
