"""Hands in a folder that is a symbolic link to another student's folder."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Refused("link")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Link to somebody who is right."""
    neighbours = (path for path in folder.parents[1].iterdir() if "honest" in path.name)
    neighbour = next(neighbours, folder.parents[1] / "neighbour")
    folder.rmdir()
    folder.symlink_to(f"../{neighbour.name}/{folder.name}")
