"""What each student has earned: from the gradebook, and from the records in graded notebooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry

from rectify import reading
from rectify.result import NewerRecord, Outcome, Result, UnreadableRecord, version_of
from rectify.settings import Course


@dataclass(frozen=True)
class Entry:
    """One student's work on one assignment.

    `score` is what the gradebook holds, manual grades included; None where there is no grade.
    `stale` grades are of another suite, or of other points, than there are now.
    `newer` grades were given by a newer version of this package.
    `unread` says why the work, or a record of its grade, could not be read.
    `sandboxed` is false where the code ran without a sandbox.
    """

    student: str
    assignment: str
    score: float | None
    max_score: float
    missed: tuple[str, ...]
    to_look_at: bool
    stale: bool = False
    newer: bool = False
    unread: tuple[str, ...] = ()
    sandboxed: bool = True


def entries(course: Course, assignments: list[str]) -> list[Entry]:
    """Return an entry for everything handed in, sorted by student and assignment."""
    handed_in = {(s, a): "" for _, s, a in course.folders(course.submitted, "*")}
    # What cannot be read may hold work on each assignment.
    handed_in |= {(s, a): str(c) for s, c in course.closed(course.submitted) for a in assignments}
    with Gradebook(course.db_url) as gradebook:
        return [
            _entry(gradebook, course, student, assignment, handed_in[student, assignment])
            for student, assignment in sorted(handed_in)
            if assignment in assignments
        ]


def _entry(
    gradebook: Gradebook, course: Course, student: str, assignment: str, closed: str
) -> Entry:
    """Return the entry of what was handed in, or of what may have been and is `closed`."""
    graded = course.folder(course.autograded, assignment, student)
    try:
        found = [one for path in reading.notebooks(graded) for one in _results(path)]
    except reading.Closed as error:
        return Entry(student, assignment, None, 0, (), True, unread=(str(error),))
    records = [one for one in found if isinstance(one, Result)]
    unread = [one for one in found if isinstance(one, UnreadableRecord)]
    reasons = (closed, *map(str, unread)) if closed else tuple(map(str, unread))
    missed = tuple(
        group.title
        for record in records
        for group in record.groups
        if group.outcome is not Outcome.PASSED
    )
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        submission = None
    if submission is None or not graded.is_dir():
        return Entry(student, assignment, None, 0, missed, True, unread=reasons)
    return Entry(
        student,
        assignment,
        submission.score,
        submission.max_score,
        missed,
        submission.needs_manual_grade or any(record.notes for record in records),
        is_stale(graded, course.folder(course.release, assignment), course.hidden),
        any(isinstance(one, NewerRecord) for one in unread),
        reasons,
        all(record.isolation != "none" for record in records),
    )


def is_stale(graded: Path, released: Path, hidden: Path) -> bool:
    """Return whether the grades in a folder are of another suite or other points than now.

    Those that a newer version has given are not: to grade them again would lose something.
    """
    records = [one for path in reading.notebooks(graded) for one in _results(path)]
    if any(isinstance(one, NewerRecord) for one in records):
        return False
    worth = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"]["points"]
        for path in reading.notebooks(released)
        for cell in json.loads(reading.read(path))["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }
    now = {
        name: (version_of(reading.read(path)), float(points))
        for name, points in worth.items()
        if reading.is_file(path := hidden / f"{name}.py")
    }
    then = {
        result.suite: (result.version, result.max_score)
        for result in records
        if isinstance(result, Result)
    }
    return now != then


def _results(path: Path) -> Iterator[Result | UnreadableRecord]:
    """Yield the records in a graded notebook, or why one cannot be read."""
    for cell in json.loads(reading.read(path))["cells"]:
        for output in cell.get("outputs", []):
            if "application/json" in output.get("data", {}):
                try:
                    yield Result.from_json(output["data"]["application/json"])
                except UnreadableRecord as problem:
                    yield problem
