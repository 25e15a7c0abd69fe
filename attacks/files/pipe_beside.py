"""Hands in a FIFO and a socket beside a right answer."""

import os
import socket
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Make files of unusual kinds."""
    kit.write(folder, kit.answered(released, tag))
    os.mkfifo(folder / "notes.txt")
    (folder / "assets").mkdir()
    os.mkfifo(folder / "assets" / "ReLU.png")
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        with socket.socket(socket.AF_UNIX) as one:
            one.bind("socket")
    finally:
        os.fchdir(here)
        os.close(here)
