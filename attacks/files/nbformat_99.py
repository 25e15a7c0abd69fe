"""Hands in a notebook of nbformat 99."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is no Jupyter notebook|nbformat 99")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change the format's number."""
    kit.write(folder, {**kit.answered(released, tag), "nbformat": 99})
