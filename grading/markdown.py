"""Markdown that students wrote, with nothing in it that a page would run or fetch.

It is stored this way in the rebuilt notebook, because every page shows that: feedback pages,
formgrader and JupyterLab. nbgrader's pages let raw HTML through.
"""

from __future__ import annotations

import re

MAX_CHARS = 10_000
"""What is kept of a cell. Rendering takes time that grows with the square of a text's length."""

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
"""What can begin raw HTML (CommonMark 0.31.2, section 6.6); `a < b` cannot."""

_COMMANDS = re.compile(r"\\(href|class|cssId|style|require|unicode|includegraphics)(?![A-Za-z])")
"""What MathJax would make links, attributes and requests of."""

_IMAGE = re.compile(r"!\[(?![^\[\]\n]*\]\(assets/[\w.-]+\))")
"""An image that is no figure of the lesson. Fetching it would tell who reads the page, and when."""


_LINK = re.compile(r"\](?=\((?!\s*(?:https?://|mailto:|#|assets/)))")
"""A link that leads to neither a page, nor an address, nor a place in the lesson."""

_DEFINITION = re.compile(r"\](?=:(?![ \t]*https?://))")
"""What can define such a link for elsewhere."""


def inert(text: str) -> str:
    """Return markdown that shows raw HTML as text, images as links, and odd links as text."""
    if len(text) > MAX_CHARS:
        text = f"{text[:MAX_CHARS]}\n\n(Cut at {MAX_CHARS:,} characters.)"
    text = _TAG.sub("&lt;", text)
    text = _COMMANDS.sub(r"\\text", text)
    # Character references and not backslashes: a backslash before one would undo it.
    text = _IMAGE.sub("&#33;[", text)
    return _DEFINITION.sub("&#93;", _LINK.sub("&#93;", text))


def verbatim(text: str) -> str:
    """Return markdown that shows any text as it is."""
    return "".join(f"    {line}" for line in text.splitlines(keepends=True))
