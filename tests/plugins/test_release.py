"""A release takes the old one's place when it is whole, and one lesson's trouble stops no other."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from attacks import kit
from tests.batch.test_app import ANSWERS, hand_in, run
from tests.fast_course import ASSIGNMENTS, make_course

FIGURE = "assets/missing.svg"


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose lessons are released."""
    course = make_course(tmp_path_factory.mktemp("released") / "course")
    run(course, "nbgrader", "generate_assignment", "*")
    return course


@pytest.fixture
def course(released: Path, tmp_path: Path) -> Path:
    """A copy of that course, for one test."""
    return Path(shutil.copytree(released, tmp_path / "course", symlinks=True))


def contents(folder: Path) -> dict[str, bytes]:
    """Return all files below a folder, hidden ones too."""
    paths = (Path(top, name) for top, _, names in os.walk(folder) for name in names)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def change(course: Path, assignment: str, *, points: float = 10, text: str = "") -> None:
    """Give the grade cell of a solved lesson other points, and the lesson another text."""
    path = course / "source" / assignment / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[-1].metadata.nbgrader.points = points
    notebook.cells[0].source += text
    nbformat.write(notebook, path)


def worth(course: Path, assignment: str) -> float:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        place = (f"test_{assignment}", assignment, assignment)
        return float(gradebook.find_grade_cell(*place).max_score)


def test_a_release_that_fails_leaves_the_old_one_and_the_gradebook_as_they_were(
    course: Path,
) -> None:
    before = contents(course / "release" / "relu")
    change(course, "relu", points=7, text=f"\n![figure]({FIGURE})")
    change(course, "thresholded_relu", points=7)
    said = run(course, "nbgrader", "generate_assignment", "*", "--force", code=1)
    assert f"relu is not released: relu.ipynb uses {FIGURE}, which is not in" in said
    assert "Traceback" not in said
    assert contents(course / "release" / "relu") == before
    assert (worth(course, "relu"), worth(course, "thresholded_relu")) == (10, 7)
    assert sorted(p.name for p in (course / "release").iterdir()) == sorted(ASSIGNMENTS)
    (course / FIGURE).write_text("<svg/>")
    run(course, "nbgrader", "generate_assignment", "relu", "--force")
    assert (course / "release" / "relu" / FIGURE).is_file()
    assert worth(course, "relu") == 7


def test_a_release_that_a_killed_run_has_put_aside_comes_back(course: Path) -> None:
    """It was killed after the old release had made room, and before the new one was there."""
    before = contents(course / "release" / "relu")
    (course / "release" / "relu").rename(course / "release" / ".relu.old")
    shutil.copytree(course / "release" / "leaky_relu", course / "release" / ".relu.part")
    change(course, "relu", text=f"\n![figure]({FIGURE})")
    run(course, "nbgrader", "generate_assignment", "relu", "--force", code=1)
    assert contents(course / "release" / "relu") == before
    assert sorted(p.name for p in (course / "release").iterdir()) == sorted(ASSIGNMENTS)


def test_one_notebook_is_released_beside_the_others(course: Path) -> None:
    source = course / "source" / "relu"
    shutil.copy(source / "relu.ipynb", source / "second.ipynb")
    run(course, "nbgrader", "generate_assignment", "relu", "--force")
    before = contents(course / "release" / "relu")
    change(course, "relu", text=" Changed.")
    run(course, "nbgrader", "generate_assignment", "relu", "--notebook=relu", "--force")
    after = contents(course / "release" / "relu")
    assert {name for name in before.keys() | after if before.get(name) != after.get(name)} == {
        "relu.ipynb"
    }


@pytest.mark.parametrize("kind", ["root", "parts", "release"])
def test_a_course_reached_through_links_is_released(course: Path, kind: str) -> None:
    """The folder itself, what lies in it, or what has been released."""
    before, entry = contents(course / "release"), course
    elsewhere = course.parent / "elsewhere"
    elsewhere.mkdir()
    if kind == "root":
        entry = course.parent / "relu"
        entry.symlink_to(course)
        config = course / "nbgrader_config.py"
        config.write_text(f"{config.read_text()}\nc.CourseDirectory.root = {str(entry)!r}\n")
    for name in {"parts": ("assets", "test_exercise", "source"), "release": ()}.get(kind, ()):
        (course / name).rename(elsewhere / name)
        (course / name).symlink_to(elsewhere / name)
    if kind == "parts":
        # As they lead up from where the link leads.
        for name in ("assets", "test_exercise"):
            assert (course / "source" / "relu" / name).is_dir()
    if kind == "release":
        (course / "release" / "relu").rename(elsewhere / "relu")
        (course / "release" / "relu").symlink_to(elsewhere / "relu")
    run(entry, "nbgrader", "generate_assignment", "*", "--force")
    found = contents(course / "release")
    if kind == "release":
        assert (course / "release" / "relu").is_symlink()
        found |= {f"relu/{name}": data for name, data in contents(elsewhere / "relu").items()}
    assert found == before
    if kind == "root":
        hand_in(course, "one", ANSWERS["right"])
        run(entry, "rectify", "autograde", "relu", "--workers=1")
        assert scores(course) == {("one", "relu"): 10}


def test_a_figure_that_leads_out_of_the_course_is_refused(course: Path) -> None:
    (course / FIGURE).symlink_to("/etc/hostname")
    change(course, "relu", text=f"\n![figure]({FIGURE})")
    said = run(course, "nbgrader", "generate_assignment", "relu", "--force", code=1)
    assert "which is not in" in said


def scores(course: Path) -> dict[tuple[str, str], float]:
    """Return the points of all, but for what a human grades."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {
            (s.student.id, s.assignment.name): s.score
            for name in ASSIGNMENTS
            for s in gradebook.assignment_submissions(name)
        }


def add_cell(course: Path) -> None:
    """Add a graded cell to the lesson on ReLU."""
    path = course / "source" / "relu" / "relu.ipynb"
    notebook = nbformat.read(path, as_version=4)
    (cell,) = kit.code("assert True")
    cell.id = "one-more"
    flags = {"grade": True, "grade_id": "one-more", "locked": True, "points": 1}
    cell.metadata["nbgrader"] = {**flags, "schema_version": 3, "solution": False, "task": False}
    notebook.cells.append(cell)
    nbformat.write(notebook, path)


@pytest.mark.long
def test_a_lesson_that_changes_after_it_was_graded_stops_nobody(course: Path) -> None:
    """The message names it, and what docs/instructors.md says grades everything again."""
    hand_in(course, "before", ANSWERS["right"])
    run(course, "rectify", "grade")
    release = contents(course / "release" / "relu")
    add_cell(course)
    hand_in(course, "after", ANSWERS["wrong"])
    said = " ".join(run(course, "rectify", "grade", code=1).split())
    assert (
        "relu is not released: cells or notebooks were added, removed or renamed (one-more)" in said
    )
    assert "Traceback" not in said
    assert contents(course / "release" / "relu") == release
    graded = scores(course)
    assert graded["before", "relu"] == 10
    assert ("after", "relu") in graded, "by the release that there is"
    page = (course / "feedback" / "after" / "relu" / "relu.html").read_text(encoding="utf-8")
    assert "of 10 points" in page
    for line in advised():
        run(course, *line)
    assert scores(course) == {place: points + 1 for place, points in graded.items()}
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert gradebook.find_assignment("relu").duedate is not None


def advised() -> list[list[str]]:
    """Return the commands that docs/instructors.md gives for a lesson that changes."""
    text = Path(__file__).parents[2].joinpath("docs/instructors.md").read_text(encoding="utf-8")
    section = text.split("### A lesson changes after it was handed out")[1].split("\n### ")[0]
    lines = re.findall(r"^ {6}((?:nbgrader|rectify) .*)$", section, re.MULTILINE)
    assert len(lines) == 5
    return list(map(shlex.split, lines))
