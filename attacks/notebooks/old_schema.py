"""Says that its nbgrader metadata has schema 1, for which nbgrader stops the whole class."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10, "metadata|changed|schema", flagged=True)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the schema of all cells."""
    notebook = kit.answered(released, tag)
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"]["schema_version"] = 1
    kit.write(folder, notebook)
