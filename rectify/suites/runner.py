"""Runs a hidden suite against one submission.

A group passes if all its checks do. It fails when an assertion does, or when the student's code is
at fault. Any other exception is a fault of the suite and ends the grading of the submission without
a grade.

One worker serves group after group as long as each passes. A failing group is tried again in a
fresh worker; only that result counts: what one group did to the student's code harms no other.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch

from rectify.faults import SHORT, Crashed, GraderError, MachineShort, Stalled, StudentFault
from rectify.limits import limit_met
from rectify.result import Group, Outcome, Result, version_of
from rectify.sandbox.process import Sandbox
from rectify.submission import flags
from rectify.submission.rebuild import Answer
from rectify.suites import collection
from rectify.suites.exercise import Exercise
from rectify.suites.student import Allowance, Raised, Student, TooSlow

EXAMPLE = "torch.linspace(-2, 2, 9)"
"""The public example on which a submission is tried first. Its errors may be shown in full."""


def describe(path: Path) -> tuple[Exercise, float]:
    """Return what a hidden suite grades, and the points of all its groups together.

    Raises GraderError when the suite cannot be collected.
    """
    return _collected(path, version_of(path.read_bytes())).worth()


def grade(path: Path, answers: Mapping[str, Answer], *, sandbox: Sandbox, seed: str) -> Result:
    """Run a hidden suite against what a student handed in.

    Args:
        path: the suite's file.
        answers: what was handed in, by the tag of the exercise. Where the answer has a
            problem, no code runs and no group is checked.
        sandbox: where the student's code runs.
        seed: decides the random inputs, together with the suite's version.

    Raises GraderError when the suite itself is at fault or the sandbox cannot run.
    """
    return _collected(path, version_of(path.read_bytes())).grade(answers, sandbox, seed)


def fails(path: Path, answers: Mapping[str, Answer], *, sandbox: Sandbox, seed: str) -> bool:
    """Tell whether any group does not pass, and stop at the first. The rest is as in `grade`."""
    result = _collected(path, version_of(path.read_bytes())).grade(
        answers, sandbox, seed, to_the_end=False
    )
    return any(group.outcome is not Outcome.PASSED for group in result.groups)


@contextmanager
def loaded(
    answer: Answer, exercise: Exercise, sandbox: Sandbox, allowance: Allowance
) -> Iterator[Student]:
    """Give the class of an answer, loaded in a worker process of its own."""
    with sandbox.session("calls") as session:
        limits = sandbox.limits
        student = Student(session, limits.call_seconds, allowance)
        student.load(answer.source, exercise.class_name, limits.cell_seconds)
        yield student


def random_numbers(version: str, seed: str, name: str) -> torch.Generator:
    """Return the random numbers of one test: the same again for the same suite and seed."""
    digest = hashlib.sha256(f"{version}:{seed}:{name}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "big"))


@lru_cache(maxsize=8)
def _collected(path: Path, version: str) -> _Suite:
    """Return a suite that is ready to run. Raises GraderError if it cannot be collected."""
    return _Suite(path, version)


def _at_fault(path: Path, what: str) -> GraderError:
    return GraderError(f"The hidden suite {path.name} is at fault: {what}")


class _Suite:
    """A suite that has been collected, as the pytest plugin that its tests are run with.

    Hooks and fixtures of a test ask the run that goes on: there is one for each submission.
    """

    def __init__(self, path: Path, version: str) -> None:
        self.path = path
        self.version = version
        self.exercise = Exercise("", "")
        self.untried: dict[str, Group] = {}
        self._unfit: GraderError | None = None
        self._run: _Run | None = None
        with collection.own_environment(), _as_delivered():
            self.session = collection.collect(path, self)
        _forget(path)
        if self._unfit is not None:
            raise self._unfit

    def worth(self) -> tuple[Exercise, float]:
        """Return what the suite grades, and the points of all its groups."""
        return self.exercise, sum(group.points for group in self.untried.values())

    def grade(
        self, answers: Mapping[str, Answer], sandbox: Sandbox, seed: str, *, to_the_end: bool = True
    ) -> Result:
        """Run the suite against one submission, to the end or to the first group that fails."""
        tag = self.exercise.tag
        if tag not in answers:
            raise _at_fault(self.path, f"the released notebook has no answer cell tagged {tag}.")
        answer = answers[tag]
        works, problem, notes, groups = False, answer.problem, answer.notes, self.untried
        if not problem:
            works, problem = _try_example(answer, self.exercise.class_name, sandbox)
            notes = (*notes, *flags.code(answer.source, self.exercise.forbidden))
        if works:
            # Where a student's code cannot work at all, no test is run.
            self._run = _Run(self, answer, sandbox, seed)
            try:
                groups = self._run.groups_after(to_the_end=to_the_end)
            finally:
                self._run = None
        return Result(
            suite=self.path.stem,
            version=self.version,
            isolation=sandbox.isolation,
            groups=tuple(groups.values()),
            problem=problem,
            notes=notes,
        )

    @property
    def _current(self) -> _Run:
        assert self._run is not None, "tests are run for a submission"
        return self._run

    @pytest.fixture
    def student(self) -> Student:
        """Return the student's class, loaded in a worker process that never served another's."""
        return self._current.student()

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> torch.Generator:
        """Return random numbers of this student's own: the same again at a regrade."""
        return random_numbers(self.version, self._current.seed, request.node.name)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Declare the marker that `group` sets."""
        config.addinivalue_line("markers", "group(title, points, hint): a group of checks")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a suite that cannot be imported."""
        if report.failed:
            self._unfit = _at_fault(self.path, f"it cannot be collected.\n{report.longreprtext}")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Read the exercise and the groups. Until it has run, a group counts as not checked."""
        if not items:
            self._unfit = self._unfit or _at_fault(self.path, "it holds no test.")
            return
        for item in items:
            exercise = getattr(getattr(item, "module", None), "EXERCISE", None)
            mark = item.get_closest_marker("group")
            if not isinstance(exercise, Exercise) or mark is None:
                what = f"{item.name} has no group, or its file no EXERCISE."
                self._unfit = _at_fault(self.path, what)
                return
            self.exercise = exercise
            name = _name(item)
            self.untried.setdefault(name, Group(name, outcome=Outcome.UNCHECKED, **mark.kwargs))
        points = [group.points for group in self.untried.values()]
        if not all(math.isfinite(number) and number > 0 for number in points):
            what = "the points of a group are a number above zero."
            self._unfit = _at_fault(self.path, what)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Have the run note how a test ended.

        The report holds no traceback: to write one takes longer than the test, and nobody reads it.
        """
        self._current.note(item, call)
        ended: Literal["passed", "failed"] = "failed" if call.excinfo else "passed"
        assert call.when != "collect"
        return pytest.TestReport(item.nodeid, item.location, {}, ended, None, call.when)


class _Run:
    """The tests of a suite, run against one submission: its worker, and what came out so far."""

    def __init__(self, suite: _Suite, answer: Answer, sandbox: Sandbox, seed: str) -> None:
        self.seed = seed
        self._suite = suite
        self._answer = answer
        self._sandbox = sandbox
        self._allowance = Allowance(sandbox.limits.suite_seconds)
        self._groups = dict(suite.untried)
        self._begun: set[str] = set()
        self._worker = ExitStack()
        self._student: Student | None = None
        self._failed = False
        self._fault: GraderError | None = None

    def groups_after(self, *, to_the_end: bool) -> dict[str, Group]:
        """Run the tests, and return the groups as they are then. Raises GraderError."""
        items = self._suite.session.items
        try:
            with collection.own_environment(), _as_delivered():
                for item, following in zip(items, [*items[1:], None], strict=True):
                    used, before = self._student is not None, (dict(self._groups), {*self._begun})
                    passes = self._passes(item, following)
                    if not passes and used:
                        self._groups, self._begun = before
                        passes = self._passes(item, following)
                    if not passes and not to_the_end:
                        break
        finally:
            # No fixture and no worker of this submission is left for the next, whatever happened.
            collection.end(self._suite.session)
            self._leave_worker()
        return self._groups

    def student(self) -> Student:
        """Return the student's class in the worker that serves now, or else in a fresh one."""
        if self._student is None:
            self._student = self._worker.enter_context(
                loaded(self._answer, self._suite.exercise, self._sandbox, self._allowance)
            )
        return self._student

    def note(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        """Turn how a part of a test ended into the outcome of its group."""
        name, error = _name(item), call.excinfo.value if call.excinfo else None
        outcome, reason = Outcome.PASSED, ""
        if isinstance(error, TooSlow):
            outcome, reason = Outcome.UNCHECKED, str(error)
        elif isinstance(error, Crashed):
            # How it ended is for the code to choose, so it could carry a check's inputs out.
            outcome, reason = Outcome.FAILED, str(Crashed("ended"))
        elif isinstance(error, StudentFault):
            outcome, reason = Outcome.FAILED, str(error)
        elif isinstance(error, (AssertionError, pytest.fail.Exception)):
            outcome = Outcome.FAILED
        elif error is not None:
            self._fault = self._grader_fault(item, error)
        self._failed = self._failed or outcome is not Outcome.PASSED
        if call.when == "call" or error is not None:
            first = name not in self._begun
            self._begun.add(name)
            self._groups[name] = _joined(
                self._groups[name], outcome, reason, call.duration, first=first
            )

    def _grader_fault(self, item: pytest.Item, error: BaseException) -> GraderError:
        """Return whose fault an error is that no student has made."""
        said = f"{type(error).__name__}: {error}"
        if isinstance(error, GraderError):
            return error
        if isinstance(error, MemoryError) or getattr(error, "errno", None) in SHORT:
            return MachineShort(f"The machine was short of something during {item.name}: {said}")
        return _at_fault(self._suite.path, f"{item.name} raised {said}")

    def _passes(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        """Run one test. After one that does not pass, the next has a fresh worker."""
        self._failed = False
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if self._failed:
            self._leave_worker()
        if self._fault is not None:
            raise self._fault
        return not self._failed

    def _leave_worker(self) -> None:
        self._student = None
        self._worker.close()


def _try_example(answer: Answer, name: str, sandbox: Sandbox) -> tuple[bool, str]:
    """Run a submission on the public example, in a session that sees nothing else.

    Returns whether any check can pass, and what went wrong, if anything did.
    """
    limits = sandbox.limits
    try:
        with sandbox.session("calls") as session:
            student = Student(session, limits.call_seconds, Allowance(math.inf))
            if not student.load(answer.source, name, limits.cell_seconds):
                return False, (
                    f"Your tagged cell defines no class {name}. "
                    "Give the class the name that the exercise asks for."
                )
            x = torch.linspace(-2, 2, 9)
            for kwargs in ({}, {"inplace": True}):
                student.new(**kwargs)(x)
    except Raised as error:
        named = limit_met(error.message, limits)
        return error.where != "load", f"{_explain(error, name)} {named}".rstrip()
    except Stalled as error:
        return False, f"{error} (Tried on {EXAMPLE}.)"
    except StudentFault as error:
        return True, f"{error} (Tried on {EXAMPLE}.)"
    return True, ""


@contextmanager
def _as_delivered() -> Iterator[None]:
    """Let torch and numpy compute as they do by themselves, whoever has set them otherwise.

    A plugin, or another suite when it was imported, may have: all of them share this process.
    """
    kept, gradients = torch.get_default_dtype(), torch.is_grad_enabled()
    torch.set_default_dtype(torch.float32)
    torch.set_grad_enabled(True)
    try:
        with np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"):
            yield
    finally:
        torch.set_default_dtype(kept)
        torch.set_grad_enabled(gradients)


def _forget(path: Path) -> None:
    """Remove a suite from the imported modules: another one may have its name, or be its edit."""
    for name, module in list(sys.modules.items()):
        if getattr(module, "__file__", None) == str(path):
            del sys.modules[name]


def _name(item: pytest.Item) -> str:
    """Return the name of a test function, without its parameters."""
    return str(getattr(item, "originalname", None) or item.name)


def _joined(group: Group, ended: Outcome, reason: str, seconds: float, *, first: bool) -> Group:
    """Return a group after one more of its tests has ended: one failure fails the group.

    `first` tells that none has ended before.
    """
    if first or (ended is not Outcome.PASSED and group.outcome is not Outcome.FAILED):
        group = dataclasses.replace(group, outcome=ended, reason=reason)
    return dataclasses.replace(group, seconds=round(group.seconds + seconds, 6))


def _explain(error: Raised, class_name: str) -> str:
    """Say what the code raised on the public example, with the exception's own words.

    They can be shown because the session has seen no hidden check.
    """
    what = f"{error.type_name}: {error.message}" if error.message else error.type_name
    at = f" at line {error.line} of the cell" if error.line else ""
    if error.where != "load":
        return f"{class_name} raised {what}{at}, in {error.where}. (Tried on {EXAMPLE}.)"
    advice = "The cell is run alone: every import and helper that it uses must stand in it."
    if error.type_name in ("SyntaxError", "IndentationError", "TabError"):
        advice = "Run the cell in JupyterLab to see the place marked."
    return f"Your tagged cell does not run: {what}{at}. {advice}"
