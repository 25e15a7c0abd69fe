"""Keeps what was handed in beside the notebooks away from nbgrader's copying.

nbgrader copies every file of a submission into autograded/, and from there onto feedback pages'
folders. It follows links, so it would copy what a link leads to, and it reads whatever is there,
a device or a pipe too. Grading needs none of these files. What stays is nbgrader's timestamp, and
files that the course wants back from students (`exclude_overwriting`).

nbgrader also takes work for graded unless a timestamp says that it is newer. Here it is graded
again whenever the notebook is another one: an old score never stands for a resubmission.
"""

from __future__ import annotations

import fnmatch
import glob
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from logging import Logger
from pathlib import Path
from typing import Any

from nbgrader import utils
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from grading import submission

MAX_KEPT_BYTES = 10_000_000
"""The size of a file that is kept beside the notebooks."""


def guard(converter: Any, max_mb: float) -> None:
    """Make one `Autograde` converter find every notebook and copy only what is kept.

    Call it between the converter's listing of submissions and its work on them, which is when
    it makes its exporter. `max_mb` is the size of a notebook that is read.
    """
    refused = _list_again(converter)
    converter.coursedir.get_existing_timestamp = partial(_timestamp, converter.log)
    copy_all = converter.init_assignment

    def init_assignment(assignment_id: str, student_id: str) -> None:
        source = Path(converter._format_source(assignment_id, student_id))
        with _ignoring(converter.coursedir, source):
            copy_all(assignment_id, student_id)
        target = Path(converter._format_dest(assignment_id, student_id))
        kept = list(converter.exclude_overwriting.get(assignment_id, ()))
        if converter.coursedir.get_existing_timestamp(str(source)) is not None:
            kept.append("timestamp.txt")
        for name in kept:
            _copy(source, name, target)

    is_wanted = converter.init_destination

    def init_destination(assignment_id: str, student_id: str) -> bool:
        if is_wanted(assignment_id, student_id):
            return True
        if student_id in converter.coursedir.student_id_exclude.split(","):
            return False
        target = Path(converter._format_dest(assignment_id, student_id))
        return _make_room(
            converter, target, release_folder(converter.coursedir, assignment_id), max_mb
        )

    convert_all = converter.convert_notebooks

    def convert_notebooks() -> None:
        convert_all()
        if refused:
            raise NbGraderException(f"{len(refused)} submitted folders were not graded: see above.")

    converter.init_destination = init_destination
    converter.init_assignment = init_assignment
    converter.convert_notebooks = convert_notebooks


def outdated(notebooks: Iterable[str], graded: Path, released: Path, max_mb: float) -> list[Path]:
    """Return which notebooks of a graded submission are no grade of what is handed in now.

    They are missing there, their grading was interrupted, or they were made from another file.
    `notebooks` are the submitted ones; those that were not released are never graded.
    """
    return [
        graded / path.name
        for path in map(Path, notebooks)
        if (released / path.name).is_file()
        and (
            not (graded / path.name).is_file()
            or submission.differs(path, graded / path.name, max_mb)
        )
    ]


def _timestamp(log: Logger, folder: str) -> datetime | None:
    """Return when a submission was handed in, in UTC, or None where no file says so.

    nbgrader opens whatever has the file's name, and stops at text that is no time.
    """
    path = Path(folder, "timestamp.txt")
    try:
        if not stat.S_ISREG(path.lstat().st_mode) or path.stat().st_size > 100:
            raise ValueError("it is no small ordinary file")
        time: datetime | None = parse_utc(path.read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, OverflowError) as error:
        log.warning("%s is left out: %s. The submission has no time.", path, error)
        return None
    return time


def _list_again(converter: Any) -> list[str]:
    """List the submissions anew, so that each has a grade or is named. Returns the latter.

    nbgrader overlooks folders with brackets in their names, and folders without a notebook. A
    name with a line break would stop it for everybody.
    """
    course = converter.coursedir
    refused = []
    for folder in glob.glob(converter._format_source(course.assignment_id, course.student_id)):
        reason = _refusal(Path(folder))
        if reason:
            converter.log.error("%r cannot be graded: %s.", folder, reason)
            converter.assignments.pop(folder, None)
            refused.append(folder)
        elif os.path.isdir(folder):
            there = release_folder(course, os.path.basename(folder))
            names = {path.name for path in there.glob("*.ipynb")}
            names |= {path.name for path in Path(folder).iterdir() if path.suffix == ".ipynb"}
            wanted = fnmatch.filter(sorted(names), f"{course.notebook_id}.ipynb")
            converter.assignments[folder] = [os.path.join(folder, name) for name in wanted]
    return refused


def release_folder(course: CourseDirectory, assignment: str) -> Path:
    """Return the folder of a released assignment."""
    return Path(course.format_path(course.release_directory, ".", assignment))


def _refusal(folder: Path) -> str:
    """Return why a submitted folder cannot be graded, and what mends it; nothing if it can."""
    student = folder.parent
    if any(ord(character) < 32 for character in student.name):
        return "the student's id holds a control character. Rename the folder"
    if set(student.name) & set("[]*?"):
        return "nbgrader reads [ ] * ? in a student's id as a pattern. Rename the folder"
    if set(student.name) & set('<>"\\'):
        return "formgrader would show < > \" \\ in a student's id as HTML. Rename the folder"
    if folder.is_symlink() or student.is_symlink():
        return "the folder is a link, so the work may be somebody else's. Put a real folder there"
    return ""


def _make_room(converter: Any, target: Path, released: Path, max_mb: float) -> bool:
    """Remove graded notebooks that are outdated. Returns whether there was any."""
    old = outdated(converter.notebooks, target, released, max_mb)
    for path in old:
        converter.log.warning(
            "%s: it was handed in anew, or grading was interrupted. It is graded again.", path
        )
    if old and converter.coursedir.notebook_id == "*":
        utils.rmtree(str(target))
    else:
        for path in old:
            path.unlink(missing_ok=True)
    return bool(old)


@contextmanager
def _ignoring(course: Any, folder: Path) -> Iterator[None]:
    """Have nbgrader see no file in a folder for a while."""
    before = list(course.ignore)
    # nbgrader joins a pattern to each folder that it walks; an absolute one stays as it is.
    course.ignore = [*before, glob.escape(str(folder))]
    try:
        yield
    finally:
        course.ignore = before


def _copy(source: Path, name: str, target: Path) -> None:
    """Copy one file if it is an ordinary one of ordinary size that lies in the submission."""
    path = source / name
    try:
        status = path.lstat()
        inside = path.resolve().is_relative_to(source.resolve())
    except (OSError, ValueError):
        return
    if stat.S_ISREG(status.st_mode) and inside and status.st_size <= MAX_KEPT_BYTES:
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target / name)
