"""Hidden suites from the command line: one notebook, and all that students never see."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rectify.sandbox.process import Sandbox
from rectify.submission.rebuild import Answer
from rectify.suites import runner

ROOT = Path(__file__).resolve().parents[2]

GROUP = '''

@group("Doubles", points=1, hint="Add your results to themselves.")
def test_twice(student: Student, rng: torch.Generator) -> None:
    """What an instructor writes in five lines."""
    x = numbers(rng, 4)
    assert torch.equal(student.new()(x).value + relu(x), 3 * relu(x))
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with solved notebooks and suites, and without pytest's settings."""
    folder = tmp_path_factory.mktemp("course")
    for name in ("source", "test_exercise"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignore)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


def notebook(path: Path, assignment: str, *changes: tuple[str, str]) -> Path:
    """Write the solved notebook of an assignment with changes to its code."""
    solved = ROOT / "source" / assignment / f"{assignment}.ipynb"
    text = solved.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path


def run(course: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run pytest in the course folder, as one would by hand."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *map(str, arguments)],
        cwd=course,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.long
def test_without_a_notebook_each_suite_is_run_against_its_solution() -> None:
    """In the course itself, with its settings: warnings are errors."""
    code, said = run(ROOT, "test_exercise/hidden", "-q")
    assert code == 0, said
    assert re.search(r"^(\d+) of \1 points$", said, re.MULTILINE)


def test_with_a_notebook_the_suites_of_other_exercises_are_left_out(
    course: Path, tmp_path: Path
) -> None:
    path = notebook(tmp_path / "mine.ipynb", "relu", ("clamp(min=0)", "clamp(min=-0.25)"))
    code, said = run(course, "test_exercise/hidden", "--notebook", path)
    assert code == 1
    assert " deselected" in said
    assert "of 10 points" in said
    assert "FAILED test_exercise/hidden/test_relu.py::test_values" in said


def test_a_check_that_fails_shows_inputs_and_values(course: Path, tmp_path: Path) -> None:
    path = notebook(tmp_path / "mine.ipynb", "relu", ("clamp(min=0)", "clamp(min=-0.25)"))
    suite_file = course / "test_exercise" / "hidden" / "test_relu.py"
    kept = suite_file.read_text(encoding="utf-8")
    suite_file.write_text(kept + GROUP, encoding="utf-8")
    try:
        code, said = run(course, suite_file, "-k", "twice", "--notebook", path)
    finally:
        suite_file.write_text(kept, encoding="utf-8")
    assert code == 1
    assert "0 of 1 points" in said
    (x,) = re.findall(r"^x +=.*tensor\((\[.*\])\)$", said, re.MULTILINE)
    assert len(json.loads(x)) == 4
    assert "-0.25" in said, "what the student's module returned"
    assert "where False = <built-in method equal" in said
    assert ">       assert torch.equal(" in said


@pytest.mark.long
def test_helpers_of_suites_show_what_they_compare(course: Path, tmp_path: Path) -> None:
    path = notebook(tmp_path / "mine.ipynb", "relu", ("clamp_(min=0)", "clamp(min=0)"))
    _, said = run(
        course, "test_exercise/hidden/test_relu.py", "-k", "every_kind", "--notebook", path
    )
    assert ">       assert out.is_input, " in said
    assert "where False = Output(value=tensor(" in said
    assert re.search(r"^expected +=.*tensor\(", said, re.MULTILINE)


def test_an_error_of_the_student_is_told_in_its_own_words(course: Path, tmp_path: Path) -> None:
    broken = ("return tinput.clamp(min=0)", "return tinput.clamp(min=tinput.shapes)")
    path = notebook(tmp_path / "mine.ipynb", "relu", broken)
    code, said = run(
        course, "test_exercise/hidden/test_relu.py", "-k", "integers", "--notebook", path
    )
    assert code == 1
    assert re.search(r"AttributeError was raised in forward, at line \d+ of your cell\.", said)
    assert "'Tensor' object has no attribute 'shapes'" in said
    assert re.search(r"^> +assert_values\(module\(x\)\.value, relu\(x\)\)$", said, re.MULTILINE)
    assert "rectify/suites/student.py" not in said, "our own frames help nobody"


@pytest.mark.long
def test_a_notebook_that_cannot_be_checked_is_named(course: Path, tmp_path: Path) -> None:
    code, said = run(course, "test_exercise/hidden", "--notebook", "nowhere.ipynb")
    assert code == 4
    assert "nowhere.ipynb was not handed in" in said
    damaged = tmp_path / "damaged.ipynb"
    damaged.write_text("{")
    code, said = run(course, "test_exercise/hidden", "--notebook", damaged)
    assert code == 4
    assert "is damaged: it is not JSON text" in said
    other = notebook(tmp_path / "other.ipynb", "leaky_relu")
    code, said = run(course, "test_exercise/hidden/test_relu.py", "--notebook", other)
    assert code == 4
    assert "has no code cell tagged relu (tags there: leaky_relu)." in said
    assert "Traceback" not in said


def test_student_code_runs_in_the_sandbox(course: Path, tmp_path: Path) -> None:
    written = tmp_path / "written"
    spy = ("import torch\\n", f"import torch\\nopen({str(written)!r}, 'w')\\n")
    path = notebook(tmp_path / "mine.ipynb", "relu", spy)
    arguments = ("test_exercise/hidden", "-k", "test_values", "--notebook", path)
    code, said = run(course, *arguments)
    assert code == 1
    assert not written.exists()
    code, said = run(course, *arguments, "--isolation", "none")
    assert code == 0, said
    assert written.exists()


def test_grading_does_not_read_the_conftest(course: Path, sandbox: Sandbox) -> None:
    conftest = course / "test_exercise" / "hidden" / "conftest.py"
    kept = conftest.read_text(encoding="utf-8")
    conftest.write_text("raise RuntimeError('it was read')", encoding="utf-8")
    try:
        source = (ROOT / "samples/relu/10/right_answer.py").read_text(encoding="utf-8")
        path = course / "test_exercise" / "hidden" / "test_relu.py"
        result = runner.grade(path, {"relu": Answer(source)}, sandbox=sandbox, seed="1")
    finally:
        conftest.write_text(kept, encoding="utf-8")
    assert result.score == 10


def test_the_hidden_folder_is_in_no_release() -> None:
    assert [path for path in (ROOT / "release").rglob("*") if path.name == "hidden"] == []
