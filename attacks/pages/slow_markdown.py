"""Hands in markdown that takes long to turn into HTML, as much of it as may be handed in."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)
BEGINNINGS = ("\\begin{a}", "[a](", "**a", "|a", "$a", "<a ", "![", "> ", "`a ")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Add markdown cells of almost the size that a cell may have."""
    notebook = kit.answered(released, tag)
    notebook.cells += kit.markdown(*(text * (48_000 // len(text)) for text in BEGINNINGS))
    kit.write(folder, notebook)
