"""Tags every cell as skip-execution, so that the evaluation cell raises nothing."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "Compare your results?")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Tag all cells."""
    notebook = kit.answered(released, tag, kit.WRONG)
    for cell in notebook.cells:
        cell.metadata["tags"] = [*cell.metadata.get("tags", []), "skip-execution"]
    kit.write(folder, notebook)
