"""Loads images from elsewhere, which tells their owner who reads the page, and when."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Add markdown cells."""
    notebook = kit.answered(released, tag)
    notebook.cells += kit.markdown(
        "![x](https://example.org/x.png) <img src='//example.org/x.png'>",
        "<img srcset='https://example.org/x.png'> <video poster='https://example.org/x.png'></video>",
        "<b style='background: url(https://example.org/x.png)'>x</b>",
        "<style>@import 'https://example.org/x.css';</style>",
        "<table background='https://example.org/x.png'><tr><td>x</table>",
    )
    kit.write(folder, notebook)
