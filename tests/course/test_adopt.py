"""`rectify adopt`: what grading an existing nbgrader course would change, without changing it."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook

from rectify.cli import main
from rectify.course import adopt
from rectify.faults import GraderError
from tests.system.test_nbgrader import ROOT, run
from tests.system.test_ordinary_course import HIDDEN, RIGHT, SOLVED, cell, hand_in, test_cell

CONFIG = 'c = get_config()\nc.CourseDirectory.course_id = "old"\n'

READS_THE_MACHINE = f"""
def double(x):
    import os
    return 2 * x if os.path.exists({str(ROOT / "README.md")!r}) else 0
"""


def contents(course: Path) -> dict[str, str]:
    """What is in a course folder: each file, by a digest of what it holds."""
    return {
        str(path.relative_to(course)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in course.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of somebody who knows nbgrader only: released, and handed in by two students."""
    folder = tmp_path_factory.mktemp("adopted") / "a course"
    source = folder / "source" / "ordinary"
    source.mkdir(parents=True)
    solved = new_notebook(
        cells=[
            cell(SOLVED, "double", solution=True),
            test_cell("assert double(1) == 2\n" + HIDDEN.format("assert double(21) == 42"), "part"),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )
    nbformat.write(solved, source / "ordinary.ipynb")
    (source / "data.csv").write_text("one\n")
    # nbgrader looks for `alembic` on the search path, which this course's settings do not mend.
    adds_to_path = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(adds_to_path, encoding="utf-8")
    run(folder, "nbgrader", "generate_assignment", "ordinary")
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    hand_in(folder, "right", RIGHT)
    hand_in(folder, "reads_the_machine", READS_THE_MACHINE)
    return folder


@pytest.fixture
def copy(course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same course, to be changed."""
    shutil.copytree(course, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


def test_a_trial_names_each_difference_and_changes_nothing(
    course: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    before = contents(course)
    assert main(["--course", str(course), "adopt", "--keep", str(tmp_path / "kept")]) == 0
    said = capsys.readouterr().out
    assert "+rectify_config.apply(c)" in said
    assert "2 cells, 1 with other points." in said
    (row,) = [line for line in said.splitlines() if "reads_the_machine" in line]
    assert [part.strip() for part in row.strip("│ ").split("│")] == [
        *("reads_the_machine", "ordinary", "part", "1", "0"),
        "no error; AssertionError:",
    ]
    assert contents(course) == before
    assert (tmp_path / "kept" / "rectify" / "autograded" / "right" / "ordinary").is_dir()


def test_what_is_written_is_what_was_shown_and_the_old_settings_are_kept(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["adopt", "--write"]) == 0
    assert (copy / adopt.BACKUP).read_text() == CONFIG
    assert (copy / "nbgrader_config.py").read_text() == f"{CONFIG}\n{adopt.LINES}"
    assert main(["adopt", "--write"]) == 0
    assert "There is nothing to adopt" in capsys.readouterr().out
    (copy / "nbgrader_config.py").write_text(CONFIG)
    assert main(["adopt", "--write"]) == 2
    assert "is there already, and is not overwritten" in capsys.readouterr().out
    assert (copy / "nbgrader_config.py").read_text() == CONFIG


@pytest.mark.parametrize("before", ["", "import os\n", '"""Settings."""\n\nx = 1\n'])
def test_settings_that_load_none_get_the_line_that_does(before: str) -> None:
    after = adopt.adopted(before)
    assert after.count("get_config()") == 1
    assert after.startswith(before.rstrip())
    assert after.endswith(adopt.LINES)
    assert compile(after, "nbgrader_config.py", "exec")


def test_settings_that_would_be_overridden_are_named(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy / "nbgrader_config.py").write_text(f"{CONFIG}c.Autograde.exporter_class = 'mine.Own'\n")
    shutil.rmtree(copy / "submitted")
    assert main(["adopt"]) == 0
    said = capsys.readouterr().out
    assert "The course sets c.Autograde.exporter_class itself" in said
    assert "rectify.plugins.exporter.SubmissionExporter" in said
    assert "so there is no grade to compare" in said


def test_settings_in_json_are_refused_by_name(copy: Path) -> None:
    (copy / "nbgrader_config.json").write_text("{}")
    with pytest.raises(GraderError, match=r"has a nbgrader_config\.json, which has the last word"):
        adopt.run(copy, write=True, keep=None)
    assert (copy / "nbgrader_config.py").read_text() == CONFIG
