"""Puts event handlers into HTML elements in markdown."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Add markdown cells."""
    notebook = kit.answered(released, tag)
    notebook.cells += kit.markdown(
        "<img src=x onerror=alert(1)>",
        "<details open ontoggle=alert(1)>x</details>",
        "<body onload=alert(1)>",
        "<p/onmouseover='alert(1)'>x",
        "<a href='#' onclick=alert(1)>x</a> <input autofocus onfocus=alert(1)>",
        "<style>@keyframes x{}</style><b style='animation-name:x' onanimationstart=alert(1)>x</b>",
        '![x](x.png"onerror="alert(1))',
        "![x](x.png 'title\" onerror=\"alert(1)')",
    )
    kit.write(folder, notebook)
