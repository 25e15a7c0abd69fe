"""What the system does not let the grader read is named, and is never taken for missing."""

from __future__ import annotations

import errno
import glob
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rectify import reading
from rectify.faults import GraderError, StudentFault
from rectify.plugins.archives import BoundedExtractor
from rectify.reading import Closed
from rectify.submission import beside, submitted
from rectify.submission.beside import Wanted


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a/relu/relu.ipynb", "b[1]/relu/relu.ipynb", ".hidden/relu/x", "c/swish/x"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("")
    (tmp_path / "file").write_text("")
    (tmp_path / "round").symlink_to("round")
    return tmp_path


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Have the system fail at whatever lies in a place, as a bad disk does, for root too."""

    def break_it(place: Path) -> None:
        for name in ("stat", "lstat", "listdir", "scandir", "open"):
            true = getattr(os, name)

            def failing(path: Any = ".", *rest: Any, true: Any = true, **named: Any) -> Any:
                if not isinstance(path, int) and Path(os.path.abspath(path)).is_relative_to(place):
                    raise OSError(errno.EIO, "Input/output error", str(path))
                return true(path, *rest, **named)

            monkeypatch.setattr(os, name, failing)

    return break_it


@pytest.mark.parametrize(
    "pattern",
    ["*/relu", "*/*", "a/*", "b[[]1]/relu", "file/*", "missing/*", "*", ".h*/*", "c/swish"],
)
def test_a_search_finds_what_glob_finds(tree: Path, pattern: str) -> None:
    found, closed = reading.search(f"{glob.escape(str(tree))}/{pattern}")
    assert sorted(found) == sorted(glob.glob(f"{glob.escape(str(tree))}/{pattern}"))
    assert closed == []


def test_a_search_names_what_it_cannot_look_into(
    tree: Path, broken: Callable[[Path], None]
) -> None:
    broken(tree / "a")
    found, closed = reading.search(f"{tree}/*/relu")
    assert found == [f"{tree}/b[1]/relu"]
    assert [fault.path for fault in closed] == [tree / "a"]
    assert "cannot be read: Input/output error. It is not the student's doing" in str(closed[0])


def test_what_is_not_there_is_no_error(tree: Path) -> None:
    for name in ("missing", "file/below", "round"):
        assert not reading.is_file(tree / name)
        assert not reading.is_folder(tree / name)
        assert reading.inside(tree / name) == []


@pytest.mark.parametrize(
    "ask",
    [
        reading.is_file,
        reading.is_folder,
        reading.inside,
        reading.read,
        reading.notebooks,
        lambda place: list(reading.below(place.parent)),
        lambda place: beside.released(place.parent, 64),
        lambda place: Wanted(("a/*",), (), 1).take(place.parent, place.parent / "release"),
        lambda place: Wanted(("*",), (), 1).take(place, place.parent / "release"),
        lambda place: submitted.read(place / "relu" / "relu.ipynb", 10),
    ],
)
def test_what_cannot_be_read_is_the_graders_fault(
    tree: Path, broken: Callable[[Path], None], ask: Callable[[Path], object]
) -> None:
    """Neither a file that is missing, nor a zero for the student."""
    broken(tree / "a")
    with pytest.raises(Closed) as caught:
        ask(tree / "a")
    assert isinstance(caught.value, GraderError)
    assert not isinstance(caught.value, StudentFault)


def test_an_archive_that_cannot_be_read_is_named_and_a_full_disk_ends_collecting(
    tree: Path,
    tmp_path: Path,
    broken: Callable[[Path], None],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A full disk would leave the work of everybody who comes later out."""
    extractor = BoundedExtractor()

    def full(self: BoundedExtractor, path: Path, target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(extractor.log, "propagate", True)
    broken(tree / "a")
    extractor.extract(str(tree), str(tmp_path / "out"))
    assert f"{tree}/a is left out: Input/output error" in caplog.text
    monkeypatch.setattr(BoundedExtractor, "_take", full)
    with pytest.raises(OSError, match="No space left"):
        extractor.extract(str(tree), str(tmp_path / "out"))
