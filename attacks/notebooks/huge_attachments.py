"""Carries nine megabytes of attachments."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Attach text to a markdown cell."""
    notebook = kit.answered(released, tag)
    (cell,) = kit.markdown("![huge](attachment:huge.png)")
    cell.attachments = {"huge.png": {"image/png": "A" * 9_000_000}}
    notebook.cells.append(cell)
    kit.write(folder, notebook)
