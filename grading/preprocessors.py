"""What nbgrader runs: reads a submission, rebuilds it, runs its cells, grades its exercises.

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
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Enum, Float, Integer, Unicode
from traitlets.config import Configurable

from grading import collected, feedback, submission
from grading.faults import GraderError
from grading.limits import Limits
from grading.sandboxes import shared
from grading.task import Task, parsed, perform

_DEFAULTS = Limits()

GRADED = "graded"
"""Where a notebook's resources hold what `perform` has returned for it, if it has run already."""


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
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})


class SubmissionExporter(Rectify, NotebookExporter):
    """Reads notebooks with limits. What cannot be read becomes a notebook that says why.

    It is made when nbgrader has listed the submissions and not touched anything yet, so it also
    makes sure of the sandboxes, and guards nbgrader against what else was handed in.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # Once at the end, and not after each step: nbgrader's steps do not break notebooks.
        self.optimistic_validation = True
        self.prepare()
        collected.guard(self.converter, self.notebook_mb)

    def prepare(self) -> None:
        """Make sure of the sandboxes. Raises NbGraderException."""
        try:
            shared(self.isolation, self.limits).start()
        except GraderError as error:
            self.log.error(str(error))
            raise NbGraderException(str(error)) from error

    @property
    def converter(self) -> Any:
        """The nbgrader converter that made this exporter."""
        return self.parent

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
            notebook = submission.read(Path(filename), self.notebook_mb)
        except submission.Unreadable as problem:
            self.log.warning("%s: %s", filename, problem)
            notebook = nbformat.v4.new_notebook()
            resources["unreadable"] = str(problem)
        output, resources = self.from_notebook_node(notebook, resources, **kw)
        return output, resources


class _Preprocessor(Rectify, NbGraderPreprocessor):
    """A step of autograding that knows its course folder."""

    @property
    def course(self) -> CourseDirectory:
        """The course folder that nbgrader works in: the converter's, through the exporter."""
        converter: Any = self.parent.parent  # type: ignore[union-attr]
        return converter.coursedir

    def released(self, names: dict[str, str]) -> Path:
        """Return where the released notebook lies that belongs to a submitted one."""
        folder = collected.release_folder(self.course, names["assignment"])
        return folder / f"{names['notebook']}.ipynb"

    def figures(self, names: dict[str, str]) -> dict[str, bytes]:
        """Return the lesson's figures by their place, for who reads the graded notebook."""
        folder = self.released(names).parent / "assets"
        return {f"assets/{figure.name}": figure.read_bytes() for figure in folder.glob("*")}

    def suite_of(self, cell: NotebookNode) -> Path | None:
        """Return the hidden suite of a grade cell, or None if it has none."""
        if not utils.is_grade(cell) or utils.is_solution(cell) or cell.cell_type != "code":
            return None
        name = f"{cell.metadata['nbgrader']['grade_id']}.py"
        path = Path(self.course.root, self.hidden_directory, name)
        return path if path.is_file() else None


class Rebuild(_Preprocessor):
    """Puts the student's answers into the released notebook. Replaces nbgrader's own repairs."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the rebuilt notebook; every code cell that is graded holds an error."""
        names = resources["nbgrader"]
        path = self.released(names)
        resources.setdefault("outputs", {}).update(self.figures(names))
        if not path.is_file():
            raise GraderError(
                f"The released notebook {path} is missing, so nothing can be graded. "
                f"Run `nbgrader generate_assignment {names['assignment']}` first."
            )
        released = parsed(path.read_bytes())
        if "unreadable" in resources:
            nb = submission.untouched(released, resources["unreadable"])
        else:
            nb = submission.rebuild(nb, released)
        for cell in nb.cells:
            if cell.cell_type == "code" and utils.is_grade(cell):
                cell.outputs = [feedback.refusal("This cell was not graded.")]
        return nb, resources


class Execute(NbGraderPreprocessor):
    """Whether the cells of a notebook are run: `Grade` asks it.

    It has the name of nbgrader's own step, so that `--no-execute` switches it off as well.
    """


class Grade(_Preprocessor):
    """Runs the cells of a notebook, and its hidden suites, side by side.

    A cell that has a hidden suite is not run: points, table and record become its output.
    """

    def task(self, notebook: str, names: dict[str, str]) -> Task:
        """Return all that grading a rebuilt notebook takes."""
        released = self.released(names).read_bytes()
        suites = {
            cell.metadata["nbgrader"]["grade_id"]: path.read_bytes()
            for cell in parsed(released).cells
            if (path := self.suite_of(cell)) is not None
        }
        secret = course_secret(Path(self.course.root, self.secret_file))
        return Task(
            notebook=notebook.encode(),
            released=released,
            suites=suites,
            # A digest, because other machines may see it.
            seed=hashlib.sha256(f"{secret}:{names['student']}".encode()).hexdigest(),
            execute=Execute(parent=self.parent).enabled,
            demonstrations=self.demonstrations,
            isolation=self.isolation,
            limits=self.limits,
        )

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return the notebook with its outputs and grades. Raises GraderError."""
        graded = resources.pop(GRADED, None)
        if graded is None:
            graded = perform(
                self.task(nbformat.writes(nb), resources["nbgrader"]), side_by_side=True
            )
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
