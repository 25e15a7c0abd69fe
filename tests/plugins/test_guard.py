"""What guards nbgrader against the files of submissions, for any kind of autograde converter."""

from __future__ import annotations

from pathlib import Path

import pytest
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from rectify.plugins import guard
from rectify.submission.beside import Wanted


class Records:
    """A gradebook that has every grade."""

    def hold(self, assignment: str, student: str, graded: Path) -> bool:
        """Say so."""
        return True


class Loud(Autograde):
    """A converter with methods of its own."""

    def convert_notebooks(self) -> None:
        """Grade nothing."""
        self.converted = True


@pytest.fixture
def course(tmp_path: Path) -> Path:
    for step, student in (("release", "."), ("submitted", "ann"), ("submitted", "bob")):
        folder = tmp_path / step / student / "one"
        folder.mkdir(parents=True)
        (folder / "one.ipynb").write_text("{}")
    return tmp_path


def guarded(course: Path, kind: type[Autograde] = Autograde) -> Autograde:
    directory = CourseDirectory(root=str(course), assignment_id="one")
    converter = kind(coursedir=directory)
    converter.init_notebooks()
    guard.guard(converter, lambda assignment: Wanted((), (), 1), Records())
    return converter


def test_a_converter_stays_what_it_was(course: Path) -> None:
    converter = guarded(course, Loud)
    assert isinstance(converter, (Loud, guard.Guarded))
    assert type(converter).__name__ == "Loud"
    converter.convert_notebooks()
    assert converter.converted
    assert Autograde.init_assignment is not guard.Guarded.init_assignment
    assert type(Loud(coursedir=converter.coursedir)) is Loud, "others are left alone"


def test_a_folder_that_is_refused_is_named_when_all_others_are_graded(
    course: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (course / "submitted" / "b*b").mkdir()
    (course / "submitted" / "bob" / "one").rename(course / "submitted" / "b*b" / "one")
    converter = guarded(course, Loud)
    assert [Path(folder).parent.name for folder in converter.assignments] == ["ann"]
    with pytest.raises(NbGraderException, match="1 submitted folders were not graded"):
        converter.convert_notebooks()
    assert converter.converted


def test_only_what_is_kept_is_copied(course: Path) -> None:
    folder = course / "submitted" / "ann" / "one"
    (folder / "timestamp.txt").write_text("2026-01-05 00:00:00 UTC")
    (folder / "diary.txt").write_text("private")
    (folder / "link").symlink_to("/etc/passwd")
    converter = guarded(course)
    copied = []

    def copy_all(self: Autograde, assignment_id: str, student_id: str) -> None:
        copied.append(list(self.coursedir.ignore))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Autograde, "init_assignment", copy_all)
        converter.init_assignment("one", "ann")
    assert str(folder) in [str(Path(pattern)) for pattern in copied[0]]
    assert str(folder) not in converter.coursedir.ignore
    graded = course / "autograded" / "ann" / "one"
    assert [path.name for path in graded.iterdir()] == ["timestamp.txt"]


def test_a_grade_that_was_interrupted_makes_room_for_another(course: Path) -> None:
    graded = course / "autograded" / "ann" / "one"
    graded.mkdir(parents=True)
    converter = guarded(course)
    converter.notebooks = [str(course / "submitted" / "ann" / "one" / "one.ipynb")]
    converter.force = False
    assert converter.init_destination("one", "ann")
    assert not graded.exists()
