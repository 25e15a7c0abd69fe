"""Markdown that students wrote, with nothing in it that a page would run or fetch.

It is stored this way in the rebuilt notebook, because every page shows that: feedback pages,
formgrader and JupyterLab. nbgrader's pages let raw HTML through. They decode character references
in text, but not in code and formulas: there, what is harmless stays as it was written. What is code
is asked of the parser that renders those pages, and so is whether the result is harmless.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterator
from typing import Any

from nbconvert.filters.markdown_mistune import MarkdownWithMath

MAX_CHARS = 10_000
"""What is kept of a cell. Rendering takes time that grows with the square of a text's length."""

_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!https?://[^\s<>]*>)")
"""What can begin raw HTML (CommonMark 0.31.2, section 6.6); `a < b` and `<https://…>` cannot."""

_COMMANDS = re.compile(r"\\(href|class|cssId|style|require|unicode|includegraphics)(?![A-Za-z])")
"""What MathJax would make links, attributes and requests of."""

_IMAGE = re.compile(r"!\[(?=(?:[^\[\]\n]*\]\(([\w./:-]+)\))?)")
"""An image, and its address if that is simple."""

_TARGET = r"https?://|mailto:|#|assets/"
"""How a link begins that leads to a page, an address, or a place in the lesson."""

_LINK = re.compile(rf"(!\[[^\[\]\n]*)?\](?=\((?!\s*(?:{_TARGET})))")
"""A link that leads elsewhere, or the rest of an image."""

_DEFINITION = re.compile(r"\](?=:(?![ \t]*https?://))")
"""What can define such a link for elsewhere."""

_MARKS = 0xF0000
"""The first of the characters that stand for what may have to be replaced: nobody writes them."""

_CODE, _FORMULAS = ("codespan", "block_code"), ("block_math", "inline_math", "latex_environment")


def inert(text: str, pictures: Collection[str] = ()) -> str:
    """Return markdown that shows raw HTML as text, images as links, and odd links as text.

    Images are shown if they are figures of the lesson, or attachments named in `pictures`.
    """
    if len(text) > MAX_CHARS:
        text = f"{text[:MAX_CHARS]}\n\n(Cut at {MAX_CHARS:,} characters.)"
    marked, spots = _mark(text, pictures)
    for code, formulas in (_in_code(marked), (set(), set())):
        shown = {
            ord(mark): written
            if mark in code or (mark in formulas and not written.startswith("\\"))
            else replacement
            for mark, (written, replacement) in spots.items()
        }
        result = marked.translate(shown)
        if _is_harmless(result, pictures):
            return result
    return verbatim(text)


def verbatim(text: str) -> str:
    """Return markdown that shows any text as it is."""
    return "".join(f"    {line}" for line in text.splitlines(keepends=True))


def _mark(text: str, pictures: Collection[str]) -> tuple[str, dict[str, tuple[str, str]]]:
    """Put a character in the place of all that a page could act on.

    Returns the text, and for each of the characters what was written and what would replace it:
    character references and not backslashes, because a backslash before one would undo it.
    """
    spots: dict[str, tuple[str, str]] = {}
    text = "".join("\ufffd" if ord(character) >= _MARKS else character for character in text)

    def mark(written: str, replacement: str) -> str:
        spots[chr(_MARKS + len(spots))] = (written, replacement)
        return chr(_MARKS + len(spots) - 1)

    text = _TAG.sub(lambda found: mark("<", "&lt;"), text)
    text = _COMMANDS.sub(lambda found: mark(found[0], r"\text"), text)
    text = _IMAGE.sub(
        lambda found: "![" if _is_shown(found[1] or "", pictures) else mark("!", "&#33;") + "[",
        text,
    )
    # An image that is still one leads to what is shown.
    text = _LINK.sub(lambda found: found[0] if found[1] else mark("]", "&#93;"), text)
    return _DEFINITION.sub(lambda found: mark("]", "&#93;"), text), spots


def _is_shown(address: str, pictures: Collection[str]) -> bool:
    kind, _, name = address.partition("attachment:")
    return name in pictures if name and not kind else bool(re.fullmatch(r"assets/[\w.-]+", address))


def _in_code(marked: str) -> tuple[set[str], set[str]]:
    """Return the characters of a text that are in code, and those that are in formulas."""
    code: set[str] = set()
    formulas: set[str] = set()
    for token in _tokens(marked):
        if token["type"] in _CODE and not _is_drawn(token):
            code.update(token["raw"])
        elif token["type"] in _FORMULAS:
            formulas.update(_raw(token))
    return code, formulas


def _is_harmless(text: str, pictures: Collection[str]) -> bool:
    """Return whether the pages' own parser finds nothing in a text that could act."""
    said = []
    for token in _tokens(text):
        address = token.get("attrs", {}).get("url", "")
        if token["type"] in ("block_html", "inline_html"):
            return False
        if token["type"] == "image" and not _is_shown(address, pictures):
            return False
        if token["type"] == "link" and not re.match(_TARGET, address):
            return False
        if _is_drawn(token) and re.search("<[A-Za-z/!?]", token["raw"]):
            return False
        if token["type"] == "text":
            said.append(html.unescape(token["raw"]))
        elif token["type"] in _FORMULAS:
            said.append(_raw(token))
    return not _COMMANDS.search("".join(said))


def _is_drawn(token: dict[str, Any]) -> bool:
    """Return whether a block is a diagram, which pages take over as it is."""
    info = str(token.get("attrs", {}).get("info", ""))
    return token["type"] == "block_code" and info.startswith("mermaid")


def _raw(token: dict[str, Any]) -> str:
    return str(token.get("raw", token.get("attrs", {}).get("body", "")))


def _tokens(text: str) -> Iterator[dict[str, Any]]:
    """Yield all parts of a text, as the parser of nbgrader's pages sees them."""
    waiting: list[Any] = list(MarkdownWithMath(renderer=None)(text))
    while waiting:
        token = waiting.pop(0)
        yield token
        waiting[:0] = token.get("children", ())
