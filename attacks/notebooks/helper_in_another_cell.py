"""Uses a helper that is defined in another cell, by accident."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "NameError.*every import and helper")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Define the base class in the first cell."""
    source = kit.RIGHT.replace("nn.Module", "Base")
    notebook = kit.answered(released, tag, source)
    notebook.cells[:0] = kit.code("from torch import nn\nBase = nn.Module")
    kit.write(folder, notebook)
