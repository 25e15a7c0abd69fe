"""Hands in a FIFO, which nobody writes to."""

import os
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is no ordinary file")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Make the FIFO."""
    os.mkfifo(folder / f"{folder.name}.ipynb")
