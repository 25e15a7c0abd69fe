"""Puts links that run JavaScript, or load what they like, into markdown."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Add markdown cells."""
    notebook = kit.answered(released, tag)
    notebook.cells += kit.markdown(
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1)) [x](java\tscript:alert(1)) [x](&#106;avascript:alert(1))",
        "<javascript:alert(1)>",
        "<a href='java&#10;script:alert(1)'>x</a> <a href=' javascript:alert(1)'>x</a>",
        "[x](vbscript:msgbox(1)) [x](data:text/html,<script>alert(1)</script>)",
        "<form action='javascript:alert(1)'><button formaction='javascript:alert(1)'>x</button>",
        "<base href='https://example.org/'>",
        "<meta http-equiv=refresh content='0;url=//example.org'>",
        "<link rel=stylesheet href='https://example.org/x.css'>",
        "<iframe src='//example.org'></iframe>",
        "<object data='https://example.org/x'></object><embed src='https://example.org/x'>",
    )
    kit.write(folder, notebook)
