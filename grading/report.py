"""The table of students and exercises: points, and the groups of checks that did not pass."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from rich.console import Console
from rich.table import Table
from rich.text import Text

from grading import suite
from grading.feedback import points
from grading.result import Outcome, Result


@dataclass(frozen=True)
class Entry:
    """One student's work on one assignment.

    `score` is what the gradebook holds, manual grades included; None where there is no grade.
    `stale` grades are of another suite, or of other points, than there are now.
    `sandboxed` is false where the code ran without a sandbox.
    """

    student: str
    assignment: str
    score: float | None
    max_score: float
    missed: tuple[str, ...]
    to_look_at: bool
    stale: bool = False
    sandboxed: bool = True


def entries(root: Path, db_url: str, assignments: list[str]) -> list[Entry]:
    """Return an entry for everything handed in, sorted by student and assignment."""
    found = []
    with Gradebook(db_url) as gradebook:
        for folder in sorted((root / "submitted").glob("*/*")):
            student, assignment = folder.parts[-2:]
            if assignment in assignments:
                found.append(_entry(gradebook, root, student, assignment))
    return found


def table(entries: list[Entry], assignments: list[str]) -> Table:
    """Return the table that `make grade` prints."""
    result = Table(title="Points, and the checks that did not pass", show_lines=True)
    result.add_column("Student", no_wrap=True)
    for assignment in assignments:
        result.add_column(assignment)
    by_place = {(entry.student, entry.assignment): entry for entry in entries}
    for student in dict.fromkeys(entry.student for entry in entries):
        row = [by_place.get((student, assignment)) for assignment in assignments]
        result.add_row(Text(student), *(_cell(entry) for entry in row))
    return result


def show(entries: list[Entry], assignments: list[str]) -> None:
    """Print the table, as wide as the terminal, or wide enough to read where there is none."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    console.print(table(entries, assignments))


def _entry(gradebook: Gradebook, root: Path, student: str, assignment: str) -> Entry:
    graded = root / "autograded" / student / assignment
    records = [record for path in sorted(graded.glob("*.ipynb")) for record in _results(path)]
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
        return Entry(student, assignment, None, 0, missed, True)
    return Entry(
        student,
        assignment,
        submission.score,
        submission.max_score,
        missed,
        submission.needs_manual_grade or any(record.notes for record in records),
        is_stale(graded, root / "release" / assignment, root / "test_exercise" / "hidden"),
        all(record.isolation != "none" for record in records),
    )


def is_stale(graded: Path, released: Path, hidden: Path) -> bool:
    """Return whether the grades in a folder are of another suite or other points than now."""
    worth = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell["metadata"]["nbgrader"]["points"]
        for path in released.glob("*.ipynb")
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade")
    }
    now = {
        name: (suite.version(path), float(points))
        for name, points in worth.items()
        if (path := hidden / f"{name}.py").is_file()
    }
    then = {
        result.suite: (result.version, result.max_score)
        for path in graded.glob("*.ipynb")
        for result in _results(path)
    }
    return now != then


def _results(path: Path) -> list[Result]:
    """Return the records in a graded notebook."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        Result.from_json(output["data"]["application/json"])
        for cell in cells
        for output in cell.get("outputs", [])
        if "application/json" in output.get("data", {})
    ]


def _cell(entry: Entry | None) -> Text:
    if entry is None:
        return Text("not handed in", style="dim")
    if entry.score is None:
        return Text("could not be graded", style="bold red")
    full = entry.score == entry.max_score
    style = "green" if full else "red" if entry.score == 0 else "yellow"
    text = Text(f"{points(entry.score)} / {points(entry.max_score)}", style=f"bold {style}")
    if entry.to_look_at:
        text.append("  please look", style="bold")
    if entry.stale:
        text.append("  older checks", style="bold")
    if not entry.sandboxed:
        text.append("  no sandbox", style="bold")
    if entry.score == 0:
        text.append("\nall checks", style="default")
    elif entry.missed:
        text.append("\n" + ", ".join(entry.missed), style="default not bold")
    return text
