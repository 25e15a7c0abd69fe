"""Hands in a notebook of nbformat 3, which has worksheets and no tags."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, "has no code cell with the tag|is no Jupyter notebook")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write the answer as an old notebook."""
    cell = {"cell_type": "code", "input": kit.RIGHT, "language": "python", "outputs": []}
    sheets = [{"cells": [cell]}]
    kit.write(folder, {"metadata": {}, "nbformat": 3, "nbformat_minor": 0, "worksheets": sheets})
