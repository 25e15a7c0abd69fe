"""Puts HTML into raw cells, of every kind that nbconvert knows."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Add raw cells."""
    notebook = kit.answered(released, tag)
    for kind in ("text/html", "", "text/markdown", "text/latex"):
        cell = nbformat.v4.new_raw_cell("<script>alert(1)</script><img src=x onerror=alert(1)>")
        cell.metadata = {"raw_mimetype": kind, "format": kind}
        notebook.cells.append(cell)
    kit.write(folder, notebook)
