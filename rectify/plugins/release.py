"""Builds each release beside the old one, with the files that its notebooks use.

nbgrader removes a release before it builds the next, and writes to the gradebook meanwhile. Here
the new one takes its place when it is whole, and the gradebook takes over what belongs to it at
the same time. What goes wrong with one assignment stops no other, and leaves its release as it
was.

Figures and visible suites are reached in source/ through symbolic links, which nbgrader does not
follow: the release holds real copies.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters.base import NbGraderException
from nbgrader.nbgraderformat import SchemaTooNewError, SchemaTooOldError, ValidationError
from nbgrader.preprocessors import NbGraderPreprocessor

from rectify import reading
from rectify.faults import GraderError
from rectify.plugins import stored
from rectify.plugins.gradebook import Recorder

_FILES = re.compile(r"\b(?:assets/[\w.-]+\.\w+|test_exercise/test_\w+\.py)")
_SHARED = ("test_exercise/conftest.py", "test_exercise/pytest.ini")
"""What every visible suite needs beside it: what suites share, and settings of their own."""


def _is_within(path: Path, *folders: str | Path) -> bool:
    """Tell whether a file lies in one of some folders, wherever links lead."""
    return any(path.resolve().is_relative_to(Path(folder).resolve()) for folder in folders)


def files_used(notebook: NotebookNode) -> list[str]:
    """Return the figures and visible suites that a notebook names, with what they need."""
    found = {name for cell in notebook.cells for name in _FILES.findall(cell.source)}
    if any(name.startswith("test_exercise/") for name in found):
        found.update(_SHARED)
    return sorted(found)


class ReleaseExporter(NotebookExporter):
    """Writes released notebooks, as nbgrader's.

    It is made when nbgrader has listed the assignments and not touched anything yet.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        guard(self.parent)


def guard(converter: Any) -> None:
    """Make one `GenerateAssignment` converter build each release beside the old one."""
    place = converter._format_dest

    def beside(assignment_id: str, student_id: str, escape: bool = False) -> str:
        # A release may be a link to a folder elsewhere, which is to be filled then.
        final = Path(os.path.realpath(place(assignment_id, student_id, escape)))
        return str(final.with_name(f".{final.name}.part"))

    def convert_notebooks() -> None:
        failed = []
        for folder in sorted(converter.assignments):
            assignment, student = _names(converter, folder)
            converter.notebooks = sorted(converter.assignments[folder])
            try:
                _build(converter, assignment, student, place)
            except _EXPECTED as error:
                reason = str(error).rstrip(".")
                if _SUBMISSIONS in reason:
                    reason = _changed(converter, assignment)
                converter.log.error("%s is not released: %s.", assignment, reason)
                failed.append(assignment)
            except Exception as error:
                converter.log.error("%s is not released: %s.", assignment, error, exc_info=True)
                failed.append(assignment)
        if failed:
            raise NbGraderException(
                f"Not released, and as it was before: {', '.join(failed)}. See above."
            )

    converter._format_dest = beside
    converter.convert_notebooks = convert_notebooks


_SUBMISSIONS = "there are submissions associated with it"
"""What nbgrader says where a change would leave grades without their cells."""

_EXPECTED = (
    *(NbGraderException, GraderError, RuntimeError, OSError),
    *(SchemaTooOldError, SchemaTooNewError, ValidationError),
)
"""Errors whose text says what is to be done; of others, the place helps."""


def _build(converter: Any, assignment: str, student: str, place: Callable[..., str]) -> None:
    """Build one release, and put it in the place of the old one when it is whole."""
    final = Path(os.path.realpath(place(assignment, student)))
    part = Path(converter._format_dest(assignment, student))
    old = final.with_name(f".{final.name}.old")
    if old.is_dir() and not final.is_dir():
        # A run was killed between the two renames below.
        old.rename(final)
    whole = converter.coursedir.notebook_id == "*"
    if whole and final.is_dir() and not converter.force:
        converter.log.info("Skipping existing assignment: %s", final)
        return
    _remove(part)
    try:
        if not whole and final.is_dir():
            shutil.copytree(final, part, symlinks=True)
        with _recording(converter):
            if not converter.init_destination(assignment, student):
                return
            converter.run_pre_convert_hook()
            converter.init_assignment(assignment, student)
            for notebook in converter.notebooks:
                converter.convert_single_notebook(notebook)
            converter.set_permissions(assignment, student)
        _remove(old)
        if final.is_dir():
            final.rename(old)
        part.rename(final)
        _remove(old)
    finally:
        _remove(part)
    converter.run_post_convert_hook()


@contextmanager
def _recording(converter: Any) -> Iterator[None]:
    """Have the gradebook take over all that is written to it meanwhile, or nothing."""
    if converter.no_database:
        yield
        return
    with closing(Recorder(converter.coursedir.db_url)) as recorder, recorder.transaction():
        yield


def _changed(converter: Any, assignment: str) -> str:
    """Say that graded work keeps a lesson from being changed, and what can be done."""
    cells: set[str] = set()
    course = converter.coursedir
    for path in map(Path, converter.notebooks):
        notebook = nbformat.read(path, as_version=4)
        now = {cell.metadata.nbgrader.grade_id for cell in notebook.cells if _is_stored(cell)}
        try:
            then = set(stored.read(course.db_url, course.course_id, assignment, path.stem))
        except GraderError:
            cells.add(path.name)
        else:
            cells |= now ^ then
    named = f" ({', '.join(sorted(cells))})" if cells else ""
    return (
        f"cells or notebooks were added, removed or renamed{named} since work on it was graded, "
        "and grades belong to cells. The release and the grades are as they were. Take the change "
        'back, or make it a new assignment; docs/instructors.md, "A lesson changes after it was '
        'handed out", says how to grade everything again'
    )


def _is_stored(cell: NotebookNode) -> bool:
    """Tell whether nbgrader keeps a cell in the gradebook."""
    kinds = (utils.is_grade, utils.is_solution, utils.is_locked, utils.is_task)
    return any(kind(cell) for kind in kinds)


def _names(converter: Any, folder: str) -> tuple[str, str]:
    """Return the assignment and the student, which is nobody, of a source folder."""
    pattern = converter._format_source("(?P<assignment>.*)", "(?P<student>.*)", escape=True)
    found = re.match(pattern, folder)
    if found is None:
        raise NbGraderException(f"{folder} is not named as assignments are: {pattern}")
    return found["assignment"], found["student"]


def _remove(folder: Path) -> None:
    """Remove a folder that may be there; its files may be read-only."""
    if folder.is_dir():
        utils.rmtree(str(folder))


class BundleFiles(NbGraderPreprocessor):
    """Has nbgrader write the files that a notebook uses into its release folder."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Add the files to what is written. Raises NbGraderException when one is missing."""
        course = self.parent.parent.coursedir
        names = resources["nbgrader"]
        source = Path(course.format_path(course.source_directory, ".", names["assignment"]))
        outputs = resources.setdefault("outputs", {})
        for name in files_used(nb):
            path = source / name
            if not reading.is_file(path) or not _is_within(path, course.root, path.parent):
                raise NbGraderException(
                    f"{names['notebook']}.ipynb uses {name}, which is not in {source}. "
                    "Add the file, or take it out of the notebook."
                )
            outputs[name] = reading.read(path)
        return nb, resources
