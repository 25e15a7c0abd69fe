"""`make new`: a skeleton that works at once, and lists what is left to write."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from rectify import settings
from rectify.cli import main
from rectify.course import check, lesson, skeleton
from rectify.course.finding import Finding
from rectify.sandbox.process import Sandbox

ROOT = Path(__file__).resolve().parents[2]
MADE = [
    "mutants/swish/right/expected.py",
    "mutants/swish/wrong/always_in_place.py",
    "mutants/swish/wrong/flag_ignored.py",
    "mutants/swish/wrong/stub.py",
    "samples/swish/10/right_answer.py",
    "source/swish/swish.ipynb",
    "test_exercise/hidden/test_swish.py",
    "test_exercise/test_swish.py",
]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course with a new exercise, and no other samples and mutants."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("source", "test_exercise", "assets", "release"):
        ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignore)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    before = set(folder.rglob("*"))
    assert main(["--course", str(folder), "new", "swish"]) == 0
    made = {path.relative_to(folder) for path in set(folder.rglob("*")) - before}
    files = sorted(str(path) for path in made if path.suffix and path.parts[0] != "release")
    assert files == MADE
    assert Path("release/swish/swish.ipynb") in made
    return folder


@pytest.fixture(scope="module")
def findings(course: Path) -> Iterator[dict[str, list[Finding]]]:
    """What make check says of it, by the titles of the checks."""
    of = settings.load(course)
    with Sandbox() as sandbox:
        yield {title: found for title, found in check.run(of, sandbox, quick=False) if found}


def test_a_skeleton_passes_every_check_but_for_its_to_dos(
    findings: dict[str, list[Finding]],
) -> None:
    assert [title for title, found in findings.items() if found] == ["To do"]


def test_each_to_do_is_named_with_its_place(
    course: Path, findings: dict[str, list[Finding]]
) -> None:
    marks = {
        name: len(re.findall(r"\bTo do: ", (course / name).read_text(encoding="utf-8")))
        for name in MADE
    }
    found = findings["To do"]
    assert {name: sum(f.file.split(":")[0] == name for f in found) for name in MADE} == marks
    assert sum(marks.values()) >= 15
    assert all(f.cell for f in found if f.file.endswith(".ipynb"))
    assert all(f.mend[0].isupper() and f.mend.endswith(".") for f in found)
    formula = Finding(
        "source/swish/swish.ipynb",
        "Something is left to do.",
        "Write the formula, in place.",
        "exercise",
    )
    assert formula in found


def test_students_do_not_see_the_to_dos_of_the_solution(course: Path) -> None:
    released = (course / "release" / "swish" / "swish.ipynb").read_text(encoding="utf-8")
    assert "raise NotImplementedError()" in released
    assert "To do: write the formula, in place" not in released


@pytest.mark.long
def test_a_skeleton_is_released_and_graded_end_to_end(course: Path) -> None:
    assert main(["--course", str(course), "grade"]) == 0
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        (submission,) = gradebook.assignment_submissions("swish")
        assert submission.student.id == "sample-right-answer"
        assert (submission.score, submission.max_score) == (10, 10)
    page = course / "feedback" / "sample-right-answer" / "swish" / "swish.html"
    assert "Floating-point types" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("relu", "The name relu is taken: there is source/relu. Choose another one."),
        ("my relu", "'my relu' cannot be the name of an exercise. Use small letters"),
        ("Swish", "cannot be the name"),
        ("2relu", "cannot be the name"),
        ("../swish", "cannot be the name"),
        ("lambda", "cannot be the name"),
        ("", "cannot be the name"),
    ],
)
def test_a_name_that_will_not_do_is_refused(
    name: str, reason: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source" / "relu").mkdir(parents=True)
    (tmp_path / "source" / "relu" / "relu.ipynb").write_text("{}")
    before = set(tmp_path.rglob("*"))
    assert main(["--course", str(tmp_path), "new", name]) == 1
    assert reason in capfd.readouterr().out
    assert set(tmp_path.rglob("*")) == before


def test_a_name_is_taken_wherever_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "mutants" / "swish").mkdir(parents=True)
    with pytest.raises(skeleton.Refused, match="there is mutants/swish"):
        skeleton.make(settings.load(tmp_path), "swish")


def test_the_class_is_named_after_the_exercise() -> None:
    assert skeleton.class_name("hard_swish") == "MyHardSwish"


def test_the_notebook_is_stored_as_jupyter_stores_it(course: Path) -> None:
    (of,) = [of for of in lesson.find(settings.load(course))[0] if of.assignment == "swish"]
    assert list(lesson.stored_clean(of)) == []
    for name in ("assets", "test_exercise"):
        link = of.path.parent / name
        assert link.is_symlink()
        assert link.resolve() == course / name
