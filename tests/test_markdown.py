"""Nothing that a student writes runs on a page, and what is harmless stays as it was."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from nbconvert.filters import markdown2html_mistune

from grading import markdown


class Page(HTMLParser):
    """The tags, attributes and links of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in ("href", "src"):
                self.links.append((value or "").strip())


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<ScRiPt src=//example.com></sCrIpT>",
        "<svg onload=alert(1)>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "text <!-- --><b onclick=alert(1)>x</b>",
        "<javascript:alert(1)>",
        "    <script>alert(1)</script>\n\n<script>alert(1)</script>",
        "`<script>`<script>alert(1)</script>",
        "$<script>alert(1)</script>$",
        "\\<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x]: javascript:alert(1)\n\n[x]",
        "[x]:\n  javascript:alert(1)\n\n[x]",
        r"[x\](javascript:alert(1))",
        r"\![x](http://example.com/x.png) \\![x](http://example.com/x.png)",
        r"[x]\: javascript:alert(1)",
        "[x]( java&#115;cript:alert(1))",
        "[x](<javascript:alert(1)>)",
        "[[y](https://example.com)](javascript:alert(1))",
        "[x][y]\n\n[y]: <javascript:alert(1)>",
        '# a" onmouseover="alert(1)',
        '[x](http://example.com "a\\" onmouseover=\\"alert(1)")',
    ],
)
def test_nothing_runs(text: str) -> None:
    page = Page(markdown2html_mistune(markdown.inert(text)))
    assert not page.tags & {"script", "svg", "img", "iframe", "b"}
    assert not [name for name in page.attributes if name.startswith("on")]
    assert not [link for link in page.links if not re.match(r"https?://|#", link)]


@pytest.mark.parametrize(
    "text",
    ["![x](http://example.com/x.png)", "![x][y]\n\n[y]: //example.com/x.png", "![x](../../a.png)"],
)
def test_nothing_is_fetched(text: str) -> None:
    assert "<img" not in markdown2html_mistune(markdown.inert(text))


def test_formulas_lose_what_makes_links_and_attributes() -> None:
    text = r"$\href{javascript:alert(1)}{x} \hrefs \style{a}{b} \frac12$"
    assert markdown.inert(text) == r"$\text{javascript:alert(1)}{x} \hrefs \text{a}{b} \frac12$"


@pytest.mark.parametrize(
    "text",
    [
        "a < b and $x<0$ 5<6",
        "**bold** `code`",
        "![a figure](assets/ReLU.png)",
        "| a |\n|---|\n| b |",
    ],
)
def test_what_is_harmless_stays(text: str) -> None:
    assert markdown.inert(text) == text


def test_what_is_long_is_cut_and_said() -> None:
    assert markdown.inert("x" * 20_000).endswith("x\n\n(Cut at 10,000 characters.)")


def test_raw_text_is_shown_as_it_is() -> None:
    html = markdown2html_mistune(markdown.verbatim("<script>\n\n<b>"))
    assert "<script>" not in html
    assert "&lt;script&gt;\n\n&lt;b&gt;" in html
