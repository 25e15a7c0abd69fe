"""Which sandbox is used for what, by all submissions that one process grades."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from functools import lru_cache

from rectify import reading
from rectify.limits import Limits
from rectify.sandbox.process import Sandbox, Unprepared

MAX_LESSONS = 4
"""Sandboxes for cells that are kept warm. Each takes about 300 MB."""

_Key = tuple[tuple[str, ...], str]
"""The cells of a lesson, and a digest of the files beside its notebook."""

_PLAIN: _Key = ((), "")
"""Where no lesson is run ahead."""


class Sandboxes:
    """The sandboxes that one process grades with: one for calls, one for each lesson's cells.

    Where cells do not begin as their lesson does, they get a sandbox that is not prepared.
    """

    def __init__(self, isolation: str, limits: Limits) -> None:
        self.isolation = isolation
        self.limits = limits
        self._calls = Sandbox(isolation, limits)
        self._cells: dict[_Key, Sandbox] = {_PLAIN: Sandbox(isolation, limits)}
        self._unprepared: set[_Key] = set()
        atexit.register(self.close)

    def start(self) -> None:
        """Start a sandbox for calls and one for cells, side by side. Raises GraderError."""
        first = [self._calls, *list(self._cells.values())[-1:]]
        for sandbox in first:
            sandbox.launch()
        for sandbox in first:
            sandbox.start()

    def calls(self, files: Mapping[str, bytes]) -> Sandbox:
        """Return the sandbox for calls of a student's class, started.

        `files` lie in the working folder of each session.
        """
        self._calls.start()
        self._calls.files = files
        return self._calls

    def cells(self, lesson: tuple[str, ...], files: Mapping[str, bytes]) -> Sandbox:
        """Return the sandbox for cells that come after those of a lesson, started.

        `files` lie in the working folder of each session, and of the lesson's cells.
        A lesson that cannot be prepared gets the plain one: its `lesson` is empty.
        """
        key = (lesson, reading.digest(files)) if lesson else _PLAIN
        if key in self._unprepared:
            key = _PLAIN
        # The one that was used last is last.
        sandbox = self._cells.pop(key, None) or self._cells.pop(_PLAIN, None)
        if sandbox is None:
            sandbox = Sandbox(self.isolation, self.limits)
        while len(self._cells) >= MAX_LESSONS:
            self._cells.pop(next(iter(self._cells))).close()
        sandbox.files = files
        try:
            sandbox.start()
            if sandbox.lesson != key[0]:
                sandbox.prepare(key[0])
        except Unprepared:
            self._unprepared.add(key)
            key, sandbox = _PLAIN, Sandbox(self.isolation, self.limits)
            sandbox.start()
            sandbox.files = files
        self._cells[key] = sandbox
        return sandbox

    def close(self) -> None:
        """End them all."""
        for sandbox in (self._calls, *self._cells.values()):
            sandbox.close()


@lru_cache(maxsize=1)
def shared(isolation: str, limits: Limits) -> Sandboxes:
    """Return the sandboxes that all submissions graded by this process use."""
    return Sandboxes(isolation, limits)
