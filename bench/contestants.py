"""Who is measured: nbgrader as delivered, otter-grader, and this course, each as one would use it.

A contestant is prepared once (its course folder, its releases), outside of what is measured. It is
then given a list of submissions, each time in a fresh copy of that folder.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import nbformat
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade

from bench import checks
from bench.submissions import ROOT, Submission

PEERS = ROOT / ".venv-bench" / "bin" / "python"
"""The Python of the environment that the peers are installed in."""

POINTS = 10
"""What each exercise is worth."""

LOG = "bench.log"
"""Where in its course folder a contestant's output is kept."""

CELL_SECONDS = 5
"""The time limit of a cell in this course, which nbgrader as delivered is given too."""

STOCK_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "stock"
c.Execute.timeout = {}
"""


class Failed(Exception):
    """A contestant could not be prepared, or graded nothing at all."""


class Contestant(Protocol):
    """What is measured."""

    @property
    def name(self) -> str:
        """What the tables call it."""

    @property
    def slow(self) -> bool:
        """Whether it can be given answers that never end."""

    def missing(self) -> str:
        """Say what is missing on this machine to run it, or return an empty text."""

    def prepare(self, course: Path, assignment: str) -> None:
        """Make its course folder, with `release/` in it, up to where submissions come in."""

    def grade(self, course: Path, assignment: str) -> None:
        """Grade everything in `submitted/`. This is what is measured."""

    def points(
        self, course: Path, assignment: str, handed_in: list[Submission]
    ) -> list[float | None]:
        """Return the points that each submission got, None where there is no grade."""


def environment(python: Path) -> dict[str, str]:
    """Return the environment that programs beside `python` are started in."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY", "JUPYTER"))}
    return {**kept, "PATH": f"{python.parent}:/usr/bin:/bin", "PYTHONWARNINGS": "ignore"}


def call(python: Path, course: Path, *arguments: str, ok: tuple[int, ...] = (0,)) -> None:
    """Run a Python module in a course folder, and keep what it prints. Raises Failed."""
    with (course / LOG).open("a", encoding="utf-8") as log:
        done = subprocess.run(
            [str(python), "-m", *arguments],
            cwd=course,
            env=environment(python),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
    if done.returncode not in ok:
        said = (course / LOG).read_text(encoding="utf-8")[-2000:]
        raise Failed(f"{' '.join(arguments)} ended with {done.returncode}:\n{said}")


def peers_missing() -> str:
    """Say how to install the peers, if they are not."""
    return "" if PEERS.is_file() else "run `make bench`, which installs it"


def gradebook_points(
    course: Path, assignment: str, handed_in: list[Submission]
) -> list[float | None]:
    """Return the points in nbgrader's gradebook. A submission without a notebook has none."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        scores = {
            found.student.id: found.score for found in gradebook.assignment_submissions(assignment)
        }
    return [
        scores.get(one.student)
        if (course / "autograded" / one.student / assignment / f"{assignment}.ipynb").is_file()
        else None
        for one in handed_in
    ]


@dataclass(frozen=True)
class Stock:
    """nbgrader as delivered, but for the time limit of a cell.

    With `asserts`, the grade cell asserts; without, it runs pytest as the released cell does.
    """

    name: str
    asserts: bool
    seconds: int = CELL_SECONDS
    slow: bool = True

    def missing(self) -> str:
        """Say how to install nbgrader, if it is not."""
        return peers_missing()

    def prepare(self, course: Path, assignment: str) -> None:
        """Make a course with the lesson, its figures and its visible suite."""
        (course / "nbgrader_config.py").write_text(
            STOCK_CONFIG.format(self.seconds), encoding="utf-8"
        )
        source = course / "source" / assignment
        shutil.copytree(ROOT / "release" / assignment, source)
        path = source / f"{assignment}.ipynb"
        notebook = nbformat.read(ROOT / "source" / assignment / path.name, as_version=4)
        if self.asserts:
            for cell in notebook.cells:
                if is_grade(cell):
                    cell.source = checks.evaluation_cell(assignment)
        nbformat.write(notebook, path)
        call(PEERS, course, "nbgrader", "generate_assignment", assignment)

    def grade(self, course: Path, assignment: str) -> None:
        """Run nbgrader's command. It ends with 1 where a submission could not be graded."""
        call(PEERS, course, "nbgrader", "autograde", assignment, "--log-level=ERROR", ok=(0, 1))

    def points(
        self, course: Path, assignment: str, handed_in: list[Submission]
    ) -> list[float | None]:
        """Return the points in the gradebook."""
        return gradebook_points(course, assignment, handed_in)


@dataclass(frozen=True)
class Otter:
    """`otter run`, which grades one notebook a call and has no time limit."""

    name: str
    slow: bool = False

    def missing(self) -> str:
        """Say how to install otter-grader, if it is not."""
        return peers_missing()

    def prepare(self, course: Path, assignment: str) -> None:
        """Make the released notebook, whose grade cell calls otter, and the autograder's file."""
        notebook = nbformat.read(
            ROOT / "release" / assignment / f"{assignment}.ipynb", as_version=4
        )
        for cell in notebook.cells:
            if is_grade(cell):
                cell.source = (
                    f'import otter\n\ngrader = otter.Notebook()\ngrader.check("test_{assignment}")'
                )
        (course / "release" / assignment).mkdir(parents=True)
        nbformat.write(notebook, course / "release" / assignment / f"{assignment}.ipynb")
        (course / "tests").mkdir()
        text = checks.otter_tests(assignment, POINTS)
        (course / "tests" / f"test_{assignment}.py").write_text(text, encoding="utf-8")
        call(PEERS, course, "otter", "generate", "-t", "tests", "-o", "autograder.zip")

    def grade(self, course: Path, assignment: str) -> None:
        """Call otter for one submission after the other. It ends with 1 on damaged notebooks."""
        for path in sorted((course / "submitted").glob(f"*/{assignment}/{assignment}.ipynb")):
            out = course / "results" / path.parts[-3]
            out.mkdir(parents=True)
            told = ("-a", "autograder.zip", "-o", str(out), "--no-logo")
            call(PEERS, course, "otter", "run", *told, str(path), ok=(0, 1))

    def points(
        self, course: Path, assignment: str, handed_in: list[Submission]
    ) -> list[float | None]:
        """Return the points in the results that otter wrote."""
        points: list[float | None] = []
        for one in handed_in:
            path = course / "results" / one.student / "results.json"
            if path.is_file():
                tests = json.loads(path.read_text(encoding="utf-8"))["tests"]
                points.append(sum(test.get("score", 0) for test in tests))
            else:
                points.append(None)
        return points


@dataclass(frozen=True)
class Ours:
    """This course: `nbgrader autograde`, or with `workers` the command for a class at once.

    With `demonstrations`, the cells that close the lesson run too. Without `execute`, only the
    hidden suites run, no cell of the notebook.
    """

    name: str
    workers: int = 0
    execute: bool = True
    demonstrations: bool = False
    slow: bool = True

    def missing(self) -> str:
        """Say if this course has no command for a class at once."""
        if not self.workers:
            return ""
        command = [sys.executable, "-m", "rectify", "autograde", "--help"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        return "`python -m rectify autograde` does not exist" if done.returncode else ""

    def prepare(self, course: Path, assignment: str) -> None:
        """Copy the course, and generate its releases as `make grade` does."""
        for name in ("source", "test_exercise", "assets", "release"):
            shutil.copytree(ROOT / name, course / name, symlinks=True)
        settings = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        settings += f"\nc.Rectify.demonstrations = {self.demonstrations}\n"
        (course / "nbgrader_config.py").write_text(settings, encoding="utf-8")
        python = Path(sys.executable)
        call(python, course, "nbgrader", "generate_assignment", assignment, "--force")

    def grade(self, course: Path, assignment: str) -> None:
        """Run the command."""
        if self.workers:
            command = ["rectify", "autograde", assignment, "--workers", str(self.workers)]
            command += ["--timings", "timings.json"]
            command += [] if self.execute else ["--no-execute"]
        else:
            command = ["nbgrader", "autograde", assignment, "--log-level=ERROR"]
        call(Path(sys.executable), course, *command, ok=(0, 1))

    def points(
        self, course: Path, assignment: str, handed_in: list[Submission]
    ) -> list[float | None]:
        """Return the points in the gradebook."""
        return gradebook_points(course, assignment, handed_in)


def timings(course: Path) -> dict[str, float]:
    """Return where the time went, in seconds, if the contestant has written it down."""
    path = course / "timings.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def everybody(seconds: int = CELL_SECONDS) -> dict[str, Contestant]:
    """Return all contestants by the word that `--only` takes. Ratios are to the first.

    `seconds` is the time limit that nbgrader as delivered has for a cell.
    """
    return {
        "asserts": Stock("nbgrader, asserts", asserts=True, seconds=seconds),
        "pytest": Stock("nbgrader, !pytest", asserts=False, seconds=seconds),
        "otter": Otter("otter run"),
        "all": Ours("ours, serial, all cells", demonstrations=True),
        "serial": Ours("ours, serial"),
        "one": Ours("ours, 1 worker", workers=1),
        "two": Ours("ours, 2 workers", workers=2),
        "whole": Ours("ours, 2, all cells", workers=2, demonstrations=True),
        "suites": Ours("ours, 2, suites only", workers=2, execute=False),
    }
