"""The settings: each is read here, and handed to all who need it as a frozen `Course`."""

from __future__ import annotations

import glob
import logging
import os
import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Enum, Float, Integer, List, Unicode
from traitlets.config import Configurable

from rectify import reading
from rectify.limits import Limits

_DEFAULTS = Limits()

_STUDENT, _ASSIGNMENT = "\0student", "\0assignment"
"""What stands for a student and an assignment in a place that is made a pattern."""


class Execute(NbGraderPreprocessor):
    """How the cells of a notebook are run: `Grade` asks it.

    It has the name of nbgrader's own step, so that `--no-execute` switches it off as well, and
    `--Execute.timeout` is obeyed.
    """

    timeout = Integer(
        None,
        allow_none=True,
        help="Time for one cell in s, as in nbgrader. Where there is none, "
        "`c.Rectify.cell_seconds` holds.",
    ).tag(config=True)


class Rectify(Configurable):
    """Settings of the grading, shared by all that follows. Set them as `c.Rectify.…`."""

    isolation = Enum(
        ["bubblewrap", "none"],
        default_value="bubblewrap",
        help="How student code is kept apart. 'none' runs it as an ordinary process of the user "
        "who grades, and stands in every report.",
    ).tag(config=True)
    hidden_directory = Unicode(
        "test_exercise/hidden", help="Where the hidden suites lie, below the course folder."
    ).tag(config=True)
    secret_file = Unicode(
        ".course_secret",
        help="A file in the course folder with a random text that decides the hidden suites' "
        "random inputs. It is made when it is missing.",
    ).tag(config=True)
    submitted_files = List(
        Unicode(),
        help="Patterns of files that students hand in beside the notebook, such as '*.csv'. They "
        "lie in the working folder when cells and answers run. Code that Python imports is left "
        "out.",
    ).tag(config=True)
    demonstrations = Bool(
        False,
        help="Whether the lesson's own cells at the end of a notebook are run, too. They come "
        "after all that a student has written or changed, and decide no grade.",
    ).tag(config=True)
    cell_seconds = Float(
        _DEFAULTS.cell_seconds, help="Time for one cell, and for running a tagged cell, in s."
    ).tag(config=True)
    notebook_seconds = Float(
        _DEFAULTS.notebook_seconds, help="Time for all cells of a notebook, in s."
    ).tag(config=True)
    call_seconds = Float(
        _DEFAULTS.call_seconds, help="Time for one call of a student's class, in s."
    ).tag(config=True)
    suite_seconds = Float(
        _DEFAULTS.suite_seconds, help="Time for all hidden checks of one exercise, in s."
    ).tag(config=True)
    memory_mb = Integer(
        _DEFAULTS.memory_mb, help="Memory of a submission, and of each of its processes, in MB."
    ).tag(config=True)
    processes = Integer(
        _DEFAULTS.processes, help="Processes and threads that a submission may have."
    ).tag(config=True)
    file_mb = Integer(
        _DEFAULTS.file_mb, help="Size of a file, and of each writable folder, in MB."
    ).tag(config=True)
    output_chars = Integer(_DEFAULTS.output_chars, help="Characters that one cell may print.").tag(
        config=True
    )
    notebook_mb = Float(_DEFAULTS.notebook_mb, help="Size of a notebook that is read, in MB.").tag(
        config=True
    )

    @property
    def limits(self) -> Limits:
        """The limits among the settings."""
        limits = Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})
        # nbgrader takes what is not above zero for no limit. Here there is always one.
        seconds = Execute(config=self.config).timeout or 0
        return replace(limits, cell_seconds=seconds) if seconds > 0 else limits


@dataclass(frozen=True)
class Course:
    """Where a course keeps what, and how it is graded.

    Attributes:
        start: the folder in which nbgrader is started, which finds its settings from there.
        root: the course folder. Suites, samples, mutants, figures and pages lie below it.
        structure: nbgrader's `directory_structure`: where a step, a student and an assignment meet.
        source, release, submitted, autograded, feedback: nbgrader's names of these steps.
        db_url: the address of the gradebook.
        hidden: the folder of the hidden suites.
        secret: the file of the course's secret text.
        isolation: how student code is kept apart.
        demonstrations: whether the cells that close a lesson are run, too.
        limits: what a submission may use.
    """

    start: Path
    root: Path
    structure: str
    source: str
    release: str
    submitted: str
    autograded: str
    feedback: str
    db_url: str
    hidden: Path
    secret: Path
    isolation: str
    demonstrations: bool
    limits: Limits

    @classmethod
    def of(cls, directory: CourseDirectory, rectify: Rectify) -> Course:
        """Return the course that nbgrader works in, with the settings of the grading."""
        root = Path(directory.root)
        return cls(
            start=Path.cwd(),
            root=root,
            structure=directory.directory_structure,
            source=directory.source_directory,
            release=directory.release_directory,
            submitted=directory.submitted_directory,
            autograded=directory.autograded_directory,
            feedback=directory.feedback_directory,
            db_url=directory.db_url,
            hidden=root / rectify.hidden_directory,
            secret=root / rectify.secret_file,
            isolation=rectify.isolation,
            demonstrations=rectify.demonstrations,
            limits=rectify.limits,
        )

    def folder(self, step: str, assignment: str, student: str = ".") -> Path:
        """Return the folder of an assignment in a step, as nbgrader's `format_path` does."""
        place = self.structure.format(
            nbgrader_step=step, student_id=student, assignment_id=assignment
        )
        return self.root / place

    def folders(self, step: str, student: str = ".") -> list[tuple[Path, str, str]]:
        """Return the folders there are of a step, each with its student and its assignment.

        "*" stands for all students: then `closed` returns what else there may be. Otherwise it
        raises Closed where something cannot be read.
        """
        place = self._place(step, student)
        paths, closed = reading.search(_pattern(place))
        if closed and student != "*":
            raise closed[0]
        found = []
        for path in sorted(paths):
            match = re.fullmatch(_names(place), path)
            if match is not None and os.path.isdir(path):
                parts = match.groupdict()
                found.append((Path(path), parts.get("student", student), parts["assignment"]))
        return found

    def closed(self, step: str) -> list[tuple[str, reading.Closed]]:
        """Return what of a step's folders cannot be read, and whose it is or else where it is."""
        place = Path(self._place(step, "*"))
        found = []
        for closed in reading.search(_pattern(str(place)))[1]:
            depth = len(closed.path.parts)
            match = re.fullmatch(_names(str(Path(*place.parts[:depth]))), str(closed.path))
            student = match.groupdict().get("student") if match else None
            found.append((student or self.label(closed.path), closed))
        return found

    def _place(self, step: str, student: str) -> str:
        """Return a step's folders as one text, with marks where the names stand."""
        return str(self.folder(step, _ASSIGNMENT, _STUDENT if student == "*" else student))

    def files(self, step: str) -> list[Path]:
        """Return all files of a step that has no students: strays beside its folders, too.

        Raises Closed.
        """
        head = re.split(r"\{(?:student_id|assignment_id)\}", self.structure)[0]
        if "{nbgrader_step}" in head:
            tops = [self.root / head.format(nbgrader_step=step)]
        else:
            tops = [folder for folder, _, _ in self.folders(step)]
        return sorted(path for top in tops for path in reading.below(top))

    def assignments(self) -> list[str]:
        """Return the assignments that have a notebook in the source folder. Raises Closed."""
        return sorted(
            assignment
            for folder, _, assignment in self.folders(self.source)
            if reading.notebooks(folder)
        )

    def suite(self, name: str) -> Path:
        """Return where the hidden suite of a grade cell lies, if it has one."""
        return self.hidden / f"{name}.py"

    def label(self, path: Path) -> str:
        """Return what a file of the course is called: its place below the course folder."""
        inside = path.is_relative_to(self.root)
        return (path.relative_to(self.root) if inside else path).as_posix()


def _pattern(place: str) -> str:
    """Return a pattern that finds what stands in a place with marks."""
    return glob.escape(place).replace(_STUDENT, "*").replace(_ASSIGNMENT, "*")


def _names(place: str) -> str:
    """Return a regular expression that reads the names from such a place."""
    named = re.escape(place).replace(_STUDENT, "(?P<student>[^/]+)")
    return named.replace(_ASSIGNMENT, "(?P<assignment>[^/]+)")


def load(folder: Path) -> Course:
    """Return the course to which nbgrader's commands lead when they are started in a folder."""
    here, search = Path.cwd(), list(sys.path)
    app = NbGrader(log_level=logging.WARNING)
    os.chdir(folder)
    try:
        app.initialize([])
        return Course.of(app.coursedir, Rectify(parent=app))
    finally:
        os.chdir(here)
        # nbgrader puts the folder there, and a lesson's file must not hide a package.
        sys.path[:] = search


def find(start: Path, otherwise: Path) -> Course:
    """Return the course of a file: the nearest folder above it that holds nbgrader's settings.

    Where there is none, the settings lie elsewhere, and it is the course of the other folder.
    """
    above = (folder for folder in start.parents if (folder / "nbgrader_config.py").is_file())
    return load(next(above, otherwise))
