"""What nbgrader itself writes beside a submission, and no student: it goes with the submission.

`submit` and `zip_collect` write when it was handed in; `submit` also writes a random secret, by
which `release_feedback` and `fetch_feedback` find the pages of one student. Both lie in folders
that a student could write to, so each is kept only if it has the shape that nbgrader gives it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from nbgrader.utils import parse_utc

from rectify import reading

TIME = "timestamp.txt"
SECRET = "submission_secret.txt"
NAMES = (TIME, SECRET)

_MAX_SIZE = 200
_SECRET = re.compile("[0-9a-f]{128}")
"""What `nbgrader submit` makes up: 64 random bytes."""


def time(folder: Path) -> datetime | None:
    """Return when a submission was handed in, in UTC, or None where nothing says so.

    Raises ValueError where something is there that is no time, and Closed.
    """
    text = _text(folder / TIME).strip()
    try:
        # nbgrader takes an empty file for no time, too.
        found: datetime | None = parse_utc(text) if text else None
    except (ValueError, OverflowError):
        raise ValueError("it holds no time") from None
    return found


def secret(folder: Path) -> str:
    """Return the secret of a submission; nothing where there is none.

    Raises ValueError where something is there that is no secret, and Closed.
    """
    text = _text(folder / SECRET)
    if text and not _SECRET.fullmatch(text):
        raise ValueError("it is not what `nbgrader submit` writes")
    return text


def fault(read: Callable[[Path], object], folder: Path) -> str:
    """Return why `time` or `secret` cannot be had; nothing if it can, or there is none.

    Raises Closed.
    """
    try:
        read(folder)
    except ValueError as error:
        return str(error)
    return ""


def files(folder: Path) -> dict[str, bytes]:
    """Return what is kept of nbgrader's own files beside a submission. Raises Closed."""
    kept = {TIME: time, SECRET: secret}
    return {
        name: reading.read(folder / name)
        for name, read in kept.items()
        if reading.mode(folder / name, follow=False) and not fault(read, folder)
    }


def _text(path: Path) -> str:
    """Return the text of a small file; nothing where there is none. Raises ValueError, Closed."""
    kind = reading.mode(path, follow=False)
    if not kind:
        return ""
    if not stat.S_ISREG(kind) or os.path.getsize(path) > _MAX_SIZE:
        raise ValueError("it is no small ordinary file")
    return reading.read(path).decode("utf-8", "replace")
