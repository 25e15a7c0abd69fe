"""Graded is what the gradebook has. What it has lost, the same command grades again."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from rectify.plugins.recorded import Records
from tests.batch.test_app import ANSWERS, gradebook, hand_in, run, tree
from tests.fast_course import make_course

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course in which three students have been graded, one of them twice."""
    course = make_course(tmp_path_factory.mktemp("graded") / "course")
    run(course, "nbgrader", "generate_assignment", "relu")
    for student in ("right", "wrong", "broken"):
        hand_in(course, student, ANSWERS[student])
    run(course, "rectify", "autograde", "relu", "--workers=1")
    shutil.copy(course / "gradebook.db", course / "older.db")
    hand_in(course, "wrong", ANSWERS["right"])
    run(course, "rectify", "autograde", "relu", "--workers=1")
    return course


@pytest.fixture
def course(graded: Path, tmp_path: Path) -> Path:
    """A copy of that course, for one test."""
    return Path(shutil.copytree(graded, tmp_path / "course", symlinks=True))


def database(course: Path, *arguments: str) -> None:
    run(course, "nbgrader", "db", *arguments, "--force")


def lose_student(course: Path) -> None:
    database(course, "student", "remove", "right")


def lose_assignment(course: Path) -> None:
    database(course, "assignment", "remove", "relu")


def lose_all(course: Path) -> None:
    (course / "gradebook.db").unlink()


def go_back(course: Path) -> None:
    shutil.copy(course / "older.db", course / "gradebook.db")


def export(course: Path) -> list[dict[str, str]]:
    """Return the lines that nbgrader exports."""
    run(course, "nbgrader", "export", "--to=grades.csv")
    with (course / "grades.csv").open(encoding="utf-8") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["student_id"])


@pytest.mark.parametrize("lose", [lose_student, lose_assignment, lose_all, go_back])
@pytest.mark.parametrize("command", ["rectify", "nbgrader"])
def test_what_the_gradebook_has_lost_is_graded_again(
    course: Path, lose: Callable[[Path], None], command: str
) -> None:
    before, exported, files = gradebook(course), export(course), tree(course)
    assert len(exported) == 3
    options = ("--workers=1",) if command == "rectify" else ()
    lose(course)
    if lose in (lose_assignment, lose_all):
        # As `make grade` does each time.
        run(course, "nbgrader", "generate_assignment", "relu", "--force")
    run(course, command, "autograde", "relu", *options)
    assert gradebook(course) == before
    assert export(course) == exported
    assert tree(course) == files
    said = run(course, "rectify", "autograde", "relu", "--workers=1")
    assert "There is nothing new to grade" in said


def test_what_is_graded_is_held(course: Path) -> None:
    records = Records(f"sqlite:///{course}/gradebook.db", "rectify")
    for student in ("right", "wrong", "broken"):
        assert records.hold("relu", student, course / "autograded" / student / "relu/relu.ipynb")
    assert not records.hold("relu", "nobody", course / "autograded/right/relu/relu.ipynb")
    assert not records.hold("swish", "right", course / "autograded/right/relu/relu.ipynb")


@pytest.mark.parametrize(
    ("lose", "kept"),
    [
        (lambda grade: setattr(grade, "auto_score", 3.0), False),
        (lambda grade: setattr(grade, "auto_score", None), False),
        (lambda grade: setattr(grade.notebook.assignment, "timestamp", None), False),
        (lambda grade: setattr(grade, "manual_score", 3.0), True),
        (lambda grade: setattr(grade, "needs_manual_grade", True), True),
    ],
    ids=["other points", "no points", "no time", "graded by hand", "to be graded by hand"],
)
def test_points_and_time_must_be_those_of_the_graded_notebook(
    course: Path, lose: Callable[[object], None], kept: bool
) -> None:
    url = f"sqlite:///{course}/gradebook.db"
    with Gradebook(url) as book:
        lose(book.find_grade("test_relu", "relu", "relu", "right"))
        book.db.commit()
    place = course / "autograded" / "right" / "relu" / "relu.ipynb"
    assert Records(url, "rectify").hold("relu", "right", place) is kept


@pytest.mark.parametrize("content", ["", "{", "{}", '{"cells": [{}]}'])
def test_a_damaged_notebook_shows_no_grade(course: Path, content: str) -> None:
    place = course / "autograded" / "right" / "relu" / "relu.ipynb"
    place.chmod(0o644)
    place.write_text(content)
    assert not Records(f"sqlite:///{course}/gradebook.db", "rectify").hold("relu", "right", place)
