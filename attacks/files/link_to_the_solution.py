"""Hands in a symbolic link to the solved notebook in source/."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is no ordinary file")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Link to the solution."""
    name = f"{folder.name}.ipynb"
    (folder / name).symlink_to(folder.parents[2] / "source" / folder.name / name)
