"""Says that the cell which a human grades is a test, so that it earns full points by itself."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10, "metadata|changed", flagged=True)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Flip the solution flag of all cells that are answer and grade cell in one."""
    notebook = kit.answered(released, tag)
    for cell in notebook.cells:
        flags = cell.metadata.get("nbgrader", {})
        if flags.get("grade") and flags.get("solution"):
            flags["solution"] = False
            cell.cell_type = "code"
            cell.source = "'full points'"
            cell |= {"outputs": [], "execution_count": None}
    kit.write(folder, notebook)
