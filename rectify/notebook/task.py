"""The grading of one notebook as a function: bytes in, bytes out.

It needs no course folder and no gradebook, so it can run in this process, in another one, or on
another machine.
"""

from __future__ import annotations

import ctypes
import re
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader import utils

from rectify import scratch
from rectify.faults import GraderError
from rectify.limits import Limits
from rectify.notebook import execution, feedback
from rectify.result import Result
from rectify.sandbox.pool import Needs, Sandboxes, shared
from rectify.sandbox.process import MODULES, SandboxLost
from rectify.submission import rebuild, submitted

ATTEMPTS = 3
"""How often a submission is tried when its sandbox is killed under it."""


@dataclass(frozen=True)
class Task:
    """One notebook to grade, and all that grading it takes.

    Attributes:
        notebook: the rebuilt notebook, as a file holds it.
        complete: the notebook that it was rebuilt on, as a file holds it.
        suites: the text of each hidden suite, by the grade_id of its grade cell.
        seed: decides the random inputs, together with the suites.
        execute: whether the notebook's cells are run; hidden suites always are.
        demonstrations: whether those are run too that close the lesson and decide no grade.
        files: what the course has released beside the notebook, by its place.
        handed_in: what the student has handed in beside the notebook and the course asks for.
    """

    notebook: bytes
    complete: bytes
    suites: Mapping[str, bytes]
    seed: str
    execute: bool
    demonstrations: bool
    isolation: str
    limits: Limits
    files: Mapping[str, bytes] = field(default_factory=dict)
    handed_in: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Graded:
    """A graded notebook, as a file holds it, and how long its cells and its suites took, in s."""

    notebook: bytes
    notebook_seconds: float
    suite_seconds: float


def perform(task: Task) -> Graded:
    """Run the cells of a notebook, then its hidden suites, and return it with the grades.

    The suites wait until the session of the cells has ended and its outputs are taken: then no
    cell can show what an answer is given in a hidden check.
    Raises GraderError when the suite is at fault or the sandbox cannot run.
    """
    for _ in range(ATTEMPTS - 1):
        with suppress(SandboxLost):
            return _perform(task)
    return _perform(task)


def _perform(task: Task) -> Graded:
    notebook = nbformat.reads(task.notebook.decode("utf-8"), as_version=4)
    sandboxes = shared(task.isolation, task.limits)
    required = needs(parsed(task.complete), task.files, suites=bool(task.suites))
    sandboxes.start(required)
    started = time.monotonic()
    if task.execute:
        _run_cells(notebook, task, sandboxes, required.modules)
    cells_ended = time.monotonic()
    _run_suites(notebook, task, sandboxes)
    suites_ended = time.monotonic()
    _remark(notebook)
    notebook.metadata[submitted.KEY][submitted.GRADED] = True
    _give_back_memory()
    return Graded(
        nbformat.writes(notebook).encode(), cells_ended - started, suites_ended - cells_ended
    )


def needs(complete: NotebookNode, files: Mapping[str, bytes], *, suites: bool) -> Needs:
    """Return what sandboxes are to be ready for: what cells, or files beside them, speak of.

    `suites` tells whether a grade cell has a hidden suite.
    """
    code = [cell.source for cell in complete.cells if cell.cell_type == "code"]
    code += [data.decode(errors="replace") for name, data in files.items() if name.endswith(".py")]
    text = "\n".join(code)
    return Needs(tuple(name for name in MODULES if re.search(rf"\b{name}\b", text)), suites)


@lru_cache(maxsize=8)
def parsed(notebook: bytes) -> NotebookNode:
    """Return a notebook of the course. It is kept for the next call, so leave it as it is."""
    return nbformat.reads(notebook.decode("utf-8"), as_version=4)


def _run_cells(
    notebook: NotebookNode, task: Task, sandboxes: Sandboxes, modules: tuple[str, ...]
) -> None:
    """Run the notebook's cells."""
    complete, skip, end = parsed(task.complete), set(task.suites), None
    # What a student has handed in could change what the first cells do.
    lesson = () if task.handed_in else execution.lesson(notebook, complete)
    sandbox = sandboxes.cells(lesson, {**task.files, **task.handed_in}, modules)
    if not task.demonstrations:
        end = execution.end(notebook, complete, skip)
    execution.run(notebook, sandbox, skip=skip, end=end)
    execution.flag(notebook, complete, skip)


def _run_suites(notebook: NotebookNode, task: Task, sandboxes: Sandboxes) -> None:
    """Grade each cell that has a hidden suite: points, table and record become its output."""
    if not task.suites:
        return
    try:
        # Here, because a course without hidden suites does without torch.
        from rectify.suites import runner
    except ModuleNotFoundError as error:
        raise GraderError(
            f"Hidden suites need the package {error.name}, which is not installed. Nothing was "
            "graded. Run `pip install 'rectify-course[torch]'`."
        ) from error
    answers = rebuild.answers(notebook)
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name not in task.suites or not utils.is_grade(cell):
            continue
        path = _suite_file(name, task.suites[name])
        sandbox = sandboxes.calls({**task.files, **task.handed_in})
        result = runner.grade(path, answers, sandbox=sandbox, seed=task.seed)
        _agree(result, cell)
        cell.outputs = [feedback.grade_output(result)]


def _remark(notebook: NotebookNode) -> None:
    """Say at each grade cell that was handed in as another release had it."""
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        older = notebook.metadata[submitted.KEY]["older"]
        if cell.cell_type == "code" and utils.is_grade(cell) and name in older:
            cell.outputs.append(
                feedback.remark(
                    "Your notebook has this cell as another release had it. The present one was "
                    "graded. Take the present notebook for further work."
                )
            )


@lru_cache(maxsize=8)
def _suite_file(name: str, text: bytes) -> Path:
    """Return a file with the text of a suite: pytest collects files."""
    path = Path(tempfile.mkdtemp(prefix="suite-", dir=scratch.folder()), f"{name}.py")
    path.write_bytes(text)
    return path


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
