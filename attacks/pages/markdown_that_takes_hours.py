"""Hands in markdown that takes hours to turn into HTML."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10, "Cut at [0-9,]+ characters")


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Add markdown cells."""
    notebook = kit.answered(released, tag)
    notebook.cells += kit.markdown(
        "\\begin{a}" * 100_000, "[" * 100_000, "**a" * 100_000, ">" * 100_000, "|a" * 100_000
    )
    kit.write(folder, notebook)
