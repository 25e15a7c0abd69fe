"""`rectify quickstart`: a course of one's own, which passes its own check and grades at once."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from rectify.cli import main
from rectify.course import quickstart

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT / "rectify" / "course" / "shared"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course that has just been made, in a folder with a name that shells split."""
    folder = tmp_path_factory.mktemp("new") / "our course"
    here = Path.cwd()
    try:
        assert main(["quickstart", str(folder)]) == 0
    finally:
        os.chdir(here)
    return folder


def test_it_passes_its_own_check(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(course)
    assert main(["check", "--quick"]) == 0
    assert "Nothing to mend." in capsys.readouterr().out


@pytest.mark.long
def test_its_mutants_are_caught(course: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(course)
    assert main(["check"]) == 0


@pytest.mark.long
def test_it_grades_at_once(course: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rectify", "grade"],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    with Gradebook(f"sqlite:///{course}/gradebook.db", course_id="our_course") as gradebook:
        scores = {s.student.id: s.score for s in gradebook.assignment_submissions("double")}
    assert scores == {"sample-right-answer": 10, "sample-not-started": 0}


def test_its_settings_are_three_lines_that_load_ours(course: Path) -> None:
    text = (course / "nbgrader_config.py").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith('"""')]
    assert lines[:3] == [
        "from rectify.plugins import config",
        "c = get_config()  # noqa: F821",
        "config.apply(c)",
    ]
    assert lines[3:] == ['c.CourseDirectory.course_id = "our_course"']


def test_its_readme_names_commands_that_there_are(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (course / "README.md").read_text(encoding="utf-8")
    text += (course / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"^\s+rectify (\w+)", text, re.MULTILINE))
    assert named == {"grade", "check", "new", "report"}
    for command in named:
        with pytest.raises(SystemExit) as ended:
            main([command, "--help"])
        assert ended.value.code == 0


def test_a_folder_that_is_there_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["quickstart", str(tmp_path)]) == 1
    assert "is there already, and nothing in it is changed" in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_each_course_has_the_files_that_this_one_has() -> None:
    for name, place in quickstart._SHARED.items():
        assert (SHARED / name).read_bytes() == (ROOT / place).read_bytes(), place
