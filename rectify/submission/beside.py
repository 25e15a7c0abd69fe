"""The files that lie beside a notebook: the course's own, and those that students hand in.

Lessons read data and import helpers that are released with them. A session finds a fresh copy of
them in its working folder. They come from the release, never from a submission. Of a submission
only files that the course asks for are taken, after checks of their kind and size.
"""

from __future__ import annotations

import glob
import importlib.machinery
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from rectify import reading
from rectify.faults import GraderError
from rectify.submission import bookkeeping

MAX_FILES = 100
"""Files that are taken of a submission, beside its notebooks."""

MAX_ENTRIES = 10_000
"""Names in a submitted folder that are looked at."""

IMPORTED = (*importlib.machinery.all_suffixes(), ".pth", ".egg", ".zip")
"""How the names of files end that Python imports, or reads code from, where it finds them."""

_PAGE = 4096
"""What even the smallest file takes in a file system in memory, in bytes."""


class Refused(Exception):
    """A file is not taken. The text says why, and follows the file's name."""


def released(folder: Path, room_mb: float) -> dict[str, bytes]:
    """Return the files of a released assignment but its notebooks, by their place in its folder.

    `room_mb` is the size of a session's working folder. Raises GraderError when they would take
    more than half of it, or cannot be read.
    """
    files = {
        path.relative_to(folder).as_posix(): reading.read(path)
        for path in reading.below(folder)
        if path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts
    }
    taken = sum(len(data) + _PAGE for data in files.values()) / 2**20
    if taken > room_mb / 2:
        raise GraderError(
            f"The files in {folder} take {taken:.0f} MB, and a session's working folder has "
            f"{room_mb:g}. Nothing was graded. Set c.Rectify.file_mb to {2 * taken:.0f} or more."
        )
    return files


@dataclass(frozen=True)
class Wanted:
    """What an assignment wants beside its notebooks.

    Attributes:
        patterns: files that students hand in, such as `*.csv` or `data/*.csv`. A pattern is
            compared part by part.
        edited: names of released files that students edit (nbgrader's `exclude_overwriting`).
        max_mb: the size of all of them together, in MB.
    """

    patterns: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    max_mb: float = 0

    def take(self, submitted: Path, released: Path) -> tuple[dict[str, bytes], list[str]]:
        """Return the files that are taken from a submitted folder, and why others are not.

        What the course has released is taken from there, unless students edit it. nbgrader's
        own files are skipped, and so are links, devices, files that are too large, and files that
        Python would import. Raises Closed.
        """
        files: dict[str, bytes] = {}
        left_out = []
        for path in self._found(submitted):
            name = path.relative_to(submitted).as_posix()
            if name in (*files, *bookkeeping.NAMES) or path.suffix == ".ipynb":
                continue
            try:
                if name not in self.edited:
                    if reading.is_file(released / name):
                        continue
                    if path.name.endswith(IMPORTED):
                        raise Refused("is code that Python imports; put it into the notebook")
                if len(files) >= MAX_FILES:
                    raise Refused(f"is one of more than {MAX_FILES} files")
                files[name] = _read(path, int(self.max_mb * 1e6) - sum(map(len, files.values())))
            except Refused as reason:
                left_out.append(f"{name!r} {reason}")
        return files, left_out

    def _found(self, submitted: Path) -> Iterator[Path]:
        for name in self.edited:
            yield from _matching(submitted, [glob.escape(part) for part in name.split("/")])
        for pattern in self.patterns:
            yield from _matching(submitted, pattern.split("/"))


def _read(path: Path, room: int) -> bytes:
    """Return what is in an ordinary file of at most `room` bytes. Raises Refused, and Closed."""
    if not stat.S_ISREG(reading.mode(path, follow=False)):
        raise Refused("is no ordinary file")
    try:
        # Opening a pipe would wait for a writer; a link may lead anywhere.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise Refused("is no ordinary file")
            data = file.read(room + 1)
    except OSError as error:
        raise reading.Closed(path, error) from error
    if len(data) > room:
        raise Refused("makes what was handed in beside the notebook too large")
    return data


def _matching(folder: Path, parts: list[str]) -> Iterator[Path]:
    """Yield what lies in a folder and matches the parts of a pattern. Follows no link.

    Raises Closed.
    """
    if not stat.S_ISDIR(reading.mode(folder)):
        return
    try:
        with os.scandir(folder) as entries:
            found = [entry for entry, _ in zip(entries, range(MAX_ENTRIES), strict=False)]
    except OSError as error:
        raise reading.Closed(folder, error) from error
    for entry in sorted(found, key=lambda entry: entry.name):
        if not fnmatchcase(entry.name, parts[0]):
            continue
        if len(parts) == 1:
            if not entry.is_dir(follow_symlinks=False):
                yield Path(entry.path)
        elif entry.is_dir(follow_symlinks=False):
            yield from _matching(Path(entry.path), parts[1:])
