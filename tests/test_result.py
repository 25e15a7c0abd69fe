"""The record of a graded exercise: what is stored can be read later, whoever stored it."""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from rich.console import Console
from sqlalchemy.exc import SAWarning

from rectify import settings
from rectify.batch import entries, table
from rectify.notebook import feedback
from rectify.result import SCHEMA, Group, NewerRecord, Outcome, Result, UnreadableRecord

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ROOT / "tests" / "records"
GROUPS = (
    Group("test_a", "Values", 1.5, "Look.", Outcome.FAILED, "Because.", 0.25),
    Group("test_b", "Gradient", 1.0, "Look.", Outcome.UNCHECKED),
    Group("test_c", "In place", 2.0, "Look.", Outcome.PASSED),
)
RESULT = Result("test_a", "1", "none", GROUPS, "Wrong.", ("Note.",))


def test_a_record_survives_storage() -> None:
    assert Result.from_json(json.loads(json.dumps(RESULT.to_json()))) == RESULT


def test_the_keys_of_outcomes_stay() -> None:
    """They are in graded notebooks: who needs other ones adds a schema."""
    assert {one.name: one.value for one in Outcome} == {
        "PASSED": "passed",
        "FAILED": "failed",
        "UNCHECKED": "unchecked",
    }


def test_other_words_for_an_outcome_change_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    before = RESULT.to_json()
    words = {one: ("!", f"other words {one.name}", "#000000") for one in Outcome}
    monkeypatch.setattr(feedback, "_LOOKS", words)
    assert "other words UNCHECKED" in feedback.html(RESULT)
    assert RESULT.to_json() == before
    assert Result.from_json(before) == RESULT


def test_a_stored_record_of_each_older_schema_is_read() -> None:
    """A file for each schema that grades were ever stored in, as it was stored then."""
    assert {path.stem for path in RECORDS.glob("*.json")} == {
        f"schema_{number}" for number in range(1, SCHEMA)
    }
    for path in RECORDS.glob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        result = Result.from_json(record)
        assert (result.score, result.max_score) == (record["score"], record["max_score"])
        assert {group.outcome for group in result.groups} == set(Outcome)
        assert [group.earned for group in result.groups] == [
            group["earned"] for group in record["groups"]
        ]
        assert Result.from_json(result.to_json()) == result


def test_what_schema_1_called_could_not_be_checked_is_unchecked() -> None:
    record = json.loads((RECORDS / "schema_1.json").read_text(encoding="utf-8"))
    stored = {group["name"]: group["outcome"] for group in record["groups"]}
    read = {group.name: group.outcome for group in Result.from_json(record).groups}
    names = {name for name, outcome in stored.items() if outcome == "could not be checked"}
    assert names
    assert names == {name for name, outcome in read.items() if outcome is Outcome.UNCHECKED}


def test_a_record_of_a_newer_schema_says_what_to_do() -> None:
    with pytest.raises(NewerRecord, match=rf"has schema 99, .* up to {SCHEMA}\. Install the"):
        Result.from_json({**RESULT.to_json(), "schema": 99})


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        "text",
        {},
        {"schema": None},
        {"schema": "2"},
        {"schema": 0},
        {"schema": SCHEMA},
        {"schema": 1, "groups": [{"outcome": "unheard of"}]},
        {**RESULT.to_json(), "groups": [{**GROUPS[0].__dict__, "outcome": "could not be checked"}]},
        {**RESULT.to_json(), "groups": 3},
        {**RESULT.to_json(), "groups": [{"outcome": "passed", "colour": "red"}]},
    ],
)
def test_a_damaged_record_is_named(record: Any) -> None:
    with pytest.raises(UnreadableRecord, match=r"^The record of the grade is damaged.*\. ?.*again"):
        Result.from_json(record)


# --- In the table ---


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> settings.Course:
    """A course with a graded notebook of one student, whose record a test puts in."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    course = settings.load(folder)
    for step, student in ((course.submitted, "ada"), (course.autograded, "ada")):
        course.folder(step, "relu", student).mkdir(parents=True)
    course.hidden.mkdir(parents=True)
    course.suite("test_relu").write_text("")
    released = course.folder(course.release, "relu")
    released.mkdir(parents=True)
    flags = {"grade": True, "grade_id": "test_relu", "points": 10}
    cell = nbformat.v4.new_code_cell("", metadata={"nbgrader": flags})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), released / "relu.ipynb")
    with warnings.catch_warnings(), Gradebook(course.db_url) as gradebook:
        # nbgrader adds a submission to its assignment before it adds it to the session.
        warnings.simplefilter("ignore", SAWarning)
        gradebook.update_or_create_assignment("relu")
        gradebook.add_notebook("relu", "relu")
        gradebook.add_grade_cell("test_relu", "relu", "relu", max_score=10, cell_type="code")
        gradebook.update_or_create_student("ada")
        gradebook.add_submission("relu", "ada")
        grade = gradebook.find_grade("test_relu", "relu", "relu", "ada")
        grade.auto_score, grade.needs_manual_grade = 7, False
        gradebook.db.commit()
    return course


def shown(course: settings.Course, record: Any, capsys: pytest.CaptureFixture[str]) -> str:
    """Put a record into the graded notebook, and return what `make grade` shows."""
    output = nbformat.v4.new_output("execute_result", {"application/json": record})
    cell = nbformat.v4.new_code_cell("", outputs=[output])
    path = course.folder(course.autograded, "relu", "ada") / "relu.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)
    found = entries.entries(course, ["relu"])
    console = Console(width=200)
    with console.capture() as captured:
        console.print(table.table(found, ["relu"]))
    table.show(found, ["relu"])
    return captured.get() + capsys.readouterr().out


def test_the_table_reads_what_an_older_version_has_stored(
    course: settings.Course, capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads((RECORDS / "schema_1.json").read_text(encoding="utf-8"))
    said = shown(course, record, capsys)
    assert "7 / 10" in said
    assert "Special values" in said, "a check that did not pass"


def test_the_table_shows_a_grade_that_a_newer_version_has_given(
    course: settings.Course, capsys: pytest.CaptureFixture[str]
) -> None:
    """The points stand in the gradebook, and `--stale`, which is for older ones, leaves it."""
    said = shown(course, {"schema": 99, "verdicts": []}, capsys)
    assert "7 / 10  newer checks" in said
    assert "older checks" not in said
    assert "relu of ada: The record of the grade has schema 99" in said
    graded = course.folder(course.autograded, "relu", "ada")
    assert not entries.is_stale(graded, course.folder(course.release, "relu"), course.hidden)


def test_the_table_shows_a_grade_whose_record_is_damaged(
    course: settings.Course, capsys: pytest.CaptureFixture[str]
) -> None:
    said = shown(course, {"schema": SCHEMA}, capsys)
    assert "7 / 10  older checks" in said
    assert "relu of ada: The record of the grade is damaged" in said
