"""Pictures that students attached are shown when they are pictures, and named when they are not."""

from __future__ import annotations

import base64
import struct
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter

from rectify.submission import attachments, rebuild, submitted
from rectify.submission.attachments import Pictures

ROOT = Path(__file__).resolve().parents[2]


def png(width: int = 2, height: int = 3, more: bytes = b"") -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + more


def jpeg(width: int = 2, height: int = 3) -> bytes:
    comment = b"\xff\xfe" + struct.pack(">H", 5) + b"abc"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    return b"\xff\xd8" + comment + frame


def stored(image: bytes) -> str:
    return base64.b64encode(image).decode()


def test_pictures_are_kept() -> None:
    given = {"a.png": {"image/png": stored(png())}, "b.jpg": {"image/jpeg": stored(jpeg())}}
    assert Pictures().of(given) == (given, "")
    as_lines = {"a.png": {"image/png": [stored(png())[:8] + "\n", stored(png())[8:]]}}
    assert Pictures().of(as_lines)[0] == {"a.png": given["a.png"]}


@pytest.mark.parametrize(
    ("name", "contents", "why"),
    [
        ("a.svg", {"image/svg+xml": "<svg onload=alert(1)>"}, "only PNG and JPEG"),
        ("a.png", {"image/png": stored(b"<svg>" * 9)}, "does not begin as PNG images do"),
        ("a.jpg", {"image/jpeg": stored(png())}, "does not begin as JPEG images do"),
        ("a.jpg", {"image/jpeg": stored(jpeg()[:12])}, "does not begin as JPEG images do"),
        ("a.png", {"image/png": 'x" onerror="alert(1)'}, "it is damaged"),
        ("a.png", {"image/png": stored(png(100_000, 1))}, "pixels are shown at most"),
        ("a.jpg", {"image/jpeg": stored(jpeg(1, 5000))}, "pixels are shown at most"),
        ('a" onerror="x', {"image/png": stored(png())}, "its name has other characters"),
        ("a.png", {"image/png": stored(png(more=bytes(attachments.MAX_BYTES)))}, "bytes in all"),
        ("a.png", ["image/png"], "only PNG and JPEG"),
    ],
)
def test_what_is_no_picture_is_named(name: str, contents: object, why: str) -> None:
    kept, left_out = Pictures().of({name: contents})
    assert kept == {}
    assert left_out.startswith(f"Left out: {name.replace(chr(34), '?').replace('=', '?')} (")
    assert why in left_out


def test_the_pictures_of_a_notebook_are_counted_together() -> None:
    pictures = Pictures(count=2)
    one = {"a.png": {"image/png": stored(png())}}
    assert [bool(pictures.of(one)[0]) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize("attached", [None, [], "x", 7])
def test_what_is_no_attachment_is_nothing(attached: object) -> None:
    assert Pictures().of(attached) == ({}, "")


def test_a_picture_that_the_text_shows_and_the_file_lacks_is_named() -> None:
    text = "![a](attachment:a.png) ![b](attachment:b.png) ![b again](attachment:b.png)"
    kept, left_out = Pictures().of({"a.png": {"image/png": stored(png())}}, text)
    assert list(kept) == ["a.png"]
    assert left_out.startswith("Left out: b.png (it is not in the file, or the file is too large")


def test_a_picture_is_on_the_page_and_what_was_left_out_is_named_there() -> None:
    released = nbformat.read(ROOT / "release" / "relu" / "relu.ipynb", as_version=4)
    handed_in = nbformat.from_dict(released)
    text = "My sketch, x<y:\n\n![sketch](attachment:s.png)\n\n![other](attachment:o.svg)"
    own = nbformat.v4.new_markdown_cell(text)
    own.attachments = {
        "s.png": {"image/png": stored(png())},
        "o.svg": {"image/svg+xml": "<svg/>"},
    }
    handed_in.cells.append(own)
    changed = next(cell for cell in handed_in.cells if cell.id == "title")
    changed.source += "\n\n![mine](attachment:s.png)"
    changed.attachments = {"s.png": {"image/png": stored(png())}}
    lesson = nbformat.read(ROOT / "release" / "relu" / "relu.ipynb", as_version=4)
    rebuilt = rebuild.rebuild(handed_in, lesson, lesson)
    nbformat.validate(rebuilt)
    page, _ = HTMLExporter(template_name="classic").from_notebook_node(rebuilt)
    assert page.count(f'src="data:image/png;base64,{stored(png())}"') == 2
    assert "(Left out: o.svg (only PNG and JPEG images are shown).)" in page
    assert "svg/&gt;" not in page


def test_a_picture_that_was_pasted_into_a_text_is_shown_and_counts_as_no_text(
    tmp_path: Path,
) -> None:
    """Colab writes pictures this way; JupyterLab attaches them."""
    image, path = stored(png(more=bytes(60_000))), tmp_path / "relu.ipynb"
    drawn = f"![mine](data:image/png;base64,{image}) and <img src='data:image/svg+xml;base64,AAA='>"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(drawn)])
    nbformat.write(notebook, path)
    released = nbformat.v4.new_notebook()
    (cell,) = rebuild.rebuild(submitted.read(path, 10), released, released).cells
    assert cell.attachments == {"pasted-1.png": {"image/png": image}}
    assert cell.source.startswith("![mine](attachment:pasted-1.png) and &lt;img")
    assert "Left out: pasted-2.svg" in cell.source
