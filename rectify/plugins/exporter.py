"""Reads what was handed in for nbgrader, and makes ready for grading it.

nbgrader makes an exporter when it has listed the submissions and has not touched any yet.
"""

from __future__ import annotations

import fnmatch
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader import utils
from nbgrader.converters.base import NbGraderException

from rectify import reading
from rectify.faults import GraderError
from rectify.notebook.task import needs, parsed
from rectify.plugins import guard, stored
from rectify.plugins.recorded import Records
from rectify.sandbox.pool import Needs, shared
from rectify.settings import Course, Rectify
from rectify.submission import beside, submitted
from rectify.submission.beside import Wanted


class SubmissionExporter(Rectify, NotebookExporter):
    """Reads notebooks with limits. What cannot be read becomes a notebook that says why.

    It is made when nbgrader has listed the submissions and not touched anything yet, so it also
    makes sure of the sandboxes, and guards nbgrader against what else was handed in.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Once at the end, and not after each step: nbgrader's steps do not break notebooks.
        self.optimistic_validation = True
        self._complete: dict[tuple[str, str], bytes] = {}
        course = self.converter.coursedir
        self.records = Records(course.db_url, course.course_id)
        self.prepare()
        guard.guard(self.converter, self.wanted, self.records)

    def prepare(self) -> None:
        """Make sure of the sandboxes. Raises NbGraderException."""
        try:
            shared(self.isolation, self.limits).start(self.needs())
        except GraderError as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from error

    def needs(self) -> Needs:
        """Return what sandboxes are to be ready for: what is released of the assignments."""
        directory = self.converter.coursedir
        course, found = Course.of(directory, self), Needs((), calls=False)
        try:
            for folder, _, assignment in course.folders(course.release):
                if not fnmatch.fnmatch(assignment, directory.assignment_id):
                    continue
                for path in reading.notebooks(folder):
                    notebook = parsed(reading.read(path))
                    graded = [cell for cell in notebook.cells if utils.is_grade(cell)]
                    names = [cell.metadata["nbgrader"]["grade_id"] for cell in graded]
                    suites = any(reading.is_file(course.suite(name)) for name in names)
                    files = beside.released(folder, self.file_mb)
                    found |= needs(notebook, files, suites=suites)
        except (GraderError, ValueError):
            # Whoever reads it next says what is wrong with it.
            return Needs()
        return found

    @property
    def converter(self) -> Any:
        """The nbgrader converter that made this exporter."""
        return self.parent

    def wanted(self, assignment: str) -> Wanted:
        """Return what an assignment wants beside its notebooks."""
        edited = self.converter.exclude_overwriting.get(assignment, ())
        return Wanted(tuple(self.submitted_files), tuple(edited), self.notebook_mb)

    def complete(self, released: Path, names: dict[str, str]) -> bytes:
        """Return a released notebook with all that nbgrader has stored. Raises GraderError."""
        key = (names["assignment"], names["notebook"])
        if key not in self._complete:
            course = self.converter.coursedir
            if not reading.is_file(released):
                raise GraderError(
                    f"The released notebook {released} is missing, so nothing can be graded. "
                    f"Run `nbgrader generate_assignment {names['assignment']}` first."
                )
            cells = stored.read(course.db_url, course.course_id, *key)
            notebook = stored.complete(parsed(reading.read(released)), cells, names["assignment"])
            self._complete[key] = nbformat.writes(notebook).encode()
        return self._complete[key]

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert the notebook in a file, as nbconvert's exporters do."""
        resources = {**(resources or {})}
        names, course = resources["nbgrader"], self.converter.coursedir
        rebuilt = course.format_path(
            course.autograded_directory, names["student"], names["assignment"]
        )
        if Path(filename).parent == Path(rebuilt):
            # Written by Rebuild, so it is our own file.
            notebook = nbformat.read(filename, as_version=4)
            output, resources = self.from_notebook_node(notebook, resources, **kw)
            return output, resources
        try:
            notebook = submitted.read(Path(filename), self.notebook_mb)
        except submitted.Unreadable as problem:
            self.log.warning("%s: %s %s", filename, problem, problem.advice)
            notebook = nbformat.v4.new_notebook()
            resources["unreadable"] = str(problem)
        output, resources = self.from_notebook_node(notebook, resources, **kw)
        return output, resources
