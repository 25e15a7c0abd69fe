"""Hands in a symbolic link to /etc/passwd."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is no ordinary file")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Link to the file, and to another one beside it."""
    (folder / f"{folder.name}.ipynb").symlink_to("/etc/passwd")
    (folder / "hosts.txt").symlink_to("/etc/hosts")
