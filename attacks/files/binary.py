"""Hands in a program under the notebook's name."""

import sys
from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "is damaged: it is not JSON text")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write the start of Python's own program."""
    kit.write(folder, Path(sys.executable).read_bytes()[:1_000_000])
