"""The grading of one notebook as a function: bytes in, bytes out.

It needs no course folder and no gradebook, so it can run in this process, in another one, or on
another machine.
"""

from __future__ import annotations

import ctypes
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils

from grading import execution, feedback, submission, suite
from grading.faults import GraderError
from grading.limits import Limits
from grading.result import Result
from grading.sandbox import Sandbox, SandboxLost
from grading.sandboxes import Sandboxes, shared

ATTEMPTS = 3
"""How often a submission is tried when its sandbox is killed under it."""


@dataclass(frozen=True)
class Task:
    """One notebook to grade, and all that grading it takes.

    Attributes:
        notebook: the rebuilt notebook, as a file holds it.
        released: the released notebook, as a file holds it.
        suites: the text of each hidden suite, by the grade_id of its grade cell.
        seed: decides the random inputs, together with the suites.
        execute: whether the notebook's cells are run; hidden suites always are.
        demonstrations: whether those are run too that close the lesson and decide no grade.
    """

    notebook: bytes
    released: bytes
    suites: Mapping[str, bytes]
    seed: str
    execute: bool
    demonstrations: bool
    isolation: str
    limits: Limits


@dataclass(frozen=True)
class Graded:
    """A graded notebook, as a file holds it, and how long its cells and its suites took, in s."""

    notebook: bytes
    notebook_seconds: float
    suite_seconds: float


def perform(task: Task, *, side_by_side: bool = False) -> Graded:
    """Run the cells of a notebook and its hidden suites, and return the notebook with the grades.

    `side_by_side` uses two cores, so that one submission takes as long as the slower of the two.
    Raises GraderError when the suite is at fault or the sandbox cannot run.
    """
    for _ in range(ATTEMPTS - 1):
        with suppress(SandboxLost):
            return _perform(task, side_by_side)
    return _perform(task, side_by_side)


def _perform(task: Task, side_by_side: bool) -> Graded:
    notebook = nbformat.reads(task.notebook.decode("utf-8"), as_version=4)
    sandboxes = shared(task.isolation, task.limits)
    # All of them before any thread: a sandbox ends with the thread that starts it.
    sandboxes.start()
    cells = None
    if task.execute:
        cells = sandboxes.cells(execution.lesson(notebook, parsed(task.released)))
    with _executor(side_by_side) as run:
        running = run(lambda: _run_cells(notebook, task, cells))
        started = time.monotonic()
        try:
            _run_suites(notebook, task, sandboxes)
        except KeyboardInterrupt:
            # Do not wait for the other thread.
            sandboxes.close()
            raise
        suite_seconds = time.monotonic() - started
        notebook_seconds = running()
    notebook.metadata[submission.KEY][submission.GRADED] = True
    _give_back_memory()
    return Graded(nbformat.writes(notebook).encode(), notebook_seconds, suite_seconds)


@lru_cache(maxsize=8)
def parsed(notebook: bytes) -> NotebookNode:
    """Return a notebook of the course. It is kept for the next call, so leave it as it is."""
    return nbformat.reads(notebook.decode("utf-8"), as_version=4)


@contextmanager
def _executor(
    side_by_side: bool,
) -> Iterator[Callable[[Callable[[], float]], Callable[[], float]]]:
    """Give a function that starts another one, and returns what waits for its result."""
    if not side_by_side:
        yield lambda function: function
        return
    with ThreadPoolExecutor(max_workers=1) as thread:
        yield lambda function: thread.submit(function).result


def _run_cells(notebook: NotebookNode, task: Task, sandbox: Sandbox | None) -> float:
    """Run the notebook's cells, if there is a sandbox for them; return how long it took, in s."""
    started = time.monotonic()
    if sandbox is not None:
        skip, end = set(task.suites), None
        if not task.demonstrations:
            end = execution.end(notebook, parsed(task.released), skip)
        execution.run(notebook, sandbox, skip=skip, end=end)
    return time.monotonic() - started


def _run_suites(notebook: NotebookNode, task: Task, sandboxes: Sandboxes) -> None:
    """Grade each cell that has a hidden suite: points, table and record become its output."""
    answers = submission.answers(notebook)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name not in task.suites or not utils.is_grade(cell):
            continue
        path = _suite_file(name, task.suites[name])
        result = suite.grade(path, answers, sandbox=sandboxes.calls(), seed=task.seed)
        _agree(result, cell)
        cell.outputs = [feedback.grade_output(result)]


@lru_cache(maxsize=8)
def _suite_file(name: str, text: bytes) -> Path:
    """Return a file with the text of a suite: pytest collects files."""
    path = Path(tempfile.mkdtemp(dir=_folder().name), f"{name}.py")
    path.write_bytes(text)
    return path


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that only this user can read, and that goes away with this process."""
    return tempfile.TemporaryDirectory(prefix="suites-")


def _agree(result: Result, cell: NotebookNode) -> None:
    """Raise GraderError unless the cell is worth what its suite is worth."""
    points = float(cell.metadata["nbgrader"]["points"])
    if points != result.max_score:
        raise GraderError(
            f"The grade cell {result.suite} is worth {points:g} points and its hidden suite "
            f"{result.max_score:g}. Make the cell in source/ agree with the suite, and run "
            "`nbgrader generate_assignment` again."
        )


def _give_back_memory() -> None:
    """Return to the system what large submissions have left free, where the C library can."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)
