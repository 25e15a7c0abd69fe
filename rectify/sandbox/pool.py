"""Which sandbox is used for what, by all submissions that one process grades."""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from rectify import reading
from rectify.limits import Limits
from rectify.sandbox.process import MODULES, Sandbox, Unprepared

MAX_LESSONS = 4
"""Sandboxes for cells that are kept warm. Each takes about 300 MB."""

_Key = tuple[tuple[str, ...], str, tuple[str, ...]]
"""The cells of a lesson, a digest of the files beside its notebook, and what is imported."""


@dataclass(frozen=True)
class Needs:
    """What sandboxes are to be ready for.

    Attributes:
        modules: those of `MODULES` that cells import.
        calls: whether there are hidden suites, which call students' classes.
    """

    modules: tuple[str, ...] = MODULES
    calls: bool = True

    def __or__(self, other: Needs) -> Needs:
        """Return what both need."""
        both = tuple(name for name in MODULES if name in self.modules + other.modules)
        return Needs(both, self.calls or other.calls)


class Sandboxes:
    """The sandboxes that one process grades with: one for calls, one for each lesson's cells.

    Where cells do not begin as their lesson does, they get a sandbox that is not prepared.
    """

    def __init__(self, isolation: str, limits: Limits) -> None:
        self.isolation = isolation
        self.limits = limits
        self._calls = Sandbox(isolation, limits)
        # The one that was used last is last.
        self._cells: dict[_Key, Sandbox] = {}
        self._unprepared: set[_Key] = set()
        atexit.register(self.close)

    def start(self, needs: Needs) -> None:
        """Start a sandbox for cells, and one for calls if needed, side by side.

        Raises GraderError.
        """
        fitting = [key for key in self._cells if key[2] == needs.modules]
        key = fitting[-1] if fitting else ((), "", needs.modules)
        first = [self._cells.setdefault(key, self._new(needs.modules))]
        if needs.calls:
            first.append(self._calls)
        for sandbox in first:
            sandbox.launch()
        for sandbox in first:
            sandbox.start()

    def _new(self, modules: tuple[str, ...]) -> Sandbox:
        return Sandbox(self.isolation, self.limits, modules=modules)

    def calls(self, files: Mapping[str, bytes]) -> Sandbox:
        """Return the sandbox for calls of a student's class, started.

        `files` lie in the working folder of each session.
        """
        self._calls.start()
        self._calls.files = files
        return self._calls

    def cells(
        self,
        lesson: tuple[str, ...],
        files: Mapping[str, bytes],
        modules: tuple[str, ...] = MODULES,
    ) -> Sandbox:
        """Return the sandbox for cells that come after those of a lesson, started.

        `files` lie in the working folder of each session, and of the lesson's cells.
        A lesson that cannot be prepared gets the plain one: its `lesson` is empty.
        """
        plain: _Key = ((), "", modules)
        key: _Key = (lesson, reading.digest(files), modules) if lesson else plain
        if key in self._unprepared:
            key = plain
        sandbox = self._cells.pop(key, None) or self._cells.pop(plain, None)
        if sandbox is None:
            sandbox = self._new(modules)
        while len(self._cells) >= MAX_LESSONS:
            self._cells.pop(next(iter(self._cells))).close()
        sandbox.files = files
        try:
            sandbox.start()
            if sandbox.lesson != key[0]:
                sandbox.prepare(key[0])
        except Unprepared:
            self._unprepared.add(key)
            key, sandbox = plain, self._new(modules)
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
