"""The steps that nbgrader runs: rebuild a submission, run its cells, grade its exercises.

nbgrader_config.py names these classes. A fault of the student ends in a grade cell that says
so; a `GraderError` goes through to nbgrader, which reports the submission as failed and leaves
the grade in the gradebook as it was.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from rectify import reading
from rectify.faults import GraderError
from rectify.notebook import feedback
from rectify.notebook.task import Task, parsed, perform
from rectify.plugins import guard
from rectify.sandbox import memory
from rectify.settings import Course, Execute, Rectify
from rectify.submission import beside, cells, rebuild, submitted
from rectify.submission.beside import Wanted

GRADED = "graded"
"""Where a notebook's resources hold what `perform` has returned for it, if it has run already."""


class _Preprocessor(Rectify, NbGraderPreprocessor):
    """A step of autograding that knows its course folder."""

    @property
    def course(self) -> CourseDirectory:
        """The course folder that nbgrader works in: the converter's, through the exporter."""
        converter: Any = self.parent.parent  # type: ignore[union-attr]
        return converter.coursedir

    @property
    def places(self) -> Course:
        """The course as the settings describe it."""
        return Course.of(self.course, self)

    def released(self, names: dict[str, str]) -> Path:
        """Return where the released notebook lies that belongs to a submitted one."""
        folder = guard.release_folder(self.course, names["assignment"])
        return folder / f"{names['notebook']}.ipynb"

    def complete(self, names: dict[str, str]) -> bytes:
        """Return the notebook that a submitted one is rebuilt on. Raises GraderError."""
        exporter: Any = self.parent
        complete: bytes = exporter.complete(self.released(names), names)
        return complete

    def handed_in(self, names: dict[str, str]) -> tuple[dict[str, bytes], list[str]]:
        """Return the files that are taken beside a submitted notebook, and why others are not."""
        course, assignment = self.course, names["assignment"]
        folder = course.format_path(course.submitted_directory, names["student"], assignment)
        exporter: Any = self.parent
        wanted: Wanted = exporter.wanted(assignment)
        return wanted.take(Path(folder), self.released(names).parent)

    def figures(self, names: dict[str, str]) -> dict[str, bytes]:
        """Return the lesson's figures by their place, for who reads the graded notebook."""
        found = reading.inside(self.released(names).parent / "assets")
        return {f"assets/{figure.name}": reading.read(figure) for figure in found}

    def suite_of(self, cell: NotebookNode) -> Path | None:
        """Return the hidden suite of a grade cell, or None if it has none. Raises Closed."""
        if not utils.is_grade(cell) or utils.is_solution(cell) or cell.cell_type != "code":
            return None
        path = self.places.suite(cell.metadata["nbgrader"]["grade_id"])
        return path if reading.is_file(path) else None


class Rebuild(_Preprocessor):
    """Puts the student's answers into the complete notebook. Replaces nbgrader's own repairs."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the rebuilt notebook; every code cell that is graded holds an error."""
        names = resources["nbgrader"]
        complete = parsed(self.complete(names))
        resources.setdefault("outputs", {}).update(self.figures(names))
        language = cells.language(complete)
        if language != "python":
            raise GraderError(
                f"The lesson {names['notebook']} is written in {language!r}, and the sandbox runs "
                "Python. Nothing was graded. Choose a Python kernel for the notebook in source/, "
                f"and run `nbgrader generate_assignment {names['assignment']}` again."
            )
        if "unreadable" in resources:
            nb = rebuild.untouched(complete, resources["unreadable"])
        else:
            nb = rebuild.rebuild(nb, parsed(reading.read(self.released(names))), complete)
        if older := nb.metadata[submitted.KEY]["older"]:
            self.log.warning(
                "%s of %s: the notebook %s is of another release, by the checksums of its cells "
                "(%s). The present cells are graded instead, so grades need no look. If a release "
                "should not have changed, compare it with what was handed out.",
                names["assignment"],
                names["student"],
                names["notebook"],
                ", ".join(older[:5]),
            )
        rebuild.add_files(nb, *self.handed_in(names))
        for cell in nb.cells:
            if cell.cell_type == "code" and utils.is_grade(cell):
                cell.outputs = [feedback.refusal("This cell was not graded.")]
        return nb, resources


class Grade(_Preprocessor):
    """Runs the cells of a notebook, then its hidden suites.

    A cell that has a hidden suite is not run: points, table and record become its output.
    """

    def task(self, notebook: str, names: dict[str, str]) -> Task:
        """Return all that grading a rebuilt notebook takes."""
        complete = self.complete(names)
        suites = {
            cell.metadata["nbgrader"]["grade_id"]: reading.read(path)
            for cell in parsed(complete).cells
            if (path := self.suite_of(cell)) is not None
        }
        secret = course_secret(self.places.secret)
        return Task(
            notebook=notebook.encode(),
            complete=complete,
            suites=suites,
            # A digest, because other machines may see it.
            seed=hashlib.sha256(f"{secret}:{names['student']}".encode()).hexdigest(),
            execute=Execute(parent=self.parent).enabled,
            demonstrations=self.demonstrations,
            isolation=self.isolation,
            limits=self.limits,
            files=beside.released(self.released(names).parent, self.file_mb),
            handed_in=self.handed_in(names)[0],
        )

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with its outputs and grades. Raises GraderError."""
        graded = resources.pop(GRADED, None)
        if graded is None:
            task = self.task(nbformat.writes(nb), resources["nbgrader"])
            graded = memory.persist(lambda: perform(task), task.limits.memory_mb * 2**20)
        seconds = (graded.notebook_seconds, graded.suite_seconds)
        self.log.info("The notebook's cells took %.2f s, its hidden suites %.2f s", *seconds)
        return nbformat.reads(graded.notebook.decode("utf-8"), as_version=4), resources


class FlagForReview(NbGraderPreprocessor):
    """Marks grades that a human should look at. Runs after nbgrader has saved the grades."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Set needs_manual_grade for each grade cell whose result has notes."""
        names = resources["nbgrader"]
        place = (names["notebook"], names["assignment"], names["student"])
        flagged = [cell for cell in nb.cells if utils.is_grade(cell) and feedback.notes(cell)]
        if flagged:
            with Gradebook(names["db_url"]) as gradebook:
                for cell in flagged:
                    grade = gradebook.find_grade(cell.metadata["nbgrader"]["grade_id"], *place)
                    grade.needs_manual_grade = True
                gradebook.db.commit()
        return nb, resources


def course_secret(path: Path) -> str:
    """Return the course's secret text, and make it up on first use."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w") as file:
        secret = secrets.token_hex(32)
        file.write(secret + "\n")
    return secret
