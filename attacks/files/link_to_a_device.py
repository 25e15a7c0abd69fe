"""Hands in a symbolic link to /dev/zero, which never ends."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is no ordinary file")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Link to the device."""
    (folder / f"{folder.name}.ipynb").symlink_to("/dev/zero")
