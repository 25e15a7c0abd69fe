"""Runs the hidden suites from the command line against one notebook, and shows everything.

    pytest test_exercise/hidden --notebook submitted/NAME/relu/relu.ipynb
    pytest test_exercise/hidden/test_relu.py -k in_place

Without --notebook, each suite is run against the solved notebook. The suites' conftest.py imports
all of this; grading does not read that file.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import nbformat
import pytest
import torch

from rectify import settings
from rectify.faults import StudentFault
from rectify.result import version_of
from rectify.sandbox.process import Sandbox
from rectify.settings import Course
from rectify.submission import cells, rebuild, submitted
from rectify.submission.rebuild import Answer
from rectify.suites import Exercise, Raised, Student, runner
from rectify.suites.student import Allowance

__all__ = [
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_runtest_makereport",
    "pytest_terminal_summary",
    "rng",
    "sandbox",
    "student",
]

_PACKAGE = Path(settings.__file__).parent

course = pytest.StashKey[Course]()
answers = pytest.StashKey[dict[str, Answer]]()
points = pytest.StashKey[dict[str, tuple[float, bool]]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --notebook and --isolation."""
    with suppress(ValueError):  # the visible suites have the same option
        parser.addoption("--notebook", metavar="PATH", help="the notebook to check")
    parser.addoption("--isolation", choices=["bubblewrap", "none"])


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of a group, and show the values in each test that fails."""
    config.addinivalue_line("markers", "group(title, points, hint): a group of checks")
    config.option.showlocals = True
    here = config.invocation_params.dir
    first = Path(here, config.args[0].partition("::")[0]).resolve()
    config.stash[course] = settings.find(first, here)
    config.stash[answers] = {}
    config.stash[points] = {}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Read the notebook, and leave out the suites of other exercises."""
    own = {item: of.tag for item in items if (of := exercise_of(item)) is not None}
    option = config.getoption("notebook")
    found = config.stash[answers]
    if option:
        path = config.invocation_params.dir / option
        found.update(handed_in(path, set(own.values()), config.stash[course]))
    else:
        for tag in set(own.values()):
            found.update(handed_in(solved(tag, config.stash[course]), {tag}, config.stash[course]))
    others = [item for item in items if item in own and own[item] not in found]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def exercise_of(item: pytest.Item) -> Exercise | None:
    """Return the exercise of a test's suite, or None for a test of another kind."""
    found = getattr(getattr(item, "module", None), "EXERCISE", None)
    return found if isinstance(found, Exercise) else None


def solved(tag: str, course: Course) -> Path:
    """Return the solved notebook of an exercise."""
    for folder, _, _ in course.folders(course.source):
        for path in sorted(folder.glob("*.ipynb")):
            notebook = nbformat.read(path, as_version=4)
            if any(tag in cells.tags(cell) for cell in notebook.cells):
                return path
    place = course.folder(course.source, "*")
    raise pytest.UsageError(f"No notebook in {place} has a cell tagged {tag}.")


def handed_in(path: Path, tags: set[str], course: Course) -> dict[str, Answer]:
    """Return the answers in a notebook, as grading would take them."""
    try:
        notebook = submitted.read(path, course.limits.notebook_mb)
    except submitted.Unreadable as problem:
        raise pytest.UsageError(f"{path}: {problem}") from None
    found = {}
    for tag in sorted(tags):
        released = nbformat.read(solved(tag, course), as_version=4)
        answer = rebuild.answers(rebuild.rebuild(notebook, released, released))[tag]
        if not answer.problem:
            found[tag] = answer
    if tags and not found:
        seen = sorted({tag for cell in notebook.cells for tag in cells.tags(cell)})
        raise pytest.UsageError(
            f"{path} has no code cell tagged {' or '.join(sorted(tags))} "
            f"(tags there: {', '.join(seen) or 'none'})."
        )
    return found


@pytest.fixture(scope="session")
def sandbox(pytestconfig: pytest.Config) -> Iterator[Sandbox]:
    """Return one warm sandbox for all tests."""
    of = pytestconfig.stash[course]
    with Sandbox(pytestconfig.getoption("isolation") or of.isolation, of.limits) as sandbox:
        yield sandbox


@pytest.fixture
def student(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Student]:
    """Return the student's class, loaded in a worker process of its own, as in grading."""
    exercise = request.module.EXERCISE
    answer = request.config.stash[answers][exercise.tag]
    with runner.loaded(answer, exercise, sandbox, Allowance(math.inf)) as student:
        yield student


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> torch.Generator:
    """Return random numbers that are the same in each run."""
    version = version_of(request.path.read_bytes())
    return runner.random_numbers(version, "command line", request.node.name)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the suite's side of an error in student code, and what the code said. Count points."""
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, StudentFault):
        call.excinfo = pytest.ExceptionInfo.from_exception(
            error.with_traceback(without_grading(error.__traceback__))
        )
    report = yield
    if isinstance(error, Raised) and error.message:
        report.sections.append(("What the student's code raised", error.message))
    mark = item.get_closest_marker("group")
    if mark and exercise_of(item) and (report.failed or call.when == "call"):
        name = f"{item.path}::{getattr(item, 'originalname', item.name)}"
        worth = mark.kwargs["points"]
        passed = item.config.stash[points].get(name, (worth, True))[1]
        item.config.stash[points][name] = (worth, passed and report.passed)
    return report


def without_grading(traceback: TracebackType | None) -> TracebackType | None:
    """Return a traceback without what lies in the package that grades: it helps nobody here."""
    if traceback is None:
        return None
    rest = without_grading(traceback.tb_next)
    if _PACKAGE in Path(traceback.tb_frame.f_code.co_filename).parents:
        return rest
    return TracebackType(rest, traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Say how many points the groups that have run are worth."""
    counted = config.stash[points].values()
    if counted:
        earned = sum(worth for worth, passed in counted if passed)
        total = sum(worth for worth, _ in counted)
        terminalreporter.write_line(f"{earned:g} of {total:g} points")
