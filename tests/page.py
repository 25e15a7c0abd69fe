"""What is on a page: its text, and all in it that can act by itself."""

from __future__ import annotations

import html.parser
import re
from pathlib import Path


class Page(html.parser.HTMLParser):
    """A page: its text without the students' code, and all in it that can act by itself."""

    _ACTIVE = ("script", "style", "iframe", "object", "embed", "base", "meta", "form", "link")
    _DRAWN = ("svg", "math", "animate", "foreignobject", "video", "audio", "template", "applet")
    _LINKS = ("href", "src", "srcset", "action", "formaction", "data", "poster", "background")
    _ADDRESSES = (*_LINKS, "xlink:href", "srcdoc", "content", "style")
    _VOID = frozenset(("br", "img", "hr", "input", "meta", "link", "col", "source", "wbr", "base"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.active: set[str] = set()
        self._text: list[str] = []
        self._open: list[tuple[str, bool]] = []

    @staticmethod
    def of(text: str) -> Page:
        """Return a page that is written like this."""
        page = Page()
        page.feed(text)
        page.close()
        return page

    @staticmethod
    def read(path: Path) -> Page:
        """Return the page in a file; an empty one if there is no file."""
        return Page.of(path.read_text(encoding="utf-8") if path.is_file() else "")

    @property
    def text(self) -> str:
        """The page's text, but for code, with single spaces."""
        return re.sub(r"\s+", " ", "".join(self._text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what can act."""
        if tag in self._ACTIVE + self._DRAWN:
            self.active.add(f"<{tag}> {sorted((k, v or '') for k, v in attrs)}")
        for name, value in attrs:
            address = re.sub(r"[\x00-\x20]", "", value or "").lower()
            runs = r"(java|vb)script:|data:(?!image/(?:png|jpeg))"
            loads = r"(https?:)?//" if name != "href" else "^$"
            addressed = name in self._ADDRESSES and re.search(f"^({runs})|{loads}", address)
            if name.startswith("on") or (address and addressed):
                self.active.add(f"{name}={value}")
        if tag not in self._VOID:
            highlight = "highlight" in (dict(attrs).get("class") or "").split()
            self._open.append((tag, highlight))

    def handle_endtag(self, tag: str) -> None:
        """Close elements up to this one."""
        if any(tag == other for other, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        """Keep text, and note scripts and formulas that act."""
        tags = [tag for tag, _ in self._open]
        if "script" in tags or "style" in tags:
            self.active.add(f"{tags[-1]}: {data}")
            return
        if not any(highlight for _, highlight in self._open):
            self._text.append(data)
        if "pre" not in tags and re.search(r"\\(href|require|cssId|style)\W", data):
            self.active.add(f"formula: {data}")
