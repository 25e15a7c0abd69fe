"""What is handed in, read with limits.

Nothing of a file is sure: each refusal has its reason, and what mends it.
"""

from __future__ import annotations

import hashlib
import json
import shlex
import stat
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from rectify import reading
from rectify.faults import StudentFault
from rectify.submission import skim
from rectify.submission.attachments import pasted
from rectify.submission.cells import as_dict
from rectify.worker.protocol import ProtocolError, parse_json

KEY = "rectify"
"""Where a notebook's metadata holds what grading should know of the submission."""

GRADED = "graded"
"""Below `KEY`: whether the notebook has its grade, or was only rebuilt."""

MAX_CELLS = 1000
"""Cells of a notebook that is read."""

MAX_CELL_CHARS = 50_000
"""Characters of a cell. What is longer is refused if it is code, and cut if it is text."""

MAX_CHARS = 500_000
"""Characters of all code cells together, and of all others."""

FILE_TIMES = 5
"""How many times as large a file may be as what is read of it."""


class Unreadable(StudentFault):
    """What was handed in is no notebook that can be read. `advice` is for the instructor."""

    def __init__(
        self,
        name: str,
        what: str,
        mend: str = "Open your notebook in JupyterLab, save it, and hand in the saved file.",
        advice: str = "",
    ) -> None:
        super().__init__(f"{name} {what}. {mend}")
        self.advice = advice


def read(path: Path, max_mb: float) -> NotebookNode:
    """Return the notebook in a file, upgraded to nbformat 4.

    Of its own metadata nothing is kept; a digest of the file takes the place. Raises Unreadable
    when the file is too large or holds no notebook.
    """
    data = _bytes(path, max_mb)
    try:
        content = parse_json(_skimmed(path.name, data, max_mb))
    except ProtocolError:
        raise Unreadable(
            path.name,
            "is damaged: it is not JSON text",
            "Open it in JupyterLab. If it opens, save it and hand in the saved file; if not, put "
            "your code into a new copy of the exercise.",
        ) from None
    _lighten(path.name, content)
    try:
        notebook = nbformat.reads(json.dumps(content), as_version=4)
        if not isinstance(notebook.cells, list):
            raise TypeError("cells")
    except Exception:
        # nbformat raises many kinds of errors on what is almost a notebook.
        raise Unreadable(
            path.name,
            "is no Jupyter notebook",
            "Put your code into the notebook of the exercise, and hand that in.",
        ) from None
    notebook.metadata = nbformat.from_dict({KEY: {"digest": _digest(data)}})
    return notebook


def differs(path: Path, graded: Path, max_mb: float, *, files: str = "") -> bool:
    """Tell whether a graded notebook is out of date, or was not graded to the end.

    `graded` is the graded notebook, `files` a digest of what is taken beside the submitted one. A
    file that cannot be read has not changed if it fails for the same reason as before.
    """
    try:
        known = json.loads(graded.read_text(encoding="utf-8"))["metadata"][KEY]
        digest, problems = str(known["digest"]), list(known["problems"].values())
        if not known[GRADED] or known.get("files", "") != files:
            return True
    except (OSError, ValueError, KeyError):
        return True
    try:
        if digest:
            return _digest(_bytes(path, max_mb)) != digest
        read(path, max_mb)
    except Unreadable as problem:
        return str(problem) not in problems
    return True


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _bytes(path: Path, max_mb: float) -> bytes:
    """Return what is in a file. Raises Unreadable for what is no file of ordinary size.

    Raises Closed where the system does not let it be read.
    """
    kind = reading.mode(path, follow=False)
    if not kind:
        others = reading.astray(path)
        names = ", ".join(str(other.relative_to(path.parent)) for other in others[:5])
        raise Unreadable(
            path.name,
            f"was not handed in (found: {names})" if names else "was not handed in",
            "Hand your notebook in under that name.",
            _put_right(path, [other for other in others if reading.alike(path, other)]),
        )
    if not stat.S_ISREG(kind):
        raise Unreadable(
            path.name, "is no ordinary file", "Hand in the notebook itself, no link to it."
        )
    if path.stat().st_size > FILE_TIMES * max_mb * 1e6:
        raise Unreadable(
            path.name, f"is larger than the {FILE_TIMES * max_mb:g} MB that grading reads", _CLEAR
        )
    return reading.read(path)


def _put_right(path: Path, meant: list[Path]) -> str:
    """Return what tells an instructor how a notebook comes to its right place."""
    if len(meant) != 1:
        return ""
    command = shlex.join(["mv", "-n", str(meant[0]), str(path)])
    return f"If it is the student's notebook, run `{command}` and grade again."


_CLEAR = (
    "Choose Edit, Clear Outputs of All Cells in JupyterLab, take out large pictures, save, and "
    "hand in the saved file."
)


def _skimmed(name: str, data: bytes, max_mb: float) -> bytes:
    """Return a file without what nobody grades, where it is large. Raises Unreadable."""
    room = max_mb * 1e6
    try:
        for names in (skim.OUTPUTS, skim.PICTURES):
            if len(data) > room:
                data = skim.without(data, names)
    except skim.TooMuch:
        data = b" " * (int(room) + 1)
    if len(data) > room:
        raise Unreadable(
            name,
            f"holds more than the {max_mb:g} MB that grading reads, beside outputs and pictures",
            "Take what is large out of the cells, save, and hand in the saved file.",
        )
    return data


def _lighten(name: str, content: object) -> None:
    """Take out of a notebook what nobody grades. Raises Unreadable where too much is left.

    nbformat takes minutes to validate what is made to be slow, so this comes first.
    """
    sheets = as_dict(content).get("worksheets")
    holders = [content, *(sheets if isinstance(sheets, list) else ())]
    cells: list[dict[str, Any]] = []
    for holder in holders:
        found = as_dict(holder).get("cells")
        cells += map(as_dict, found if isinstance(found, list) else ())
    if len(cells) > MAX_CELLS:
        raise Unreadable(
            name,
            f"has more than {MAX_CELLS} cells",
            "Put your code into the tagged cell of the released notebook, and hand that in.",
        )
    code_room = text_room = MAX_CHARS
    for number, cell in enumerate(cells, start=1):
        if "outputs" in cell:
            cell["outputs"] = []
        for key in ("source", "input"):  # as nbformat 4 and 3 name it
            if cell.get("cell_type") != "code":
                text_room -= _shorten(cell, key, text_room)
                continue
            size = len(_text(cell.get(key)))
            code_room -= size
            if size > MAX_CELL_CHARS:
                raise Unreadable(
                    name,
                    f"has a cell (number {number}) with more than {MAX_CELL_CHARS:,} characters "
                    "of code",
                    "Take data and printed output out of it, save, and hand in the saved file.",
                )
    if code_room < 0:
        raise Unreadable(
            name,
            f"has more than {MAX_CHARS:,} characters of code in its cells",
            "Delete cells that you do not need, save, and hand in the saved file.",
        )


def _shorten(cell: dict[str, Any], key: str, room: int) -> int:
    """Make attachments of the pictures in a text, cut the rest, and return the rest's length."""
    if not isinstance(cell.get(key), (str, list)):
        return 0
    text, pictures = pasted(_text(cell[key]))
    room = min(room, MAX_CELL_CHARS)
    if len(text) > room:
        cell[key] = f"{text[:room]}\n\n(Cut at {room:,} characters.)"
    elif pictures:
        cell[key] = text
    if pictures:
        cell["attachments"] = {**as_dict(cell.get("attachments")), **pictures}
    return min(room, len(text))


def _text(source: object) -> str:
    """Return a cell's text, which files hold as a text or as a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""
