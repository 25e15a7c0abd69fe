"""Hands in a notebook that nobody but root may read."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10, or_less=True)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Take all permissions away."""
    kit.write(folder, kit.answered(released, tag))
    (folder / f"{folder.name}.ipynb").chmod(0)
