"""Turns markdown into HTML for formgrader and feedback pages, with nothing in it that runs.

nbgrader's pages let scripts, event handlers and any link through. Students write markdown: in
notebooks, and graders in comments.
"""

from __future__ import annotations

import base64
import mimetypes
import re
from pathlib import Path

import nh3
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

_ATTRIBUTES = {
    "a": {"href", "title", "class"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "th": {"align"},
    "td": {"align"},
    **{name: {"class"} for name in ("div", "span", "pre", "code")},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_FORMULA_COMMANDS = re.compile(r"\\(href|class|cssId|style|require|unicode|includegraphics)(?!\w)")
"""What MathJax would make links, classes and requests of."""

_FIGURE = re.compile(r'src="(assets/[\w.-]+)"')


@pass_context
def markdown2html(context: Context, source: str) -> str:
    """Return a cell's markdown as HTML: a filter for nbconvert's templates.

    Figures in assets/ become part of the page. Other images are left out: they would tell their
    server who reads the page, and when.
    """
    renderer = IPythonRenderer(escape=False, attachments={}, embed_images=False)
    text = _FORMULA_COMMANDS.sub(r"\\text", source)
    html = nh3.clean(
        MarkdownWithMath(renderer=renderer).render(text),
        attributes=_ATTRIBUTES,
        attribute_filter=_only_figures,
        url_schemes={"http", "https", "mailto"},
    )
    folder = Path(context.get("resources", {}).get("metadata", {}).get("path", ""))
    return _FIGURE.sub(lambda match: f'src="{_embedded(folder, match[1])}"', html)


def _only_figures(element: str, attribute: str, value: str) -> str | None:
    if element == "img" and attribute == "src" and not re.fullmatch(r"assets/[\w.-]+", value):
        return None
    return value


def _embedded(folder: Path, name: str) -> str:
    """Return a figure as a data URL, or its name if it is no file of its own."""
    path = folder / name
    kind, _ = mimetypes.guess_type(name)
    if kind is None or not kind.startswith("image/") or path.is_symlink() or not path.is_file():
        return name
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
