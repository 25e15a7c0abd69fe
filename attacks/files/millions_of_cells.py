"""Hands in three million empty objects in place of cells."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(0, r"more than \d+ cells|is no Jupyter notebook")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Write just less than may be read."""
    cells = "{}," * 3_200_000 + "{}"
    kit.write(folder, f'{{"metadata":{{}},"nbformat":4,"nbformat_minor":5,"cells":[{cells}]}}')
