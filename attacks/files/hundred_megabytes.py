"""Hands in a file of 100 MB."""

import os
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, r"is larger than the \d+ MB")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Make a right answer longer, by a hole that needs no room."""
    kit.write(folder, kit.answered(released, tag))
    os.truncate(folder / f"{folder.name}.ipynb", 100_000_000)
