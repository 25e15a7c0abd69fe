"""Hands in a symbolic link to another student's notebook."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is no ordinary file")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Link to somebody who is right."""
    neighbours = (path for path in folder.parents[1].iterdir() if "honest" in path.name)
    neighbour = next(neighbours, folder.parents[1] / "neighbour")
    name = f"{folder.name}.ipynb"
    (folder / name).symlink_to(f"../../{neighbour.name}/{folder.name}/{name}")
