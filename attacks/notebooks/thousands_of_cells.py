"""Hands in five thousand cells."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, r"more than \d+ cells")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Put many small cells behind the others."""
    notebook = kit.answered(released, tag)
    notebook.cells += kit.code("1") * 5000
    kit.write(folder, notebook)
