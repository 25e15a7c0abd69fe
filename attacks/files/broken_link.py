"""Hands in a symbolic link that leads nowhere."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is no ordinary file|was not handed in|is missing")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Link to nothing."""
    (folder / f"{folder.name}.ipynb").symlink_to("/nowhere")
