"""Checks the course before it is released: notebooks, releases, suites, figures, links, mutants.

Each check has a title and yields findings. It may rely on what the checks before it found right.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader import utils

from rectify import reading, scratch
from rectify.course import leaks, lesson, mutants
from rectify.course.finding import Finding
from rectify.course.lesson import Lesson
from rectify.course.mutants import Mutant
from rectify.faults import GraderError
from rectify.notebook import execution
from rectify.result import Outcome
from rectify.sandbox.process import Sandbox
from rectify.settings import Course
from rectify.submission import rebuild
from rectify.suites import runner

_RELEASE = "release"
"""The folder in which the releases are generated once more."""


@dataclass(frozen=True)
class Audit:
    """What the checks look at.

    Attributes:
        course: the course, as its settings describe it.
        lessons: its solved notebooks.
        unread: what keeps other notebooks from being read.
        generated: an empty folder for what the sources generate now.
        sandbox: where notebooks and answers run.
    """

    course: Course
    lessons: Sequence[Lesson]
    unread: Sequence[Finding]
    generated: Path
    sandbox: Sandbox

    def graded(self, of: Lesson) -> list[str]:
        """Return the names of a notebook's grade cells that have a hidden suite."""
        names = [c.metadata.nbgrader.grade_id for c in of.notebook.cells if utils.is_grade(c)]
        return [name for name in names if reading.is_file(self.course.suite(name))]


def run(course: Course, sandbox: Sandbox, *, quick: bool) -> Iterator[tuple[str, list[Finding]]]:
    """Make all checks; where it has to be quick, not the mutants. Yields titles and findings."""
    lessons, unread = lesson.find(course)
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
        audit = Audit(course, lessons, unread, Path(folder), sandbox)
        for title, check in _CHECKS:
            yield title, list(check(audit))
    if not quick:
        yield "Mutants", list(mutants.findings(course, sandbox=sandbox))


def summary(course: Course, *, quick: bool) -> str:
    """Return what has been checked, for a course in which nothing is to be mended."""
    lessons, _ = lesson.find(course)
    hidden = [path for path in reading.inside(course.hidden) if path.match("test_*.py")]
    counts = [
        f"{len(lessons)} solved notebooks",
        f"{len(course.files(course.release))} released files",
        f"{len(hidden)} hidden suites worth {sum(runner.describe(p)[1] for p in hidden):g} points",
        f"{len(leaks.secrets(course, lessons))} lines and expressions that must not be released",
    ]
    if not quick:
        counts.append(f"{len(mutants.find(course.root / 'mutants'))} answers in mutants/")
    return f"Nothing to mend. Checked: {', '.join(counts)}."


def stored(audit: Audit) -> Iterator[Finding]:
    """Solved notebooks can be read and are stored clean."""
    yield from audit.unread
    for of in audit.lessons:
        yield from lesson.stored_clean(of)


def solutions(audit: Audit) -> Iterator[Finding]:
    """Solved notebooks run without an error, pass the visible checks, and earn full points."""
    for of in audit.lessons:
        notebook, graded = nbformat.from_dict(of.notebook), audit.graded(of)
        execution.run(notebook, audit.sandbox, skip=set(graded))
        for cell in notebook.cells:
            for output in cell.get("outputs", []):
                if output.output_type == "error":
                    fact = f"It raises {output.ename}: {output.evalue.splitlines()[0]}"
                    yield Finding(of.file, fact, "Mend the cell.", cell.id)
                elif output.get("name") == "stderr":
                    fact = f"It warns: {output.text.strip().splitlines()[-1]}"
                    yield Finding(of.file, fact, "Mend the cell.", cell.id)
        yield from _graded(audit, of, of.notebook, "The solution", full=True)
    yield from _visible(audit)


def stubs(audit: Audit) -> Iterator[Finding]:
    """Released stubs earn nothing."""
    for of in audit.lessons:
        path = audit.course.folder(audit.course.release, of.assignment) / of.path.name
        if path.is_file():  # the next check says so where it is not
            released = nbformat.read(path, as_version=4)
            yield from _graded(audit, of, released, "The released stub", full=False)


def releases(audit: Audit) -> Iterator[Finding]:
    """What has been released is what the sources generate now."""
    course = audit.course
    problem = _generate(course, audit.generated)
    if problem:
        fact = f"No release can be generated: {problem}"
        yield Finding(course.source, fact, "Mend the source.")
        return
    made = {
        path.relative_to(audit.generated / _RELEASE): path
        for path in (audit.generated / _RELEASE).rglob("*")
        if path.is_file()
    }
    there = {
        Path(assignment, path.relative_to(folder)): path
        for folder, _, assignment in course.folders(course.release)
        for path in reading.below(folder)
    }
    for name in sorted(made | there):
        assignment, *rest = name.parts
        file = course.label(course.folder(course.release, assignment).joinpath(*rest))
        again = f"Run `nbgrader generate_assignment {assignment} --force`."
        if name not in there:
            yield Finding(file, "It is missing.", again)
        elif name not in made:
            yield Finding(file, "No source generates it.", "Remove it.")
        elif made[name].read_bytes() != there[name].read_bytes():
            yield Finding(file, "It is not what the source generates now.", again)
    for path in sorted(set(course.files(course.release)) - set(there.values())):
        yield Finding(course.label(path), "No source generates it.", "Remove it.")


_CHECKS: tuple[tuple[str, Callable[[Audit], Iterable[Finding]]], ...] = (
    ("To do", lambda audit: lesson.to_dos(audit.course, audit.lessons)),
    ("Notebooks as they are stored", stored),
    ("Names, tags and points", lambda audit: lesson.names(audit.course, audit.lessons)),
    ("Figures", lambda audit: lesson.figures(audit.course, audit.lessons)),
    ("Links", lambda audit: lesson.links(audit.lessons)),
    ("Solutions", solutions),
    ("Released stubs", stubs),
    ("Releases", releases),
    ("What must stay private", lambda audit: leaks.findings(audit.course, audit.lessons)),
)


def _graded(
    audit: Audit, of: Lesson, notebook: nbformat.NotebookNode, what: str, *, full: bool
) -> Iterator[Finding]:
    """Grade a notebook with its hidden suites: it must earn all points, or none."""
    answers = rebuild.answers(rebuild.rebuild(notebook, notebook, notebook))
    for name in audit.graded(of):
        path = audit.course.suite(name)
        file = audit.course.label(path)
        try:
            result = runner.grade(path, answers, sandbox=audit.sandbox, seed="check")
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


def _visible(audit: Audit) -> Iterator[Finding]:
    """Run the visible checks against the solutions."""
    cells = {
        cell.metadata.nbgrader.grade_id: (of, cell)
        for of in audit.lessons
        for cell in of.notebook.cells
        if utils.is_solution(cell)
        and (
            audit.course.root / f"test_exercise/test_{cell.metadata.nbgrader.grade_id}.py"
        ).is_file()
    }
    answers = {
        tag: Mutant(Path(tag, "right", "solution.py"), cell.source)
        for tag, (_, cell) in cells.items()
    }
    try:
        failed = mutants.visible(list(answers.values()), audit.course) if answers else {}
    except GraderError as error:
        yield Finding("test_exercise", str(error), "Mend the visible suite.")
        return
    for tag, (of, cell) in cells.items():
        for name in failed[answers[tag]]:
            fact = f"The solution fails {name} of test_exercise/test_{tag}.py."
            yield Finding(of.file, fact, "Mend the solution or the check.", cell.id)


def _generate(course: Course, folder: Path) -> str:
    """Generate the releases into another folder; return what went wrong, if anything did.

    The settings are those of the course but for the places, which are the same for each course.
    """
    for source, _, assignment in course.folders(course.source):
        (folder / "source").mkdir(exist_ok=True)
        (folder / "source" / assignment).symlink_to(source)
    places = {
        "root": course.root,
        "directory_structure": "{nbgrader_step}/{student_id}/{assignment_id}",
        "source_directory": folder / "source",
        "release_directory": folder / _RELEASE,
    }
    options = [f"--CourseDirectory.{name}={value}" for name, value in places.items()]
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "*", "--force", "--no-db"]
    done = subprocess.run(
        [*command, *options],
        cwd=course.start,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if "ERROR" in line]
    return " ".join(lines or ["nbgrader says nothing."]) if done.returncode else ""
