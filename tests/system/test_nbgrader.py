"""The whole way with real nbgrader, in a course folder of its own, from `make grade` to export."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from rich.console import Console
from traitlets.config import Config

from rectify import settings
from rectify.batch import entries, table
from rectify.settings import Rectify

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENTS = ("leaky_relu", "relu", "thresholded_relu")
HANDED_IN = {
    "relu": {"right_answer", "untouched_stub", "syntax_error", "flag_ignored", "endless_loop"},
    "leaky_relu": {"right_answer"},
    "thresholded_relu": {"right_answer", "gated_form"},
}
COUNT = sum(map(len, HANDED_IN.values()))
SHORT = "\nc.Rectify.cell_seconds = 3\nc.Rectify.call_seconds = 2\n"
"""Limits that endless loops cost less with."""

FULL_DISK = """
from nbconvert.writers import FilesWriter

write, left = FilesWriter.write, iter([True] * {written})


def until_full(*arguments, **names):
    if not next(left, False):
        raise OSError(28, "No space left on device")
    return write(*arguments, **names)


FilesWriter.write = until_full
"""
"""Settings of a course whose disk is full after some notebooks."""


def copy_course(folder: Path) -> Path:
    """Copy what git tracks of a course, with few of the samples and short limits."""
    for name in ("source", "test_exercise", "assets", "samples", "release"):
        shutil.copytree(ROOT / name, folder / name, symlinks=True)
    text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(text + SHORT, encoding="utf-8")
    for path in (folder / "samples").glob("*/*/*.py"):
        if path.stem not in HANDED_IN.get(path.parts[-3], ()):
            path.unlink()
    return folder


def run(course: Path, *arguments: str, ok: bool = True) -> str:
    """Run a Python module in the course folder, without the environment activated."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))}
    environment |= {"PATH": "/usr/bin:/bin", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=course,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    said = done.stdout + done.stderr
    assert (done.returncode == 0) is ok, said
    return said


def scores(course: Path) -> dict[tuple[str, str], float]:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {
            (s.student.id, s.assignment.name): s.score
            for name in ASSIGNMENTS
            for s in gradebook.assignment_submissions(name)
        }


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def said(course: Path) -> str:
    """What `make grade` printed in a course where nothing has been handed in."""
    return run(course, "rectify", "grade")


def test_samples_are_handed_in_where_nothing_else_is(course: Path, said: str) -> None:
    assert f"Nothing has been handed in, so {COUNT} samples were" in said
    assert all(p.name.startswith("sample-") for p in (course / "submitted").iterdir())


def test_every_sample_has_the_grade_that_its_folder_names(course: Path, said: str) -> None:
    expected = {
        ("sample-" + path.stem.replace("_", "-"), path.parts[-3]): float(path.parts[-2])
        for path in (course / "samples").glob("*/*/*.py")
    }
    assert scores(course) == expected
    assert len(expected) == COUNT


def test_the_table_shows_points_and_groups(said: str) -> None:
    assert "sample-right-answer" in said
    assert "10 / 10" in said
    assert "In place" in said
    assert "not handed in" in said


def test_the_release_in_git_is_what_the_sources_generate(course: Path, said: str) -> None:
    for path in (ROOT / "release").rglob("*"):
        if path.is_file():
            generated = course / path.relative_to(ROOT)
            assert generated.read_bytes() == path.read_bytes(), f"run `make grade`: {path.name}"


def test_pages_say_why_and_reveal_nothing(course: Path, said: str) -> None:
    pages = sorted((course / "feedback").glob("*/*/*.html"))
    assert len(pages) == COUNT
    hidden = {
        line.strip()
        for path in (ROOT / "test_exercise" / "hidden").glob("test_*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        # Titles and hints are for students.
        if len(line.strip()) > 30 and '"' not in line
    }
    graded = sorted((course / "autograded").glob("*/*/*.ipynb"))
    assert len(graded) == COUNT
    for path in (*pages, *graded):
        text = path.read_text(encoding="utf-8")
        assert [line for line in hidden if line in text] == [], path
        assert str(course) not in text, path
    loop = (course / "feedback/sample-endless-loop/relu/relu.html").read_text(encoding="utf-8")
    assert "did not finish within 2 s" in loop
    right = (course / "feedback/sample-right-answer/relu/relu.html").read_text(encoding="utf-8")
    assert "10 of 10 points" in right
    assert 'src="assets/' not in right, "figures are part of the page"


def test_graded_notebooks_show_outputs_and_the_record(course: Path, said: str) -> None:
    path = course / "autograded/sample-right-answer/relu/relu.ipynb"
    graded = nbformat.read(path, as_version=4)
    outputs = [output for cell in graded.cells for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    shown = {cell.id: cell.outputs for cell in graded.cells if cell.cell_type == "code"}
    assert "accuracy" in shown["linear-network"][0].text
    assert shown["check-inplace"] == [], "it closes the lesson and decides no grade"
    record = next(
        o.data["application/json"] for o in outputs if "application/json" in o.get("data", {})
    )
    assert (record["score"], record["isolation"], record["problem"]) == (10, "bubblewrap", "")
    assert not [o for o in outputs if o.output_type == "error"]


@pytest.mark.long
def test_a_second_run_changes_nothing(course: Path, said: str) -> None:
    before = {p: p.stat().st_mtime_ns for p in (course / "submitted").rglob("*.ipynb")}
    graded = {p: p.stat().st_mtime_ns for p in (course / "autograded").rglob("*.ipynb")}
    grades = scores(course)
    mine = course / "submitted" / "mine" / "relu" / "relu.ipynb"
    mine.parent.mkdir(parents=True)
    shutil.copy(course / "release" / "relu" / "relu.ipynb", mine)
    again = run(course, "rectify", "grade")
    assert "samples were" not in again
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert {p: p.stat().st_mtime_ns for p in graded} == graded
    assert scores(course) == {**grades, ("mine", "relu"): 0}


def test_one_student_is_regraded_by_force_and_grades_and_comments_by_hand_stay(
    course: Path, said: str
) -> None:
    student = "sample-flag-ignored"
    before = scores(course)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("test_relu", "relu", "relu", student)
        grade.manual_score = 9.5
        place = ("relu", "relu", "relu", student)
        gradebook.find_comment(*place).manual_comment = "Well argued."
        gradebook.db.commit()
    run(course, "nbgrader", "autograde", "relu", "--student", student, "--force")
    assert scores(course) == {**before, (student, "relu"): 9.5}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        grade = gradebook.find_grade("test_relu", "relu", "relu", student)
        assert gradebook.find_comment(*place).comment == "Well argued."
        assert grade.auto_score == before[student, "relu"]
        assert grade.needs_manual_grade


def test_export_lists_all_grades(course: Path, said: str) -> None:
    run(course, "nbgrader", "export")
    with (course / "grades.csv").open(encoding="utf-8") as file:
        rows = {(r["student_id"], r["assignment"]): r["score"] for r in csv.DictReader(file)}
    assert float(rows["sample-right-answer", "relu"]) == 10


@pytest.mark.long
def test_validate_tells_the_truth(course: Path, said: str) -> None:
    stub = run(course, "nbgrader", "validate", "release/relu/relu.ipynb")
    assert "VALIDATION FAILED" in stub
    done = course / "release" / "relu" / "relu.ipynb"
    kept = done.read_bytes()
    shutil.copy(course / "submitted/sample-right-answer/relu/relu.ipynb", done)
    try:
        assert "Success! Your notebook passes all the tests." in run(
            course, "nbgrader", "validate", "release/relu/relu.ipynb"
        )
    finally:
        done.write_bytes(kept)


@pytest.mark.long
def test_a_fault_of_the_grader_leaves_the_old_grade_alone(course: Path, said: str) -> None:
    before = scores(course)
    path = course / "test_exercise" / "hidden" / "test_relu.py"
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept.replace("points=2,", "points=3,", 1), encoding="utf-8")
    student = "sample-right-answer"
    try:
        text = run(
            course, "nbgrader", "autograde", "relu", "--student", student, "--force", ok=False
        )
    finally:
        path.write_text(kept, encoding="utf-8")
    assert "worth 10 points and its hidden suite 11" in " ".join(text.split())
    assert f"error processing assignment 'relu' for student '{student}'" in text
    assert scores(course) == before
    found = entries.entries(settings.load(course), ["relu"])
    assert [entry.student for entry in found if entry.score is None] == [student]
    run(course, "nbgrader", "autograde", "relu", "--student", student)
    assert scores(course) == before
    assert (course / "autograded" / student / "relu" / "relu.ipynb").is_file()


def test_no_execute_trusts_no_output_that_was_handed_in(course: Path, said: str) -> None:
    path = course / "submitted" / "forged" / "relu" / "relu.ipynb"
    path.parent.mkdir(parents=True)
    forged = nbformat.read(course / "release" / "relu" / "relu.ipynb", as_version=4)
    for cell in forged.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                nbformat.v4.new_output("execute_result", {"text/plain": "10"}, execution_count=1)
            ]
    nbformat.write(forged, path)
    run(course, "nbgrader", "autograde", "relu", "--student", "forged", "--no-execute")
    assert scores(course)["forged", "relu"] == 0


def test_without_a_sandbox_nothing_is_touched(course: Path, said: str) -> None:
    before = scores(course)
    graded = sorted((course / "autograded").rglob("*"))
    config = course / "nbgrader_config.py"
    kept = config.read_text(encoding="utf-8")
    config.write_text(
        kept + "\nimport rectify.sandbox.bubblewrap\n"
        "rectify.sandbox.bubblewrap.command = lambda size: ['/bin/false', '--']\n"
    )
    try:
        text = run(course, "nbgrader", "autograde", "relu", "--force", ok=False)
    finally:
        config.write_text(kept, encoding="utf-8")
    assert "The sandbox could not start" in text
    assert scores(course) == before
    assert sorted((course / "autograded").rglob("*")) == graded


def test_formgrader_grades_at_the_press_of_its_button(
    course: Path, said: str, serve: Callable[[Path], AbstractContextManager[Any]]
) -> None:
    student = "sample-untouched-stub"
    (course / "autograded" / student / "relu" / "relu.ipynb").unlink()
    with serve(course) as server:
        path = f"/formgrader/api/submission/relu/{student}/autograde"
        done = json.loads(server.ask(path, "POST"))
    assert done["success"], done
    assert (course / "autograded" / student / "relu" / "relu.ipynb").is_file()


def test_folders_that_cannot_be_graded_are_named_and_stop_nobody(course: Path, said: str) -> None:
    stub = course / "release" / "relu" / "relu.ipynb"
    for student in ("a[1]", "line\nbreak", "zz-last"):
        hand_in(course, student, stub, "2026-01-02 00:00:00 UTC")
    hand_in(course, "renamed", stub, "2026-01-02 00:00:00 UTC").joinpath("relu.ipynb").rename(
        course / "submitted/renamed/relu/mine.ipynb"
    )
    hand_in(course, "folder", stub, "").rename(course / "submitted/folder/ReLU (1)")
    (course / "submitted" / "flat").mkdir()
    shutil.copy(stub, course / "submitted" / "flat")
    link = course / "submitted" / "linked" / "relu"
    link.parent.mkdir()
    link.symlink_to(course / "submitted" / "sample-right-answer" / "relu")
    try:
        text = run(course, "nbgrader", "autograde", "relu", ok=False)
    finally:
        for student in ("a[1]", "line\nbreak", "linked", "folder", "flat"):
            shutil.rmtree(course / "submitted" / student)
    for reason in ("as a pattern. Rename", "control character. Rename", "the folder is a link"):
        assert reason in text
    at = course / "submitted"
    assert f"run `mv -n '{at}/folder/ReLU (1)' {at}/folder/relu` and grade again" in text
    flat = f"mkdir {at}/flat/relu && mv -n {at}/flat/relu.ipynb {at}/flat/relu"
    assert f"run `{flat}` and grade again" in text
    assert scores(course)["zz-last", "relu"] == 0
    page = course / "autograded/renamed/relu/relu.ipynb"
    assert "was not handed in (found: mine.ipynb)" in page.read_text(encoding="utf-8")
    graded = {student for student, _ in scores(course)}
    assert not graded & {"a[1]", "line\nbreak", "linked", "folder", "flat"}


def hand_in(course: Path, student: str, notebook: Path, timestamp: str) -> Path:
    folder = course / "submitted" / student / "relu"
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(notebook, folder / "relu.ipynb")
    (folder / "timestamp.txt").write_text(timestamp)
    return folder


@pytest.mark.long
def test_late_work_is_penalised_and_newer_work_is_graded_anew(course: Path, said: str) -> None:
    """As nbgrader documents: the old score is never kept for a resubmission."""
    right = course / "submitted/sample-right-answer/relu/relu.ipynb"
    folder = hand_in(course, "late", right, "2026-01-02 00:00:00 UTC")
    shutil.copy(right, folder / "notes.ipynb")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.find_assignment("relu").duedate = datetime(2026, 1, 1)
        gradebook.db.commit()
    grade = ("nbgrader", "autograde", "relu", "--student", "late")
    run(course, *grade, "--LateSubmissionPlugin.penalty_method=zero")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        notebook = gradebook.find_submission_notebook("relu", "relu", "late")
        assert (notebook.score, notebook.late_submission_penalty) == (10, 10)
    names = {path.name for path in (course / "autograded/late/relu").iterdir()}
    assert names == {"relu.ipynb", "timestamp.txt", "assets"}, "other notebooks are left out"
    stub = course / "release" / "relu" / "relu.ipynb"
    hand_in(course, "late", stub, "2026-01-03 00:00:00 UTC")
    run(course, *grade)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert gradebook.find_submission_notebook("relu", "relu", "late").score == 0


@pytest.mark.long
def test_a_resubmission_never_keeps_the_old_score(course: Path, said: str) -> None:
    """Also without a newer timestamp, which nbgrader would skip."""
    right = course / "submitted/sample-right-answer/relu/relu.ipynb"
    folder = course / "submitted" / "again" / "relu"
    folder.mkdir(parents=True)
    handed_in, graded = folder / "relu.ipynb", course / "autograded/again/relu/relu.ipynb"
    untagged = nbformat.read(right, as_version=4)
    for cell in untagged.cells:
        for name in ("tags", "nbgrader"):
            cell.metadata.pop(name, None)
    versions = [
        (right.read_bytes(), 10, "10 of 10 points"),
        (nbformat.writes(untagged).encode(), 0, "has no code cell with the tag relu"),
        (right.read_bytes()[:-100], 0, "is damaged: it is not JSON text"),
        (right.read_bytes(), 10, "10 of 10 points"),
    ]
    for number, (content, points, reason) in enumerate(versions):
        handed_in.write_bytes(content)
        text = run(course, "nbgrader", "autograde", "relu", "--student", "again")
        assert ("was handed in anew" in text) is (number > 0)
        assert scores(course)["again", "relu"] == points
        assert reason in graded.read_text(encoding="utf-8")
        with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
            found = gradebook.find_submission("relu", "again")
            assert found.needs_manual_grade is (points == 0), "no check was run"
    before = graded.stat().st_mtime_ns
    text = run(course, "nbgrader", "autograde", "relu", "--student", "again")
    assert "Skipping existing assignment" in text
    assert graded.stat().st_mtime_ns == before


@pytest.mark.long
def test_files_and_gradebook_are_as_nbgrader_documents(course: Path, said: str) -> None:
    """Graded files are read-only, or what `permissions` says; the time of handing in is kept."""
    right = course / "submitted/sample-right-answer/relu/relu.ipynb"
    hand_in(course, "timely", right, "2025-01-02 03:04:05 UTC")
    graded = course / "autograded" / "timely" / "relu"
    for options, mode in (((), 0o444), (("--force", "--Autograde.permissions=640"), 0o640)):
        run(course, "nbgrader", "autograde", "relu", "--student", "timely", *options)
        files = [path for path in graded.rglob("*") if path.is_file()]
        assert {path.stat().st_mode & 0o777 for path in files} == {mode}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        handed_in = gradebook.find_submission("relu", "timely")
        assert handed_in.timestamp == datetime(2025, 1, 2, 3, 4, 5)
        assert handed_in.score == 10
    feedback = next((course / "feedback").glob("sample-*/relu/relu.html"))
    assert feedback.stat().st_mode & 0o777 == 0o644


@pytest.mark.long
def test_grading_without_a_sandbox_stands_in_every_report(course: Path, said: str) -> None:
    right = course / "submitted/sample-right-answer/relu/relu.ipynb"
    hand_in(course, "bare", right, "2026-01-02 00:00:00 UTC")
    bare = ("relu", "--student", "bare")
    run(course, "nbgrader", "autograde", *bare, "--Rectify.isolation=none")
    run(course, "nbgrader", "generate_feedback", *bare)
    assert scores(course)["bare", "relu"] == 10
    record = (course / "autograded/bare/relu/relu.ipynb").read_text(encoding="utf-8")
    assert '"isolation": "none"' in record
    page = (course / "feedback/bare/relu/relu.html").read_text(encoding="utf-8")
    assert "Graded without a sandbox." in page
    found = entries.entries(settings.load(course), ["relu"])
    assert [entry.student for entry in found if not entry.sandboxed] == ["bare"]
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(table.table(found, ["relu"]))
    assert console.export_text().count("no sandbox") == 1


@pytest.mark.long
@pytest.mark.parametrize("written", [0, 1], ids=["rebuilt", "graded"])
def test_a_full_disk_is_no_grade(course: Path, said: str, written: int) -> None:
    """The notebook is written twice: rebuilt, and graded. Neither may fail silently."""
    right = course / "submitted/sample-right-answer/relu/relu.ipynb"
    student = f"full-{written}"
    hand_in(course, student, right, "2026-01-02 00:00:00 UTC")
    config = course / "nbgrader_config.py"
    kept = config.read_text(encoding="utf-8")
    config.write_text(f"{kept}\n{FULL_DISK.format(written=written)}", encoding="utf-8")
    try:
        text = run(course, "nbgrader", "autograde", "relu", "--student", student, ok=False)
    finally:
        config.write_text(kept, encoding="utf-8")
    assert "No space left on device" in text
    assert f"error processing assignment 'relu' for student '{student}'" in text
    found = entries.entries(settings.load(course), ["relu"])
    assert [entry.score for entry in found if entry.student == student] == [None]
    # A notebook that is written for the second time has been graded, and earned its points.
    assert scores(course)[student, "relu"] == 10 * written
    assert not (course / "autograded" / student / "relu").exists()


@pytest.mark.long
def test_a_file_that_the_course_wants_back_is_kept(course: Path, said: str) -> None:
    stub = course / "release" / "relu" / "relu.ipynb"
    folder = hand_in(course, "keeper", stub, "2026-01-02 00:00:00 UTC")
    (folder / "mine.py").write_text("x = 1")
    (folder / "other.py").write_text("x = 2")
    wanted = '--Autograde.exclude_overwriting={"relu": ["mine.py"]}'
    run(course, "nbgrader", "autograde", "relu", "--student", "keeper", wanted)
    names = {path.name for path in (course / "autograded/keeper/relu").iterdir()}
    assert names == {"relu.ipynb", "timestamp.txt", "mine.py", "assets"}


@pytest.mark.long
@pytest.mark.parametrize("batch", [False, True], ids=["nbgrader", "batch"])
def test_a_time_that_is_none_is_named_and_stops_nobody(
    course: Path, said: str, batch: bool
) -> None:
    """Whether the work is late cannot be told, so the command ends with an error each time."""
    stub = course / "release" / "relu" / "relu.ipynb"
    names = [f"{name}-{batch}" for name in ("garbled", "no-time", "timed")]
    for name, time in zip(names, ("soon\x1b[2J", "", "2026-01-02 00:00:00 UTC"), strict=True):
        hand_in(course, name, stub, time)
    grade = ("rectify", "autograde", "--workers=1") if batch else ("nbgrader", "autograde")
    for _ in range(2):
        text = run(course, *grade, "relu", f"--student=*-{batch}", ok=False)
        assert f"{names[0]}/relu/timestamp.txt is left out: it holds no time" in text
        assert text.count("timestamp.txt") == 1
    assert {scores(course)[name, "relu"] for name in names} == {0}
    kept = [(course / "autograded" / name / "relu" / "timestamp.txt").is_file() for name in names]
    assert kept == [False, True, True]
    for name in names:
        shutil.rmtree(course / "submitted" / name)


@pytest.mark.long
def test_nothing_beside_the_notebook_is_copied_but_the_timestamp(course: Path, said: str) -> None:
    """Links would bring the gradebook or another student's work onto a feedback page."""
    folder = course / "submitted" / "extra" / "relu"
    (folder / "more").mkdir(parents=True)
    shutil.copy(course / "release/relu/relu.ipynb", folder / "relu.ipynb")
    (folder / "timestamp.txt").write_text("2026-01-02 03:04:05 UTC")
    (folder / "conftest.py").write_text("raise SystemExit")
    (folder / "torch.py").write_text("raise SystemExit")
    (folder / "more" / "data.csv").write_text("1,2")
    (folder / "grades.db").symlink_to(course / "gradebook.db")
    (folder / "endless").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe")
    run(course, "nbgrader", "autograde", "relu", "--student", "extra")
    assert scores(course)["extra", "relu"] == 0
    graded = course / "autograded" / "extra" / "relu"
    names = {str(path.relative_to(graded)) for path in graded.rglob("*") if path.is_file()}
    figures = {name for name in names if name.startswith("assets/")}
    assert names - figures == {"relu.ipynb", "timestamp.txt"}
    assert figures


@pytest.mark.parametrize(("timeout", "seconds"), [(7, 7), (None, 4), (0, 4), (-1, 4)])
def test_nbgraders_own_limit_for_a_cell_is_obeyed(timeout: int | None, seconds: float) -> None:
    settings = Config({"Execute": {"timeout": timeout}, "Rectify": {"cell_seconds": 4}})
    assert Rectify(config=settings).limits.cell_seconds == seconds
