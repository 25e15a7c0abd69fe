"""Checks the course before it is released: notebooks, releases, suites, figures, links, mutants.

Each check has a title and yields findings. It may rely on what the checks before it hold.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader import utils

from grading import execution, leaks, lesson, mutation, submission, suite
from grading.faults import GraderError
from grading.finding import Finding
from grading.lesson import Lesson
from grading.mutation import Mutant
from grading.result import Outcome
from grading.sandbox import Sandbox


@dataclass(frozen=True)
class Course:
    """What the checks look at.

    Attributes:
        root: the course folder.
        lessons: its solved notebooks.
        unread: what keeps other notebooks from being read.
        generated: a folder like release/, with what the sources generate now.
        sandbox: where notebooks and answers run.
    """

    root: Path
    lessons: Sequence[Lesson]
    unread: Sequence[Finding]
    generated: Path
    sandbox: Sandbox

    def hidden(self, name: str) -> Path:
        """Return the hidden suite of a grade cell."""
        return self.root / "test_exercise" / "hidden" / f"{name}.py"

    def graded(self, of: Lesson) -> list[str]:
        """Return the names of a notebook's grade cells that have a hidden suite."""
        names = [c.metadata.nbgrader.grade_id for c in of.notebook.cells if utils.is_grade(c)]
        return [name for name in names if self.hidden(name).is_file()]


def run(root: Path, sandbox: Sandbox, *, mutants: bool) -> Iterator[tuple[str, list[Finding]]]:
    """Make all checks, the mutants last and only if asked for. Yields titles and findings."""
    lessons, unread = lesson.find(root)
    with tempfile.TemporaryDirectory() as folder:
        course = Course(root, lessons, unread, Path(folder) / "release", sandbox)
        for title, check in _CHECKS:
            yield title, list(check(course))
    if mutants:
        yield "Mutants", list(mutation.findings(root, sandbox=sandbox))


def summary(root: Path, *, mutants: bool) -> str:
    """Return what has been checked, for a course in which nothing is to be mended."""
    lessons, _ = lesson.find(root)
    hidden = list((root / "test_exercise" / "hidden").glob("test_*.py"))
    counts = [
        f"{len(lessons)} solved notebooks",
        f"{sum(path.is_file() for path in (root / 'release').rglob('*'))} released files",
        f"{len(hidden)} hidden suites worth {sum(suite.describe(p)[1] for p in hidden):g} points",
        f"{len(leaks.secrets(root, lessons))} lines and expressions that must not be released",
    ]
    if mutants:
        counts.append(f"{len(mutation.find(root / 'mutants'))} answers in mutants/")
    return f"Nothing to mend. Checked: {', '.join(counts)}."


def stored(course: Course) -> Iterator[Finding]:
    """Solved notebooks can be read and are stored clean."""
    yield from course.unread
    for of in course.lessons:
        yield from lesson.stored_clean(of)


def solutions(course: Course) -> Iterator[Finding]:
    """Solved notebooks run without an error, pass the visible checks, and earn full points."""
    for of in course.lessons:
        notebook, graded = nbformat.from_dict(of.notebook), course.graded(of)
        execution.run(notebook, course.sandbox, skip=set(graded))
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    fact = f"It raises {output.ename}: {output.evalue.splitlines()[0]}"
                    yield Finding(of.file, fact, "Mend the cell.", cell.id)
                elif output.get("name") == "stderr":
                    fact = f"It warns: {output.text.strip().splitlines()[-1]}"
                    yield Finding(of.file, fact, "Mend the cell.", cell.id)
        yield from _graded(course, of, of.notebook, "The solution", full=True)
    yield from _visible(course)


def stubs(course: Course) -> Iterator[Finding]:
    """Released stubs earn nothing."""
    for of in course.lessons:
        path = course.root / "release" / of.assignment / of.path.name
        if path.is_file():  # the next check says so where it is not
            released = nbformat.read(path, as_version=4)
            yield from _graded(course, of, released, "The released stub", full=False)


def releases(course: Course) -> Iterator[Finding]:
    """What is in release/ is what the sources generate now."""
    problem = _generate(course.root, course.generated.parent)
    if problem:
        yield Finding("source", f"No release can be generated: {problem}", "Mend the source.")
        return
    folder = course.root / "release"
    made, there = (
        {path.relative_to(top) for path in top.rglob("*") if path.is_file()}
        for top in (course.generated, folder)
    )
    for name in sorted(made | there):
        file = (Path("release") / name).as_posix()
        again = f"Run `nbgrader generate_assignment {name.parts[0]} --force`."
        if name not in there:
            yield Finding(file, "It is missing.", again)
        elif name not in made:
            yield Finding(file, "No source generates it.", "Remove it.")
        elif (course.generated / name).read_bytes() != (folder / name).read_bytes():
            yield Finding(file, "It is not what the source generates now.", again)


_CHECKS: tuple[tuple[str, Callable[[Course], Iterable[Finding]]], ...] = (
    ("To do", lambda course: lesson.to_dos(course.root, course.lessons)),
    ("Notebooks as they are stored", stored),
    ("Names, tags and points", lambda course: lesson.names(course.root, course.lessons)),
    ("Figures", lambda course: lesson.figures(course.root, course.lessons)),
    ("Links", lambda course: lesson.links(course.lessons)),
    ("Solutions", solutions),
    ("Released stubs", stubs),
    ("Releases", releases),
    ("What must stay private", lambda course: leaks.findings(course.root, course.lessons)),
)


def _graded(
    course: Course, of: Lesson, notebook: nbformat.NotebookNode, what: str, *, full: bool
) -> Iterator[Finding]:
    """Grade a notebook with its hidden suites: it must earn all points, or none."""
    answers = submission.answers(submission.rebuild(notebook, notebook))
    for name in course.graded(of):
        path = course.hidden(name)
        file = path.relative_to(course.root).as_posix()
        try:
            result = suite.grade(path, answers, sandbox=course.sandbox, seed="check")
        except GraderError as error:
            yield Finding(file, str(error), "Mend the suite.")
            continue
        if result.score == (result.max_score if full else 0):
            continue
        passed = [g.name for g in result.groups if g.outcome is Outcome.PASSED]
        lost = [g.name for g in result.groups if g.outcome is not Outcome.PASSED]
        fact = f"{what} earns {result.score:g} of {result.max_score:g} points: "
        fact += f"{', '.join(lost)} failed. {result.problem}" if full else f"{passed} passed."
        mend = "Mend the solution or the suite." if full else f"Let {file} ask for more there."
        cells = [c.id for c in of.notebook.cells if utils.is_solution(c)]
        yield Finding(of.file, fact.strip(), mend, ", ".join(cells))


def _visible(course: Course) -> Iterator[Finding]:
    """Run the visible checks against the solutions."""
    cells = {
        cell.metadata.nbgrader.grade_id: (of, cell)
        for of in course.lessons
        for cell in of.notebook.cells
        if utils.is_solution(cell)
        and (course.root / f"test_exercise/test_{cell.metadata.nbgrader.grade_id}.py").is_file()
    }
    answers = {
        tag: Mutant(Path(tag, "right", "solution.py"), cell.source)
        for tag, (_, cell) in cells.items()
    }
    try:
        failed = mutation.visible(list(answers.values()), course.root) if answers else {}
    except GraderError as error:
        yield Finding("test_exercise", str(error), "Mend the visible suite.")
        return
    for tag, (of, cell) in cells.items():
        for name in failed[answers[tag]]:
            fact = f"The solution fails {name} of test_exercise/test_{tag}.py."
            yield Finding(of.file, fact, "Mend the solution or the check.", cell.id)


def _generate(root: Path, folder: Path) -> str:
    """Generate the releases in a copy of the course; return what went wrong, if anything did."""
    for name in ("source", "test_exercise", "assets"):
        if (root / name).is_dir():
            leave = shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
            shutil.copytree(root / name, folder / name, symlinks=True, ignore=leave)
    shutil.copy(root / "nbgrader_config.py", folder)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "generate_assignment", "*", "--force", "--no-db"],
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if "ERROR" in line]
    return " ".join(lines or ["nbgrader says nothing."]) if done.returncode else ""
