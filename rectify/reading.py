"""What there is to read, and an error of the grader's for what the system does not let it read.

Python's own questions (`exists`, `is_file`, `glob`) answer "no" where they may not look. Then a
submission, a test or a whole class would be missing without a word.
"""

from __future__ import annotations

import errno
import fnmatch
import glob
import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from rectify.faults import GraderError

_ENDING = ".ipynb"

_COPIED = re.compile(r"[\W_]*\(\d+\)|-?copy\d*|[\W_]+")
"""What file managers, browsers and JupyterLab add to the name of a copy, and what separates it."""

MAX_FOLDERS = 20
"""Folders that are looked through for a notebook that is not where it should be."""

_NOT_THERE = frozenset((errno.ENOENT, errno.ENOTDIR, errno.ELOOP))
"""The errors for what does not exist; a link to itself leads nowhere."""


class Closed(GraderError):
    """The system does not let the grader read something. `path` says what."""

    def __init__(self, path: str | os.PathLike[str], error: OSError) -> None:
        self.path = Path(path)
        mend = "Mend the disk or the network folder"
        if error.errno in (errno.EACCES, errno.EPERM):
            above = (part for part in reversed(self.path.parents) if not os.access(part, os.X_OK))
            self.path = next(above, self.path)
            mend = f"Let the user who grades read it (chmod -R u+rX '{self.path}')"
        super().__init__(
            f"{self.path} cannot be read: {error.strerror or error}. It is not the student's "
            f"doing, so nothing was graded of it. {mend}, and run the same command again."
        )


def mode(path: str | os.PathLike[str], *, follow: bool = True) -> int:
    """Return a file's type and permissions as `stat` gives them; 0 where nothing is there.

    Raises Closed.
    """
    try:
        return os.stat(path, follow_symlinks=follow).st_mode
    except OSError as error:
        if error.errno in _NOT_THERE:
            return 0
        raise Closed(path, error) from error


def is_file(path: str | os.PathLike[str]) -> bool:
    """Tell whether a path leads to an ordinary file. Raises Closed."""
    return stat.S_ISREG(mode(path))


def is_folder(path: str | os.PathLike[str]) -> bool:
    """Tell whether a path leads to a folder. Raises Closed."""
    return stat.S_ISDIR(mode(path))


def check(path: str | os.PathLike[str]) -> None:
    """Raise Closed where an ordinary file may not be opened. Opens nothing else."""
    if stat.S_ISREG(mode(path, follow=False)):
        try:
            os.close(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC))
        except OSError as error:
            raise Closed(path, error) from error


def read(path: str | os.PathLike[str]) -> bytes:
    """Return what is in a file. Raises Closed."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise Closed(path, error) from error


def inside(folder: str | os.PathLike[str]) -> list[Path]:
    """Return what lies in a folder, sorted; nothing where there is none. Raises Closed."""
    try:
        return sorted(Path(folder, name) for name in os.listdir(folder))
    except OSError as error:
        if error.errno in _NOT_THERE:
            return []
        raise Closed(folder, error) from error


def notebooks(folder: str | os.PathLike[str]) -> list[Path]:
    """Return what has a notebook's name in a folder, sorted. Raises Closed."""
    return [path for path in inside(folder) if path.suffix == ".ipynb"]


def astray(path: str | os.PathLike[str]) -> list[Path]:
    """Return the notebooks that may be meant by a path at which there is none, sorted.

    They lie beside it or in folders there, whatever follows ".ipynb" in their names. Names that
    cannot be printed are left out. Raises Closed.
    """
    found, folders = [], [Path(path).parent]
    for folder in folders:
        for one in inside(folder):
            kind = mode(one, follow=False)
            if not one.name.isprintable() or one.name == ".ipynb_checkpoints":
                continue
            if stat.S_ISREG(kind) and _ENDING in one.name.casefold():
                found.append(one)
            elif stat.S_ISDIR(kind) and len(folders) < MAX_FOLDERS:
                folders.append(one)
    return sorted(found)


def alike(path: Path, other: Path) -> bool:
    """Tell whether two notebooks or assignments have nearly the same name.

    As `Relu (1).ipynb.txt`, `relu.ipynb` and a folder `relu-copy` have.
    """
    first, second = (
        _COPIED.sub("", one.name.casefold().partition(_ENDING)[0]) for one in (path, other)
    )
    return first == second


def below(folder: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield all ordinary files below a folder, sorted. Follows no link to a folder. Raises Closed.

    What is no folder holds nothing.
    """
    for path in inside(folder):
        if stat.S_ISDIR(mode(path, follow=False)):
            yield from below(path)
        elif is_file(path):
            yield path


def search(pattern: str) -> tuple[list[str], list[Closed]]:
    """Return what matches a pattern, as `glob.glob` does, and what kept it from looking further."""
    first, *parts = Path(pattern).parts
    found, closed = [first], []
    if glob.has_magic(first):
        found, parts = [""], [first, *parts]
    for part in parts:
        tops, found = found, []
        for top in tops:
            try:
                found += _matching(top, part)
            except OSError as error:
                if error.errno not in _NOT_THERE:
                    closed.append(Closed(top, error))
    return found, closed


def _matching(folder: str, part: str) -> list[str]:
    """Return what matches a part of a pattern in a folder, sorted. Raises OSError."""
    if not glob.has_magic(part):
        path = os.path.join(folder, part)
        os.lstat(path)
        return [path]
    names = fnmatch.filter(os.listdir(folder or "."), part)
    shown = [name for name in names if part.startswith(".") or not name.startswith(".")]
    return [os.path.join(folder, name) for name in sorted(shown)]


def digest(files: Mapping[str, bytes]) -> str:
    """Return a text that changes when a file does; an empty one where there is none."""
    if not files:
        return ""
    parts = (f"{name}:{hashlib.sha256(files[name]).hexdigest()}" for name in sorted(files))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
