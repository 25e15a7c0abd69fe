"""Hands in half of a notebook."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is damaged: it is not JSON text")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Cut the file in two."""
    kit.write(folder, kit.answered(released, tag))
    path = folder / f"{folder.name}.ipynb"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
