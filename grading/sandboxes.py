"""Which sandbox is used for what, by all submissions that one process grades."""

from __future__ import annotations

import atexit
from functools import lru_cache

from grading.limits import Limits
from grading.sandbox import Sandbox, Unprepared

MAX_LESSONS = 4
"""Sandboxes for cells that are kept warm. Each takes about 300 MB."""


class Sandboxes:
    """The sandboxes that one process grades with: one for calls, one for each lesson's cells.

    Where cells do not begin as their lesson does, they get a sandbox that is not prepared.
    """

    def __init__(self, isolation: str, limits: Limits) -> None:
        self.isolation = isolation
        self.limits = limits
        self._calls = Sandbox(isolation, limits)
        self._cells: dict[tuple[str, ...], Sandbox] = {(): Sandbox(isolation, limits)}
        self._unprepared: set[tuple[str, ...]] = set()
        atexit.register(self.close)

    def start(self) -> None:
        """Start a sandbox for calls and one for cells, side by side. Raises GraderError."""
        first = [self._calls, *list(self._cells.values())[-1:]]
        for sandbox in first:
            sandbox.launch()
        for sandbox in first:
            sandbox.start()

    def calls(self) -> Sandbox:
        """Return the sandbox for calls of a student's class, started."""
        self._calls.start()
        return self._calls

    def cells(self, lesson: tuple[str, ...] = ()) -> Sandbox:
        """Return the sandbox for cells that come after those of a lesson, started.

        A lesson that cannot be prepared gets the plain one: its `lesson` is empty.
        """
        if lesson in self._unprepared:
            lesson = ()
        # The one that was used last is last.
        sandbox = self._cells.pop(lesson, None) or self._cells.pop((), None)
        if sandbox is None:
            sandbox = Sandbox(self.isolation, self.limits)
        while len(self._cells) >= MAX_LESSONS:
            self._cells.pop(next(iter(self._cells))).close()
        try:
            sandbox.start()
            if sandbox.lesson != lesson:
                sandbox.prepare(lesson)
        except Unprepared:
            self._unprepared.add(lesson)
            lesson, sandbox = (), Sandbox(self.isolation, self.limits)
            sandbox.start()
        self._cells[lesson] = sandbox
        return sandbox

    def close(self) -> None:
        """End them all."""
        for sandbox in (self._calls, *self._cells.values()):
            sandbox.close()


@lru_cache(maxsize=1)
def shared(isolation: str, limits: Limits) -> Sandboxes:
    """Return the sandboxes that all submissions graded by this process use."""
    return Sandboxes(isolation, limits)
