"""How student code is kept apart: what a way to do it must offer, and which ways there are.

Another one is a class with these methods in a file of its own, and a line in `_WAYS`.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from typing import Protocol

from rectify import scratch
from rectify.sandbox import bubblewrap


class Isolation(Protocol):
    """A way to start the warm process apart from everything else."""

    name: str
    """What stands in settings and reports."""

    promises: bool
    """Whether it keeps what the self-test looks for; what promises nothing is not asked."""

    outer: int
    """How many processes are not a session's: the warm one, and what it is started by."""

    def writable(self) -> tuple[str, ...]:
        """Return the folders that a session can write to, as the session sees them."""

    def command(self, python: list[str], size: int) -> list[str]:
        """Return the command that starts Python with these options in folders of `size` bytes.

        Raises GraderError where that cannot be.
        """

    def close(self) -> None:
        """Remove what it has made for one warm process."""


class Bubblewrap:
    """A sandbox of bubblewrap's: see docs/sandbox.md."""

    name, promises, outer = "bubblewrap", True, 2

    def writable(self) -> tuple[str, ...]:
        """Return folders that are each a small file system in memory."""
        return bubblewrap.WRITABLE

    def command(self, python: list[str], size: int) -> list[str]:
        """Return bubblewrap's command line."""
        start = [*bubblewrap.command(size), bubblewrap.python(), *python]
        return [*start, "/w", *bubblewrap.packages()]

    def close(self) -> None:
        """Leave nothing to remove: what it has made ends with its process."""


class Unconfined:
    """An ordinary process of the user who grades, for a machine that cannot sandbox."""

    name, promises, outer = "none", False, 1

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def writable(self) -> tuple[str, ...]:
        """Return the one folder that is emptied after each session."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(dir=scratch.folder())
        return (self._folder.name,)

    def command(self, python: list[str], size: int) -> list[str]:
        """Return a command line with a clean environment."""
        (home,) = self.writable()
        kept = [f"HOME={home}", f"TMPDIR={home}", *bubblewrap.ENVIRONMENT]
        start = ["/usr/bin/env", f"--chdir={home}", *kept, sys.executable, *python]
        return [*start, str(bubblewrap.WORKER.parent.parent)]

    def close(self) -> None:
        """Remove the folder. The next process gets another one."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None


_WAYS: dict[str, Callable[[], Isolation]] = {way.name: way for way in (Bubblewrap, Unconfined)}


def named(name: str) -> Isolation:
    """Return a new isolation by the name that settings give it."""
    return _WAYS[name]()
