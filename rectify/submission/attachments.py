"""The pictures that students attached to their text, checked; what is no picture is named.

An attachment becomes part of each page that shows the cell, so only PNG and JPEG images are kept.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

MAX_PICTURES = 50
"""Pictures of a notebook that are shown."""

MAX_BYTES = 5_000_000
"""Bytes of all pictures of a notebook together."""

MAX_PIXELS = 4096
"""The width and height of a picture that is shown."""

_NAME = re.compile(r"[\w.-]{1,100}", re.ASCII)
"""Names that JupyterLab gives, and that mean the same in every reader's addresses."""

_SHOWN = re.compile(rf"\]\(attachment:({_NAME.pattern})\)", re.ASCII)
"""A picture that a text shows."""

_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
"""How each PNG image begins (RFC 2083); its width and height follow, four bytes each."""

_JPEG = b"\xff\xd8\xff"
"""How each JPEG image begins (ITU-T T.81)."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of the part of a JPEG image that holds its height and width."""


_PASTED = re.compile(r"data:(image/[a-z.+-]{1,20});base64,([A-Za-z0-9+/=]*)")
"""A picture within a text, which some programs write where others attach it (RFC 2397)."""


def pasted(text: str) -> tuple[str, dict[str, dict[str, str]]]:
    """Return a text with the pictures that stood in it as attachments, and these."""
    found: dict[str, dict[str, str]] = {}

    def attach(picture: re.Match[str]) -> str:
        kind = picture[1].removeprefix("image/").partition("+")[0]
        name = f"pasted-{len(found) + 1}.{kind}"
        found[name] = {picture[1]: picture[2]}
        return f"attachment:{name}"

    return _PASTED.sub(attach, text), found


@dataclass
class Pictures:
    """What is still shown of a notebook's pictures: how many, and how many bytes of them."""

    count: int = MAX_PICTURES
    room: int = MAX_BYTES

    def of(self, attachments: object, text: str = "") -> tuple[dict[str, dict[str, str]], str]:
        """Return the pictures among a cell's attachments, and a sentence on what was left out.

        `text` is the cell's, which may show pictures that are no attachments of it.
        """
        kept: dict[str, dict[str, str]] = {}
        left_out = []
        for name, contents in attachments.items() if isinstance(attachments, dict) else ():
            found = self._checked(str(name), contents)
            if isinstance(found, str):
                readable = re.sub(r"[^\w .-]", "?", str(name)[:100])
                left_out.append(f"{readable} ({found})")
            else:
                kept[str(name)] = found
        known = attachments if isinstance(attachments, dict) else {}
        left_out += [
            f"{name} (it is not in the file, or the file is too large for pictures)"
            for name in dict.fromkeys(_SHOWN.findall(text))
            if name not in known
        ]
        more = "" if len(left_out) <= 5 else f" and {len(left_out) - 5} more"
        return kept, f"Left out: {', '.join(left_out[:5])}{more}." if left_out else ""

    def _checked(self, name: str, contents: object) -> dict[str, str] | str:
        """Return an attachment as notebooks store it, or why it is not shown."""
        if not _NAME.fullmatch(name):
            return "its name has other characters than letters, digits and _ . -"
        for kind, size_of in (("image/png", _png_size), ("image/jpeg", _jpeg_size)):
            data = contents.get(kind) if isinstance(contents, dict) else None
            if isinstance(data, list):
                data = "".join(line for line in data if isinstance(line, str))
            if not isinstance(data, str):
                continue
            try:
                image = base64.b64decode("".join(data.split()), validate=True)
            except (binascii.Error, ValueError):
                return "it is damaged"
            size = size_of(image)
            if size is None:
                return f"it does not begin as {kind[6:].upper()} images do"
            if max(size) > MAX_PIXELS:
                return f"{MAX_PIXELS} x {MAX_PIXELS} pixels are shown at most"
            if not self.count or len(image) > self.room:
                return f"{MAX_PICTURES} pictures, {MAX_BYTES:,} bytes in all, are shown at most"
            self.count, self.room = self.count - 1, self.room - len(image)
            return {kind: base64.b64encode(image).decode()}
        return "only PNG and JPEG images are shown"


def _png_size(image: bytes) -> tuple[int, int] | None:
    """Return the size of a PNG image, or None. What ends within its head has no size: 0."""
    if len(image) < 8 or image[: len(_PNG)] != _PNG[: len(image)]:
        return None
    return int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")


def _jpeg_size(image: bytes) -> tuple[int, int] | None:
    """Return the size of a JPEG image, or None."""
    if not image.startswith(_JPEG):
        return None
    at = 2
    while at + 9 <= len(image) and image[at] == 0xFF:
        if image[at + 1] in _FRAMES:
            height, width = image[at + 5 : at + 7], image[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += 2 + max(2, int.from_bytes(image[at + 2 : at + 4], "big"))
    return None
