"""Hands in a timestamp that is a FIFO: whoever opens it waits for ever."""

import os
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Make the FIFO."""
    kit.write(folder, kit.answered(released, tag))
    os.mkfifo(folder / "timestamp.txt")
