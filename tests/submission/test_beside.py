"""Files beside a notebook: what is taken of a submission, and what is not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rectify.faults import GraderError
from rectify.sandbox.process import Sandbox
from rectify.submission import beside
from rectify.submission.beside import Wanted


@pytest.fixture
def submitted(tmp_path: Path) -> Path:
    folder = tmp_path / "submitted"
    (folder / "data").mkdir(parents=True)
    (tmp_path / "release").mkdir()
    (folder / "a.csv").write_text("a")
    (folder / "data" / "b.csv").write_text("b")
    (folder / "note.txt").write_text("n")
    return folder


def taken(
    submitted: Path, *patterns: str, edited: tuple[str, ...] = (), mb: float = 1.0
) -> tuple[dict[str, bytes], list[str]]:
    return Wanted(patterns, edited, mb).take(submitted, submitted.parent / "release")


def test_only_what_the_course_asks_for_is_taken(submitted: Path) -> None:
    assert taken(submitted) == ({}, [])
    assert taken(submitted, "*.csv") == ({"a.csv": b"a"}, [])
    assert taken(submitted, "*/*.csv") == ({"data/b.csv": b"b"}, [])


@pytest.mark.parametrize("name", ["numpy.py", "x.so", "torch.pyc", "all.pth", "pkg.zip"])
def test_what_python_would_import_is_left_out(submitted: Path, name: str) -> None:
    (submitted / name).write_text("")
    files, left_out = taken(submitted, "*")
    assert name not in files
    assert left_out == [f"'{name}' is code that Python imports; put it into the notebook"]


def test_links_pipes_and_large_files_are_left_out(submitted: Path) -> None:
    (submitted / "link.csv").symlink_to("/etc/passwd")
    (submitted / "linked").symlink_to("/etc")
    os.mkfifo(submitted / "pipe.csv")
    (submitted / "large.csv").write_bytes(b"x" * 200)
    files, left_out = taken(submitted, "*.csv", "linked/passwd", mb=100e-6)
    assert set(files) == {"a.csv"}
    assert [line.split("'")[1] for line in left_out] == ["large.csv", "link.csv", "pipe.csv"]


def test_too_many_files_are_left_out(submitted: Path) -> None:
    for number in range(beside.MAX_FILES + 2):
        (submitted / f"{number:03}.txt").write_text("")
    files, left_out = taken(submitted, "*.txt")
    assert len(files) == beside.MAX_FILES
    assert len(left_out) == 3


def test_the_courses_file_comes_first_unless_students_edit_it(submitted: Path) -> None:
    (submitted.parent / "release" / "a.csv").write_text("course")
    assert taken(submitted, "*.csv") == ({}, [])
    assert taken(submitted, edited=("a.csv",)) == ({"a.csv": b"a"}, [])


def test_files_that_leave_a_session_no_room_are_the_courses_fault(tmp_path: Path) -> None:
    (tmp_path / "data.bin").write_bytes(bytes(2**20))
    assert set(beside.released(tmp_path, 4)) == {"data.bin"}
    with pytest.raises(GraderError, match=r"c\.Rectify\.file_mb"):
        beside.released(tmp_path, 1)


def test_each_session_has_a_fresh_copy(sandbox: Sandbox) -> None:
    sandbox.files = {"deep/data.txt": b"1", "helper.py": b"value = 2", "empty": b""}
    try:
        for _ in range(2):
            with sandbox.session("cells") as session:
                code = (
                    b"import helper, os\nprint(open('deep/data.txt').read(), helper.value,"
                    b" os.stat('empty').st_size)\nopen('deep/data.txt', 'w').write('changed')"
                )
                assert b"1 2 0" in session.ask({}, code, seconds=5).payload
        with sandbox.session("calls") as session:
            answer = b"import helper\nlines = open('deep/data.txt').read()\nclass Answer: pass"
            assert session.ask({"do": "load", "class": "Answer"}, answer, seconds=5).header["found"]
    finally:
        sandbox.files = {}
    with sandbox.session("cells") as session:
        assert b"[]" in session.ask({}, b"import os; print(os.listdir())", seconds=5).payload
