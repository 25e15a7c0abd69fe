"""From release to feedback through nbgrader's own exchange."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import get_username

from attacks import kit
from rectify.reading import Closed
from rectify.submission import bookkeeping
from tests.fast_course import make_course

SECRET = "0123456789abcdef" * 8


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        (bookkeeping.SECRET, SECRET, True),
        (bookkeeping.SECRET, SECRET[:-1], False),
        (bookkeeping.SECRET, f"{SECRET}\n", False),
        (bookkeeping.SECRET, SECRET.upper(), False),
        (bookkeeping.SECRET, "../" * 40, False),
        (bookkeeping.SECRET, "a" * 10_000, False),
        (bookkeeping.TIME, "2026-01-02 03:04:05.678 UTC", True),
        (bookkeeping.TIME, "", True),
        (bookkeeping.TIME, "soon", False),
        (bookkeeping.TIME, "2026-01-02" + " " * 1000, False),
        ("feedback.txt", "2026-01-02", False),
    ],
)
def test_of_nbgraders_own_files_those_of_its_shape_are_kept(
    tmp_path: Path, name: str, content: str, kept: bool
) -> None:
    (tmp_path / name).write_text(content)
    assert bookkeeping.files(tmp_path) == ({name: content.encode()} if kept else {})


@pytest.mark.parametrize("name", bookkeeping.NAMES)
@pytest.mark.parametrize(
    "make",
    [os.mkfifo, os.mkdir, lambda p: os.symlink("/etc/hostname", p), lambda p: os.symlink("x", p)],
    ids=["pipe", "folder", "link", "broken link"],
)
def test_what_is_no_file_is_none_of_them(
    tmp_path: Path, name: str, make: Callable[[Path], None]
) -> None:
    make(tmp_path / name)
    assert bookkeeping.files(tmp_path) == {}


def test_a_time_that_cannot_be_read_is_the_graders_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / bookkeeping.TIME).write_text("2026-01-02")

    def failing(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", failing)
    with pytest.raises(Closed, match=r"timestamp\.txt cannot be read"):
        bookkeeping.files(tmp_path)


@dataclass(frozen=True)
class Exchange:
    """A course with an exchange, and the folder in which its student works."""

    course: Path
    student: Path
    root: Path

    def run(self, where: Path, *arguments: str, ok: bool = True) -> str:
        """Run one of nbgrader's commands."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))}
        done = subprocess.run(
            [
                *(sys.executable, "-m", "nbgrader", *arguments, f"--Exchange.root={self.root}"),
                f"--Exchange.cache={self.root.parent / 'cache'}",
                "--CourseDirectory.course_id=rectify",
            ],
            cwd=where,
            env={**kept, "PYTHONWARNINGS": "ignore"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert (done.returncode == 0) is ok, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    """An exchange through which a right answer has been handed in and collected."""
    made = Exchange(make_course(tmp_path / "course"), tmp_path / "student", tmp_path / "exchange")
    made.student.mkdir()
    made.root.mkdir()
    made.root.chmod(0o777)
    made.run(made.course, "generate_assignment", "relu")
    made.run(made.course, "release_assignment", "relu")
    made.run(made.student, "fetch_assignment", "relu")
    released = nbformat.read(made.student / "relu" / "relu.ipynb", as_version=4)
    kit.write(made.student / "relu", kit.answered(released, "relu", kit.RIGHT))
    made.run(made.student, "submit", "relu")
    made.run(made.course, "collect", "relu")
    return made


@pytest.mark.long
def test_feedback_comes_back_to_whoever_handed_in(exchange: Exchange) -> None:
    """Two others, whose work came by hand or was changed, stop nobody, and are named."""
    student = get_username()
    collected = exchange.course / "submitted" / student / "relu"
    for name in ("by-hand", "changed"):
        shutil.copytree(collected, exchange.course / "submitted" / name / "relu")
    (exchange.course / "submitted/by-hand/relu" / bookkeeping.SECRET).unlink()
    (exchange.course / "submitted/changed/relu" / bookkeeping.SECRET).write_text("../../other")
    said = exchange.run(exchange.course, "autograde", "relu")
    assert "changed/relu/submission_secret.txt is left out" in said
    exchange.run(exchange.course, "generate_feedback", "relu")
    said = exchange.run(exchange.course, "release_feedback", "relu", ok=False)
    assert "2 folders of feedback were not released" in said
    left = re.findall(
        r"feedback/([\w-]+)/relu is not released: submission_secret\.txt is not", said
    )
    assert left == ["by-hand", "changed"]
    assert "Traceback" not in said
    exchange.run(exchange.student, "fetch_feedback", "relu")
    (page,) = exchange.student.glob("relu/feedback/*/relu.html")
    ours = exchange.course / "feedback" / student / "relu" / "relu.html"
    assert page.read_bytes() == ours.read_bytes()
    assert "10 of 10 points" in page.read_text(encoding="utf-8")
    assert len(list((exchange.root / "rectify" / "feedback").iterdir())) == 1


@pytest.mark.long
def test_work_handed_in_again_as_it_was_has_feedback_of_its_own(exchange: Exchange) -> None:
    """The notebook is the same, and only nbgrader's own files are others."""
    student = get_username()
    exchange.run(exchange.course, "autograde", "relu")
    exchange.run(exchange.student, "submit", "relu")
    exchange.run(exchange.course, "collect", "relu", "--update")
    exchange.run(exchange.course, "autograde", "relu")
    folders = [exchange.course / step / student / "relu" for step in ("submitted", "autograded")]
    assert bookkeeping.files(folders[0]) == bookkeeping.files(folders[1])
    assert set(bookkeeping.files(folders[1])) == set(bookkeeping.NAMES)
