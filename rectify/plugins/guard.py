"""Keeps what was handed in beside the notebooks away from nbgrader's copying.

nbgrader copies every file of a submission into autograded/, and from there onto feedback pages'
folders. It follows links, so it would copy what a link leads to, and it reads whatever is there,
a device or a pipe too. Grading needs none of these files. What stays is what nbgrader itself has
written there, and files that the course asks students for.

nbgrader also treats work as graded unless a timestamp says that it is newer. Here it is graded
again whenever the notebook is another one: an old score never stands for a resubmission.
"""

from __future__ import annotations

import fnmatch
import glob
import os
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbgrader import utils
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from rectify import reading
from rectify.plugins.recorded import Records
from rectify.submission import bookkeeping, submitted
from rectify.submission.beside import Wanted


class Guarded(Autograde):
    """An `Autograde` converter that finds every notebook, and copies only what is kept.

    nbgrader constructs the converter. `guard` changes its class later, when nbgrader constructs the
    exporter: after it has listed the submissions, and before it works on them.
    """

    _wanted: Callable[[str], Wanted]
    _records: Records
    _refused: list[str]
    _timeless: list[str]

    def init_assignment(self, assignment_id: str, student_id: str) -> None:
        """Copy what is kept of a submission to where it is graded."""
        source = Path(self._format_source(assignment_id, student_id))
        with _ignoring(self.coursedir, source):
            super().init_assignment(assignment_id, student_id)
        target = Path(self._format_dest(assignment_id, student_id))
        released = release_folder(self.coursedir, assignment_id)
        files, _ = self._wanted(assignment_id).take(source, released)
        for name, data in {**files, **bookkeeping.files(source)}.items():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(data)

    def init_destination(self, assignment_id: str, student_id: str) -> bool:
        """Tell whether a submission is to be graded, and make room where it is graded again."""
        if super().init_destination(assignment_id, student_id):
            return True
        if student_id in self.coursedir.student_id_exclude.split(","):
            return False
        target = Path(self._format_dest(assignment_id, student_id))
        released = release_folder(self.coursedir, assignment_id)
        old = outdated(
            *(self.notebooks, target, released, self._wanted(assignment_id)),
            lambda graded: self._records.hold(assignment_id, student_id, graded),
        )
        return _make_room(self, target, old)

    def convert_notebooks(self) -> None:
        """Grade all. Raises NbGraderException where something was left out of it."""
        super().convert_notebooks()
        if self._refused:
            raise NbGraderException(
                f"{len(self._refused)} submitted folders were not graded: see above."
            )
        if self._timeless:
            raise NbGraderException(
                f"{len(self._timeless)} submissions were graded without their time: see above."
            )


def guard(converter: Any, wanted: Callable[[str], Wanted], records: Records) -> None:
    """Make one converter a guarded one, and have it list its submissions again.

    `wanted` tells what an assignment wants beside its notebooks, `records` what the gradebook
    has.
    """
    kind: Any = type(converter)
    converter.__class__ = _guarded(kind)
    converter._wanted, converter._records = wanted, records
    converter._refused, converter._timeless = _list_again(converter)
    converter.coursedir.get_existing_timestamp = _timestamp


@lru_cache
def _guarded(kind: Any) -> Any:
    """Return a converter's class with the methods of `Guarded` before its own."""
    return type(kind.__name__, (Guarded, kind), {})


def outdated(
    notebooks: Iterable[str],
    graded: Path,
    released: Path,
    wanted: Wanted,
    recorded: Callable[[Path], bool],
) -> list[Path]:
    """Return which notebooks of a graded submission are no grade of what is handed in now.

    They are missing there, their grading was interrupted, they were made from other files, or the
    gradebook does not have them: `recorded` tells that. `notebooks` are the submitted ones; those
    that were not released are never graded. Raises Closed.
    """

    def is_outdated(path: Path) -> bool:
        if not reading.is_file(graded / path.name) or _handed_in_again(path.parent, graded):
            return True
        files, _ = wanted.take(path.parent, released)
        return submitted.differs(
            path, graded / path.name, wanted.max_mb, files=reading.digest(files)
        ) or not recorded(graded / path.name)

    known = (path for path in map(Path, notebooks) if reading.is_file(released / path.name))
    return [graded / path.name for path in known if is_outdated(path)]


def _handed_in_again(folder: Path, graded: Path) -> bool:
    """Tell whether nbgrader has written of another time or another secret since the grading."""
    now, then = bookkeeping.files(folder), bookkeeping.files(graded)
    return any(then.get(name) != data for name, data in now.items())


def _timestamp(folder: str) -> datetime | None:
    """Return when a submission was handed in; None where that cannot be read, either.

    nbgrader opens whatever has the file's name, and stops for everybody at text that is no time.
    """
    with suppress(ValueError):
        return bookkeeping.time(Path(folder))
    return None


def _list_again(converter: Any) -> tuple[list[str], list[str]]:
    """List the submissions anew, so that each has a grade or is named.

    Returns the folders that cannot be graded, and those whose time cannot be read.

    nbgrader overlooks folders with brackets in their names, folders without a notebook, and what
    it may not open. A name with a line break would stop it for everybody.
    """
    course = converter.coursedir
    timeless = []
    pattern = converter._format_source(course.assignment_id, course.student_id)
    found, closed = reading.search(pattern)
    for fault in closed:
        converter.log.error("%s", fault)
    refused = [str(fault.path) for fault in closed] + _misnamed(converter)
    for folder in found:
        assignment, student = _names(converter, folder)
        try:
            reason = _refusal(Path(folder), Path(course.root), assignment, student)
            notebooks = [] if reason else _notebooks(converter, folder, assignment)
        except reading.Closed as error:
            reason, notebooks = str(error).rstrip("."), []
        if reason:
            converter.log.error("%r cannot be graded: %s.", folder, reason)
            converter.assignments.pop(folder, None)
            refused.append(folder)
        elif os.path.isdir(folder):
            converter.assignments[folder] = notebooks
            if _warn(converter, Path(folder)):
                timeless.append(folder)
    return refused, timeless


def _misnamed(converter: Any) -> list[str]:
    """Name work that lies beside its place, under nearly the name of its assignment.

    nbgrader never looks there. Returns where it lies.
    """
    course = converter.coursedir
    wanted = course.assignment_id
    if glob.has_magic(wanted):
        return []
    refused = []
    for path in reading.search(converter._format_source("*", course.student_id))[0]:
        assignment, student = _names(converter, path)
        place = converter._format_source(wanted, student)
        if (
            os.path.lexists(place)
            or not reading.alike(Path(assignment), Path(wanted))
            or os.path.isdir(release_folder(course, assignment))
        ):
            continue
        command = shlex.join(["mv", "-n", path, place])
        if not os.path.isdir(path):
            command = f"{shlex.join(['mkdir', place])} && {command}"
        converter.log.error(
            "%r is not graded: it lies where %r should be. If it is the student's work, run `%s` "
            "and grade again.",
            *(path, place, command),
        )
        refused.append(path)
    return refused


def _notebooks(converter: Any, folder: str, assignment: str) -> list[str]:
    """Return the places of all notebooks that a submitted folder has or should have.

    Raises Closed where one of them, or what lies beside them, cannot be read.
    """
    released = release_folder(converter.coursedir, assignment)
    there = reading.notebooks(folder)
    for path in (*there, *(Path(folder, name) for name in bookkeeping.NAMES)):
        reading.check(path)
    names = {path.name for path in (*reading.notebooks(released), *there)}
    wanted = fnmatch.filter(sorted(names), f"{converter.coursedir.notebook_id}.ipynb")
    return [os.path.join(folder, name) for name in wanted]


def _warn(converter: Any, folder: Path) -> bool:
    """Name what nbgrader wrote and somebody has changed. Returns whether the time is lost."""
    fault = bookkeeping.fault(bookkeeping.secret, folder)
    if fault:
        converter.log.error(
            "%s/%s is left out: %s. So the feedback cannot be released through the exchange. "
            "Collect the submission again, or hand out the page in feedback/ yourself.",
            *(folder, bookkeeping.SECRET, fault),
        )
    fault = bookkeeping.fault(bookkeeping.time, folder)
    if fault:
        converter.log.error(
            "%s/%s is left out: %s. The submission has no time, so it counts as "
            "in time. Write into it when the work was handed in, or remove it.",
            *(folder, bookkeeping.TIME, fault),
        )
    return bool(fault)


def release_folder(course: CourseDirectory, assignment: str) -> Path:
    """Return the folder of a released assignment."""
    return Path(course.format_path(course.release_directory, ".", assignment))


def _names(converter: Any, folder: str) -> tuple[str, str]:
    """Return the assignment and the student of a submitted folder."""
    pattern = converter._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
    found = re.fullmatch(pattern, folder, re.DOTALL)
    if found is None:
        raise NbGraderException(f"{folder} is not named as submissions are: {pattern}")
    return found["assignment"], found["student"]


def _refusal(folder: Path, root: Path, assignment: str, student: str) -> str:
    """Return why a submitted folder cannot be graded, and what mends it; nothing if it can."""
    if any(ord(character) < 32 for character in student):
        return "the student's id holds a control character. Rename the folder"
    if set(student) & set("[]*?"):
        return "nbgrader reads [ ] * ? in a student's id as a pattern. Rename the folder"
    if set(student) & set('<>"\\'):
        return "formgrader would show < > \" \\ in a student's id as HTML. Rename the folder"
    # The course folder itself may be a link, and have any name.
    own = [part for part in (folder, *folder.parents) if root in part.parents]
    if any(part.is_symlink() for part in own if part.name in (assignment, student)):
        return "the folder is a link, so the work may be somebody else's. Put a real folder there"
    return ""


def _make_room(converter: Any, target: Path, old: list[Path]) -> bool:
    """Remove graded notebooks that are outdated. Returns whether there was any."""
    for path in old:
        converter.log.warning(
            "%s: it was handed in anew, grading was interrupted, or the gradebook does not have "
            "its grade. It is graded again.",
            path,
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
