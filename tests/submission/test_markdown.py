"""Nothing that a student writes runs on a page, and what is harmless stays as it was."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser

import nh3
import pytest
from nbconvert.filters import markdown2html_mistune
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from rectify.submission import markdown


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


PICTURE = {"s.png": {"image/png": "iVBORw0KGgo="}}


def render(text: str) -> str:
    """Return what nbgrader's pages make of a text."""
    renderer = IPythonRenderer(escape=False, attachments=PICTURE)
    return MarkdownWithMath(renderer=renderer).render(text)


class Events(HTMLParser):
    """A page as tags with their attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[object, ...]] = []
        self._text = ""
        self.feed(html)
        self.close()
        self._end_text()

    def _end_text(self) -> None:
        # White space is no matter of safety, and browsers drop a line break behind <pre>.
        self.found += [("", word) for word in self._text.split()]
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._end_text()
        self.found.append((tag, sorted((name, value or "") for name, value in attrs)))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration", decl))

    def handle_pi(self, data: str) -> None:
        self.found.append(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("declaration", data))


def cleaned(html: str) -> str:
    """Return what an independent sanitiser leaves of a page."""
    kept = {"class", "id", "align", "style"}
    return nh3.clean(
        html,
        tags=nh3.ALLOWED_TAGS | {"section", "input"},
        attributes={
            **{tag: kept for tag in ("h1", "h2", "h3", "h4", "h5", "h6", "div", "span", "pre")},
            **{tag: {"class", "style"} for tag in ("th", "td", "code", "li", "ul", "section")},
            "a": {"href", "title", "class"},
            "img": {"src", "alt", "title"},
            "ol": {"start"},
            "input": {"type", "class", "disabled", "checked"},
        },
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=None,
    )


PIECES = (
    *("`", "``", "```\n", "~~~\n", "```python\n", "```mermaid\n", "$", "$$", "\\\\(", "\\\\)"),
    *(
        "\\begin{a}",
        "\\end{a}",
        "\\href{javascript:1}{x}",
        "\\$",
        "\\",
        "\\\\",
        "h&#114;ef",
        "&lt;",
    ),
    *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<b>", "</b>", "<div>\n", "x<y"),
    *("<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!A", "<", ">", "<a href='//e.org'>", "</a>"),
    *("<javascript:alert(1)>", "<https://example.com/>", "<a@example.com>", "https://example.com/"),
    *(
        "[x](javascript:alert(1))",
        "[x](https://example.com/)",
        "[x](<javascript:1>)",
        "[x][y]",
        "[y]",
    ),
    *("[y]: javascript:alert(1)\n", "\n[y]: https://example.com/ 't\"'\n", "[x](data:text/html,x)"),
    *(
        "![a](//e.org/a.png)",
        "![s](attachment:s.png)",
        "![t](attachment:t.png)",
        "!",
        "[",
        "](",
        ")",
    ),
    *("![a](assets/ReLU.png)", "[z](attachment:s.png)", "](javascript:1)", "]", "]:", "(", "[x]( "),
    *(
        "- ",
        "  - ",
        "1. ",
        "> ",
        "# ",
        "    ",
        "\t",
        "\n",
        "\n\n",
        "\n---\n",
        "|",
        "\n|-|-|\n",
        " ",
    ),
    *(
        "*",
        "**",
        "_",
        "~~",
        "\n: ",
        "- [ ] ",
        "a",
        "f[0](x)",
        "'",
        '"',
        "&",
        ";",
        "\U000f0000",
        "\r\n",
    ),
)
"""What texts are made of by chance: all of Markdown that can begin or end something."""


@pytest.mark.parametrize("seed", range(4))
def test_an_independent_sanitiser_finds_nothing_to_clean(seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(150):
        text = "".join(dice.choices(PIECES, k=dice.randrange(1, 25)))
        for stored in (markdown.inert(text, PICTURE), markdown.verbatim(text)):
            html = render(stored)
            assert Events(html).found == Events(cleaned(html)).found, (text, stored)
            assert not Page(html).tags & {"script", "style", "iframe", "b", "form"}


@pytest.mark.parametrize(
    "text",
    [
        "`x<y` and `layers[0](x)` and `if x[0]: pass` and `![a`",
        "```python\nif x<y: print(d[k](1))\n```",
        "~~~\n<script>alert(1)</script>\n~~~",
        "    a<b\n    f[0](x)",
        "If $a<b$ then $$\\max(a,b)=b, x[0](y)$$",
        "\\begin{align}a<b\\end{align}",
        r"`\href{x}`",
        "<https://example.com/a?b=c>",
        "- a list\n  ```\n  x<y\n  ```\n\n> `a<b`",
        "![sketch](attachment:s.png)",
    ],
)
def test_code_formulas_and_pictures_stay_as_they_were_written(text: str) -> None:
    assert markdown.inert(text, PICTURE) == text


def test_what_only_looks_like_code_is_replaced() -> None:
    # A block of HTML ends the paragraph, and with it the code.
    stored = markdown.inert("`a\n<script>alert(1)</script>`")
    assert "<script" not in render(stored)
    assert "&lt;script" in stored


def test_a_diagram_is_no_code() -> None:
    assert "<script>" not in render(markdown.inert("```mermaid\nA-->B<script>x</script>\n```"))


def test_a_command_that_is_put_together_on_the_page_is_shown_as_it_is() -> None:
    text = r"\$\\h&#114;ef{javascript:alert(1)}{x}\$"
    assert markdown.inert(text) == f"    {text}"
