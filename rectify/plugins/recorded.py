"""Whether the gradebook has the grade that a graded notebook shows.

nbgrader treats a folder that is there as graded. But a gradebook can be lost, brought back from an
older copy, or have a student or an assignment removed. The folder's digest says which work was
graded; its points and its time must be those that the gradebook holds.
"""

from __future__ import annotations

import logging
import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import nbformat
from nbgrader import utils
from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)

from rectify import reading
from rectify.submission import bookkeeping

logger = logging.getLogger(__name__)

Scores = dict[str, float | None]
"""What nbgrader has graded by itself in a notebook, by the names of the cells."""


@dataclass
class Record:
    """What a gradebook holds of a submission: its time, and the scores in each notebook."""

    time: datetime | None
    scores: dict[str, Scores] = field(default_factory=lambda: defaultdict(dict))


class Records:
    """What a gradebook holds of each submission. It is read once, assignment by assignment."""

    def __init__(self, db_url: str, course_id: str) -> None:
        self._place = (db_url, course_id)
        self._known: dict[str, dict[str, Record]] = {}

    def hold(self, assignment: str, student: str, graded: Path) -> bool:
        """Tell whether the gradebook has the points and the time of a graded notebook."""
        if assignment not in self._known:
            self._known[assignment] = self._read(assignment)
        record = self._known[assignment].get(student)
        if record is None or graded.stem not in record.scores:
            return False
        try:
            then = bookkeeping.time(graded.parent)
            shown = _scores(graded)
        except (ValueError, KeyError, AttributeError):
            return False  # what is damaged shows no grade
        held = record.scores[graded.stem]
        return (
            (then is None or (record.time is not None and _near(record.time, then)))
            and shown.keys() == held.keys()
            and all(_same(shown[name], held[name]) for name in held)
        )

    def _read(self, assignment: str) -> dict[str, Record]:
        records: dict[str, Record] = {}
        with Gradebook(*self._place) as gradebook:
            rows = (
                gradebook.db.query(
                    *(SubmittedAssignment.student_id, SubmittedAssignment.timestamp),
                    *(Notebook.name, BaseCell.name, Grade.auto_score),
                )
                .select_from(SubmittedNotebook)
                .join(
                    SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id
                )
                .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
                .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
                .outerjoin(Grade, Grade.notebook_id == SubmittedNotebook.id)
                .outerjoin(BaseCell, Grade.cell_id == BaseCell.id)
                .filter(Assignment.name == assignment)
            )
            for student, time, notebook, cell, score in rows:
                scores = records.setdefault(student, Record(time)).scores[notebook]
                if cell is not None:
                    scores[cell] = score
        return records


def _scores(graded: Path) -> Scores:
    """Return what nbgrader reads from a graded notebook, as it does when it saves grades."""
    notebook = nbformat.v4.reads(reading.read(graded).decode("utf-8"))
    found: Scores = {}
    for cell in notebook.cells:
        if utils.is_grade(cell):
            found[cell.metadata.nbgrader.grade_id] = utils.determine_grade(cell, logger)[0]
        elif utils.is_task(cell):
            found[cell.metadata.nbgrader.grade_id] = None
    return found


def _same(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-6)  # some databases round


def _near(one: datetime, other: datetime) -> bool:
    return abs(one - other) <= timedelta(seconds=1)  # some databases round
