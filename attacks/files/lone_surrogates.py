"""Puts lone surrogates, which no file can hold, into the answer and other cells."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Escape them in JSON."""
    notebook = kit.answered(released, tag, kit.RIGHT + "\n\nx = '\ud800'\n")
    notebook.cells += kit.code("print('\udfff')", "print('\\ud800')\n'\\udfff'")
    notebook.cells += kit.markdown("\ud83d text \ude00")
    kit.write(folder, notebook)
