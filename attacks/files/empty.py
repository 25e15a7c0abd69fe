"""Hands in an empty file."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is damaged: it is not JSON text|is empty")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write nothing."""
    kit.write(folder, b"")
