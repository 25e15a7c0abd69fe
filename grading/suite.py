"""Hidden suites: what they are written with, and how one is run against one submission.

A hidden suite is a pytest file. It names its exercise, and each of its test functions is a
group of checks with points and a hint:

    EXERCISE = Exercise(tag="relu", class_name="MyReLU")

    @group("Values", points=2, hint="Compare your result with the formula.")
    def test_values(student: Student, rng: torch.Generator) -> None:
        x = torch.randn(7, generator=rng)
        assert_close(student.new()(x).value, reference(x))

A group passes if all its checks hold. It fails when an assertion does not hold or when the
student's code is at fault. Any other exception is a fault of the suite and ends the grading
of the submission without a grade.

A worker serves one group after another as long as all is well. A failure counts only in a worker
that has served no other group: what one group did to the student's code harms no other.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal
from unittest import mock

import numpy as np
import pytest
import torch
from _pytest.config import _prepareconfig

from grading import review
from grading.faults import SHORT, Crashed, GraderError, MachineShort, Stalled, StudentFault
from grading.limits import limit_met
from grading.result import Group, Outcome, Result
from grading.sandbox import Sandbox
from grading.student import Allowance, Raised, Student, TooSlow
from grading.submission import Answer

EXAMPLE = "torch.linspace(-2, 2, 9)"
"""The public example on which a submission is tried first. Its errors may be shown in full."""

_PLUGINS_LEFT_OUT = (
    *("terminal", "cacheprovider", "warnings", "logging", "faulthandler"),
    # These collect garbage after each run, which takes longer than the run: torch's heap is large.
    *("unraisableexception", "threadexception"),
)
_OPTIONS = (
    # Why an assertion does not hold reaches nobody, so nothing is spent on explaining it.
    *("--import-mode=importlib", "--noconftest", "--capture=no", "--assert=plain"),
    *("--disable-plugin-autoload", "-c", os.devnull),
    *(option for plugin in _PLUGINS_LEFT_OUT for option in ("-p", f"no:{plugin}")),
)


@dataclass(frozen=True)
class Exercise:
    """What a hidden suite grades: the cell with this tag, and the class that it defines."""

    tag: str
    class_name: str
    forbidden: frozenset[str] = frozenset()
    """Names that students are asked not to use. A use is flagged and costs nothing."""


def group(title: str, *, points: float, hint: str) -> pytest.MarkDecorator:
    """Make a test function a group of checks.

    Students read `title` and `hint`: a hint says what to look at, and gives no input and no
    expected value away.
    """
    return pytest.mark.group(title=title, points=points, hint=hint)


def describe(path: Path) -> tuple[Exercise, float]:
    """Return what a hidden suite grades, and the points of all its groups together.

    Raises GraderError when the suite cannot be collected.
    """
    return _collected(path, version(path)).describe()


def version(path: Path) -> str:
    """Return a digest of a hidden suite: it changes when the suite changes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


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
    return _collected(path, version(path)).grade(answers, sandbox, seed)


def fails(path: Path, answers: Mapping[str, Answer], *, sandbox: Sandbox, seed: str) -> bool:
    """Tell whether any group does not pass, and stop at the first. The rest is as in `grade`."""
    result = _collected(path, version(path)).grade(answers, sandbox, seed, to_the_end=False)
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


class _Suite:
    """The pytest plugin that collects a suite once, and runs it against each submission.

    To collect it each time would double the time. pytest runs an item as often as it is asked
    to, each time with fixtures of its own.
    """

    def __init__(self, path: Path, version: str) -> None:
        self._path = path
        self._version = version
        self._exercise = Exercise("", "")
        self._untried: dict[str, Group] = {}
        self._fault: GraderError | None = None
        self._worker = ExitStack()
        self._student: Student | None = None
        with mock.patch.dict(os.environ), _as_delivered():
            # What is set for other pytest runs is not meant for this one.
            for name in [name for name in os.environ if name.startswith("PYTEST_")]:
                del os.environ[name]
            options = [*_OPTIONS, f"--rootdir={path.parent}", str(path)]
            # What pytest.main does up to the running of tests, which has no public name.
            config = _prepareconfig(options, plugins=[self])
            config._do_configure()
            self._session = pytest.Session.from_config(config)
            config.hook.pytest_sessionstart(session=self._session)
            config.hook.pytest_collection(session=self._session)
        _forget(path)
        self._raise_fault()

    def describe(self) -> tuple[Exercise, float]:
        """Return what the suite grades, and what it is worth."""
        return self._exercise, sum(group.points for group in self._untried.values())

    def grade(
        self, answers: Mapping[str, Answer], sandbox: Sandbox, seed: str, *, to_the_end: bool = True
    ) -> Result:
        """Run the suite against one submission, to the end or to the first group that fails."""
        if self._exercise.tag not in answers:
            raise self._at_fault(
                f"the released notebook has no answer cell tagged {self._exercise.tag}."
            )
        self._answer, self._sandbox, self._seed = answers[self._exercise.tag], sandbox, seed
        self._groups = dict(self._untried)
        problem, notes = self._answer.problem, self._answer.notes
        if not problem:
            works, problem = self._try_example()
            self._allowance = Allowance(sandbox.limits.suite_seconds)
            notes = (*notes, *review.code(self._answer.source, self._exercise.forbidden))
            if works:
                self._run(to_the_end)
        return Result(
            suite=self._path.stem,
            version=self._version,
            isolation=sandbox.isolation,
            groups=tuple(self._groups.values()),
            problem=problem,
            notes=notes,
        )

    def _run(self, to_the_end: bool) -> None:
        """Run the tests. Where a student's code cannot work at all, none is run."""
        items = self._session.items
        try:
            with mock.patch.dict(os.environ), _as_delivered():
                for item, following in zip(items, [*items[1:], None], strict=True):
                    used, group = self._student is not None, self._groups[_name(item)]
                    passes = self._passes(item, following)
                    if not passes and used:
                        self._groups[_name(item)] = group
                        passes = self._passes(item, following)
                    if not passes and not to_the_end:
                        break
        finally:
            # No fixture and no worker of this submission is left for the next, whatever happened.
            self._session._setupstate.teardown_exact(None)
            self._leave_worker()

    def _passes(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        """Run one test. After one that does not pass, the next has a fresh worker."""
        self._failed = False
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if self._failed:
            self._leave_worker()
        self._raise_fault()
        return not self._failed

    def _leave_worker(self) -> None:
        self._student = None
        self._worker.close()

    def _at_fault(self, what: str) -> GraderError:
        return GraderError(f"The hidden suite {self._path.name} is at fault: {what}")

    def _raise_fault(self) -> None:
        if self._fault is not None:
            fault, self._fault = self._fault, None
            raise fault

    @pytest.fixture
    def student(self) -> Student:
        """Return the student's class, loaded in a worker process that never served another's."""
        if self._student is None:
            self._student = self._worker.enter_context(
                loaded(self._answer, self._exercise, self._sandbox, self._allowance)
            )
        return self._student

    @pytest.fixture
    def rng(self, request: pytest.FixtureRequest) -> torch.Generator:
        """Return random numbers of this student's own: the same again at a regrade."""
        return random_numbers(self._version, self._seed, request.node.name)

    def pytest_configure(self, config: pytest.Config) -> None:
        """Declare the marker that `group` sets."""
        config.addinivalue_line("markers", "group(title, points, hint): a group of checks")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a suite that cannot be imported."""
        if report.failed:
            self._fault = self._at_fault(f"it cannot be collected.\n{report.longreprtext}")

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Read the exercise and the groups. Until it has run, a group counts as not checked."""
        if not items:
            self._fault = self._fault or self._at_fault("it holds no test.")
            return
        for item in items:
            exercise = getattr(getattr(item, "module", None), "EXERCISE", None)
            mark = item.get_closest_marker("group")
            if not isinstance(exercise, Exercise) or mark is None:
                self._fault = self._at_fault(f"{item.name} has no group, or its file no EXERCISE.")
                return
            self._exercise = exercise
            name = _name(item)
            self._untried.setdefault(name, Group(name, outcome=Outcome.UNCHECKED, **mark.kwargs))
        points = [group.points for group in self._untried.values()]
        if not all(math.isfinite(number) and number > 0 for number in points):
            self._fault = self._at_fault("the points of a group are a number above zero.")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> pytest.TestReport:
        """Turn how a test ended into the outcome of its group.

        The report holds no traceback: to write one takes longer than the test, and nobody reads it.
        """
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
        elif isinstance(error, GraderError):
            self._fault = error
        elif isinstance(error, MemoryError) or getattr(error, "errno", None) in SHORT:
            self._fault = MachineShort(
                f"The machine was short of something during {item.name}: "
                f"{type(error).__name__}: {error}"
            )
        elif error is not None:
            self._fault = self._at_fault(f"{item.name} raised {type(error).__name__}: {error}")
        self._failed = self._failed or outcome is not Outcome.PASSED
        group = self._groups[name]
        if call.when == "call" or error is not None:
            self._groups[name] = _joined(group, outcome, reason, call.duration)
        ended: Literal["passed", "failed"] = "failed" if error else "passed"
        assert call.when != "collect"
        return pytest.TestReport(item.nodeid, item.location, {}, ended, None, call.when)

    def _try_example(self) -> tuple[bool, str]:
        """Run the submission on the public example, in a session that sees nothing else.

        Returns whether any check can pass, and what went wrong, if anything did.
        """
        name, limits = self._exercise.class_name, self._sandbox.limits
        try:
            with self._sandbox.session("calls") as session:
                student = Student(session, limits.call_seconds, Allowance(math.inf))
                if not student.load(self._answer.source, name, limits.cell_seconds):
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


def _joined(group: Group, outcome: Outcome, reason: str, seconds: float) -> Group:
    """Return a group after one more of its tests has ended: one failure fails the group."""
    first = group.seconds == 0
    worse = outcome is not Outcome.PASSED and group.outcome is not Outcome.FAILED
    if first or worse:
        group = dataclasses.replace(group, outcome=outcome, reason=reason)
    return dataclasses.replace(group, seconds=round(group.seconds + max(seconds, 1e-6), 6))


def _explain(error: Raised, class_name: str) -> str:
    """Say what the code raised on the public example, with the exception's own words.

    They can be shown because the session has seen no hidden check.
    """
    what = f"{error.type_name}: {error.message}" if error.message else error.type_name
    at = f" at line {error.line} of the cell" if error.line else ""
    if error.where != "load":
        return f"{class_name} raised {what}{at}, in {error.where}. (Tried on {EXAMPLE}.)"
    advice = "The cell is run alone: it must hold every import and helper that it uses."
    if error.type_name in ("SyntaxError", "IndentationError", "TabError"):
        advice = "Run the cell in JupyterLab to see the place marked."
    return f"Your tagged cell does not run: {what}{at}. {advice}"
