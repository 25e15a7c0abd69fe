"""Takes out of a large notebook file, before it is parsed, what nobody grades.

Outputs, attached pictures and a notebook's own metadata can be many times as large as its text.
Parsed, they would take many times the room again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

MAX_MARKS = 3_000_000
"""Brackets, quotes and escapes of a file that are looked at: some seconds' work."""

_MARK = re.compile(rb'\\.|["{}\[\]]', flags=re.DOTALL)

_CELLS = (3, 5)
"""How deep the names of a cell lie: in `cells`, and in the worksheets of nbformat 3."""

OUTPUTS = {1: frozenset({b"metadata"}), **dict.fromkeys(_CELLS, frozenset({b"outputs"}))}
"""Names of what a rebuilt notebook takes nothing of, by how deep they lie."""

PICTURES = {**OUTPUTS, **dict.fromkeys(_CELLS, frozenset({b"outputs", b"attachments"}))}
"""The same, with what is taken only for pages to show it."""


class TooMuch(ValueError):
    """The file holds more than is looked at."""


def without(data: bytes, names: Mapping[int, frozenset[bytes]]) -> bytes:
    """Return JSON text with empty lists and objects as the values of some names.

    What is no JSON stays so for its reader: nothing is checked here. Raises TooMuch.
    """
    kept, copied, depth, skipped = [], 0, 0, 0
    begun, named = None, None
    for number, mark in enumerate(_MARK.finditer(data)):
        if number == MAX_MARKS:
            raise TooMuch
        sign = mark[0]
        if sign == b'"' and begun is None:
            begun = mark.end()
        elif sign == b'"':
            is_one = not skipped and data[begun : mark.start()] in names.get(depth, ())
            begun, named = None, mark.end() if is_one else None
        elif begun is not None or len(sign) > 1:
            continue
        elif sign in b"[{":
            depth += 1
            if named is not None and data[named : mark.start()].strip() == b":":
                kept.append(data[copied : mark.end()])
                skipped = depth
            named = None
        else:
            if skipped == depth:
                copied, skipped = mark.start(), 0
            depth -= 1
    return b"".join(kept) if skipped else b"".join([*kept, data[copied:]])
