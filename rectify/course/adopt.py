"""What grading an existing nbgrader course would change: its settings, and its grades.

What has been handed in is graded twice, as nbgrader does it and as Rectify does, each in a copy of
the course with a gradebook of its own. The course itself is left as it is.
"""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.apps.baseapp import NbGrader
from rich.console import Console
from rich.table import Table
from sqlalchemy.engine import make_url

from rectify import reading, scratch, settings
from rectify.faults import GraderError
from rectify.plugins import config
from rectify.settings import Course

CONFIG = "nbgrader_config.py"
BACKUP = "nbgrader_config.before-rectify.py"

LINES = """\
# Rectify grades: student code runs in a sandbox, and hidden suites decide where there are any.
from rectify.plugins import config as rectify_config

rectify_config.apply(c)
"""
"""What a course's settings need at their end."""

_EMPTY = "c = get_config()  # noqa: F821\n\n"

_BESIDE_MB = 20
"""Size of the files at a course's top that a trial copies, such as headers and autotests.yml."""


def run(folder: Path, *, write: bool, keep: Path | None) -> int:
    """Show what would change, and try it or write it. Returns the exit code of the command.

    Raises GraderError where this is no course that can be adopted.
    """
    path = folder / CONFIG
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    if (folder / "nbgrader_config.json").is_file():
        raise GraderError(
            "This course has a nbgrader_config.json, which has the last word over "
            f"{CONFIG}. Move its settings to {CONFIG} first, as `c.Class.name = value`."
        )
    if "rectify.plugins" in before:
        print(f"{CONFIG} loads Rectify already. There is nothing to adopt.")
        return 0
    after = adopted(before)
    course = settings.load(folder)
    for warning in overridden(folder):
        print(f"{warning}\n")
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    print("".join(difflib.unified_diff(old, new, CONFIG, f"{CONFIG}, adopted")))
    if write:
        return _write(folder, before, after)
    print(f"Nothing is written. `rectify adopt --write` does that, and keeps {BACKUP}.\n")
    return try_both(course, after, keep)


def adopted(before: str) -> str:
    """Return the settings of a course, with the lines that Rectify needs."""
    if not re.search(r"^c\b.*=\s*get_config\(\)", before, re.MULTILINE):
        before = f"{before.rstrip()}\n\n{_EMPTY}".lstrip()
    return f"{before.rstrip()}\n\n{LINES}"


def overridden(folder: Path) -> Iterator[str]:
    """Yield a warning for each setting of the course that our lines override."""
    app, here = NbGrader(), Path.cwd()
    os.chdir(folder)
    try:
        app.load_config_file(suppress_errors=False)
    finally:
        os.chdir(here)
    for section, name in config.settings():
        if section in app.config and name in app.config[section]:
            yield (
                f"The course sets c.{section}.{name} itself, and the lines below put another value "
                "in its place. If you need yours, set it behind them, with Rectify's value in it: "
                f"{config.settings()[section, name]!r}."
            )


def _write(folder: Path, before: str, after: str) -> int:
    if before:
        backup = folder / BACKUP
        if backup.exists():
            raise GraderError(
                f"{BACKUP} is there already, and is not overwritten. Remove it, or give it another "
                "name, and run the command again."
            )
        backup.write_text(before, encoding="utf-8")
    (folder / CONFIG).write_text(after, encoding="utf-8")
    kept = f" {BACKUP} is as it was before." if before else ""
    print(f"Written: {CONFIG}.{kept} `rectify doctor` looks at this machine.")
    return 0


@dataclass(frozen=True)
class Graded:
    """What one way of grading made of a cell: its points, and what its output says."""

    points: float
    said: str


@dataclass(frozen=True)
class Trial:
    """A graded copy of a course.

    Attributes:
        cells: what each grade cell earned, by student, assignment, notebook and cell.
        said: what the command said of errors, in its words.
    """

    cells: Mapping[tuple[str, str, str, str], Graded]
    said: tuple[str, ...]

    def of(self, key: tuple[str, str, str, str]) -> Graded | None:
        """Return what a cell earned, or None if it has no grade."""
        return self.cells.get(key)


def try_both(course: Course, after: str, keep: Path | None) -> int:
    """Grade what has been handed in both ways, and print the differences. Returns an exit code."""
    handed_in = course.folders(course.submitted, "*")
    if not handed_in:
        place = course.label(course.folder(course.submitted, "<assignment>", "<student>"))
        print(f"Nothing lies in {place}/, so there is no grade to compare.")
        return 0
    if keep is not None and keep.exists():
        raise GraderError(f"{keep} is there already. Name a folder that is not there yet.")
    students = len({student for _, student, _ in handed_in})
    print(f"Grading {len(handed_in)} submissions of {students} students both ways.")
    print("nbgrader runs their code as your user, as it does today; Rectify in a sandbox.\n")
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as folder:
        where = keep or Path(folder)
        stock = _trial(course, where / "nbgrader", None)
        ours = _trial(course, where / "rectify", after)
    _show(stock, ours)
    if keep is not None:
        print(f"Both trials are in {keep}/. They hold students' work: remove them when done.")
    return 0


def _trial(course: Course, folder: Path, after: str | None) -> Trial:
    """Grade a copy of the course: with its own settings, or with others. Raises GraderError."""
    folder = folder.absolute()
    try:
        _copy(course, folder)
    except OSError as error:  # shutil's own is one, too
        raise GraderError(f"The course cannot be copied for a trial: {error}") from error
    if after is not None:
        (folder / CONFIG).write_text(after, encoding="utf-8")
    said: list[str] = []
    assignments = sorted({assignment for _, _, assignment in course.folders(course.submitted, "*")})
    for assignment in assignments:
        if not _database(course):
            said += _nbgrader(folder, "generate_assignment", assignment, "--force")
        said += _nbgrader(folder, "autograde", assignment, "--force")
    return Trial(dict(_cells(course, folder, assignments)), tuple(said))


def _copy(course: Course, folder: Path) -> None:
    """Copy what grading needs of a course into an empty folder. Raises GraderError."""
    folder.mkdir(parents=True)
    for step in (course.source, course.release, course.submitted):
        for place, _, _ in course.folders(step, "*" if step == course.submitted else "."):
            if not place.is_relative_to(course.root):
                raise GraderError(
                    f"{place} lies outside the course folder {course.root}, so a trial would not "
                    "be apart from the course. Copy the course into one folder and try it there."
                )
            # The course's own links lead to its figures. A student's can lead anywhere.
            links = step == course.submitted
            shutil.copytree(place, folder / place.relative_to(course.root), symlinks=links)
    places = {course.root, course.root / course.source}
    for place in places:
        for path in reading.inside(place):
            if path.is_file() and path.stat().st_size < _BESIDE_MB * 1e6:
                target = folder / path.relative_to(course.root)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, target)
    if course.hidden.is_dir() and course.hidden.is_relative_to(course.root):
        target = folder / course.hidden.relative_to(course.root)
        shutil.copytree(course.hidden, target, dirs_exist_ok=True)
    if database := _database(course):
        shutil.copy(database, folder / "trial.db")


def _database(course: Course) -> Path | None:
    """Return the file of the course's gradebook, if it is in one."""
    url = make_url(course.db_url)
    path = Path(url.database) if url.database else None
    is_file = url.get_backend_name() == "sqlite" and path is not None and path.is_file()
    return path if is_file else None


def _nbgrader(folder: Path, *arguments: str) -> list[str]:
    """Run a command of nbgrader's in a trial, and return what it says of errors."""
    command = [sys.executable, "-m", "nbgrader", *arguments, f"--CourseDirectory.root={folder}"]
    command.append(f"--CourseDirectory.db_url=sqlite:///{folder}/trial.db")
    # nbgrader finds `alembic` by its name; an environment need not be activated.
    search = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONWARNINGS": "ignore", "PATH": search},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    lines = [line for line in done.stderr.splitlines() if "ERROR]" in line]
    said = [re.sub(r"^\[\w+ \| ERROR\] ", "", line).replace(str(folder), ".") for line in lines]
    return said or ([f"It ended with code {done.returncode}."] if done.returncode else [])


def _cells(
    course: Course, folder: Path, assignments: list[str]
) -> Iterator[tuple[tuple[str, str, str, str], Graded]]:
    """Yield what each grade cell of a trial earned."""
    with Gradebook(f"sqlite:///{folder}/trial.db") as gradebook:
        for assignment in assignments:
            for submission in gradebook.assignment_submissions(assignment):
                student = submission.student.id
                place = course.folder(course.autograded, assignment, student)
                graded = folder / place.relative_to(course.root)
                for notebook in submission.notebooks:
                    path = graded / f"{notebook.name}.ipynb"
                    said = dict(_said(path)) if path.is_file() else {}
                    for grade in notebook.grades:
                        if path.is_file() and grade.cell_type == "code":
                            key = (student, assignment, notebook.name, grade.name)
                            points = grade.auto_score or 0.0
                            yield key, Graded(points, said.get(grade.name, ""))


def _said(path: Path) -> Iterator[tuple[str, str]]:
    """Yield what each grade cell of a graded notebook shows, in a line."""
    for cell in nbformat.read(path, as_version=4).cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name and cell.cell_type == "code":
            yield name, _line(cell)


def _line(cell: NotebookNode) -> str:
    """Return why a cell earned what it earned, as far as its output says."""
    for output in cell.outputs:
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}".strip().splitlines()[0][:120]
    for output in cell.outputs:
        if output.get("name") == "stderr":
            return "it wrote to stderr"
        if "application/json" in output.get("data", {}):
            return "by a hidden suite"
    return "no error"


def _show(stock: Trial, ours: Trial) -> None:
    """Print what differs, cell by cell, and what either command said of errors."""
    keys = sorted(stock.cells.keys() | ours.cells.keys())
    table = Table(title="Cells that earn other points, and why")
    for column in ("Student", "Assignment", "Cell"):
        table.add_column(column)
    table.add_column("nbgrader", justify="right")
    table.add_column("Rectify", justify="right")
    table.add_column("what nbgrader's output says; what Rectify's says")
    for key in keys:
        then, now = stock.of(key), ours.of(key)
        if then is None or now is None or then.points != now.points:
            student, assignment, notebook, name = key
            cell = name if notebook == assignment else f"{notebook}: {name}"
            table.add_row(student, assignment, cell, *_points(then, now), _reasons(then, now))
    if table.row_count:
        Console().print(table)
    else:
        print("No cell earns other points.")
    print(f"{len(keys)} cells, {table.row_count} with other points.")
    for what, trial in (("nbgrader", stock), ("Rectify", ours)):
        for line in trial.said:
            print(f"{what} said: {line}")


def _points(*found: Graded | None) -> tuple[str, ...]:
    return tuple("no grade" if one is None else f"{one.points:g}" for one in found)


def _reasons(*found: Graded | None) -> str:
    return "; ".join("not graded" if one is None else one.said for one in found)
