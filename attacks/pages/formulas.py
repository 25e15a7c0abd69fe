"""Puts links and styles into formulas, which MathJax turns into elements."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Add markdown cells."""
    notebook = kit.answered(released, tag)
    notebook.cells += kit.markdown(
        "$\\href{javascript:alert(1)}{x}$",
        "$$\\require{html}\\href{javascript:alert(1)}{x}$$",
        "\\begin{equation}\\href{javascript:alert(1)}{x}\\end{equation}",
        "\\\\(\\href{javascript:alert(1)}{x}\\\\) \\\\[\\href{javascript:alert(1)}{x}\\\\]",
    )
    kit.write(folder, notebook)
