"""Hands in the notebook under another name, by accident."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "was not handed in|is missing|[Rr]ename")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Rename it as a browser does with a second download."""
    kit.write(folder, kit.answered(released, tag))
    path = folder / f"{folder.name}.ipynb"
    path.rename(folder / f"{folder.name} (1).ipynb")
