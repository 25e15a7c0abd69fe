"""Each setting is obeyed, wherever it is used: it is changed, and the effect is seen."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from attacks import kit
from rectify import cli as command
from rectify import settings
from rectify.batch.app import Batch, BatchApp, BatchExporter
from rectify.faults import GraderError
from rectify.notebook import execution
from rectify.notebook.task import Task
from rectify.plugins.preprocessors import Grade, course_secret
from rectify.sandbox.process import Sandbox
from rectify.settings import Course, Rectify
from rectify.submission.rebuild import Answer
from rectify.suites import runner
from tests.fast_course import make_course

ROOT = Path(__file__).resolve().parent.parent

LIMITS: dict[str, Any] = {
    "cell_seconds": 1.5,
    "notebook_seconds": 2.0,
    "call_seconds": 1.0,
    "suite_seconds": 1.5,
    "memory_mb": 256,
    "processes": 20,
    "file_mb": 2,
    "output_chars": 50,
    "notebook_mb": 0.25,
}
"""Smaller than the defaults, by far: what a submission meets shows which one holds."""

OTHERS: dict[str, Any] = {
    "isolation": "none",
    "hidden_directory": "private/suites",
    "secret_file": "private/secret",
    "demonstrations": True,
    "submitted_files": ["*.csv"],
}

FOLDERS = {
    "directory_structure": "{assignment_id}/{nbgrader_step}/{student_id}",
    "source_directory": "solved",
    "release_directory": "given",
    "submitted_directory": "taken",
    "autograded_directory": "graded",
    "feedback_directory": "returned",
    "db_url": "sqlite:///{course}/private/grades.db",
    "root": "{course}",
}

NOT_OURS = {
    "source_with_tests_directory": "nbgrader writes and reads it",
    "solution_directory": "nbgrader writes it",
}
"""Folders of which nothing here knows, and why."""


def configured(course: Path, **values: Any) -> Path:
    """Add settings of the grading and of the course folder to a course."""
    path = course / "nbgrader_config.py"
    text = path.read_text(encoding="utf-8")
    for name, value in values.items():
        of = "Rectify" if name in Rectify.class_traits(config=True) else "CourseDirectory"
        text += f"c.{of}.{name} = {value!r}\n"
    path.write_text(text, encoding="utf-8")
    return course


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A course with the sources, the suites and the settings of this one."""
    folder = tmp_path / "course"
    for name in ("source", "test_exercise", "assets", "release"):
        ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, folder / name, symlinks=True, ignore=ignore)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    return folder


def test_every_setting_is_tried_here() -> None:
    """Whoever adds a setting adds what it does: to a table of this file, and to a test below."""
    assert set(Rectify.class_traits(config=True)) == {*LIMITS, *OTHERS}
    places = {
        name
        for name in CourseDirectory.class_traits(config=True)
        if name.endswith("_directory") or name in ("directory_structure", "db_url", "root")
    }
    assert places == {*FOLDERS, *NOT_OURS}
    defaults = Rectify()
    assert all(getattr(defaults, n) != v for n, v in {**LIMITS, **OTHERS}.items())


# --- Where settings arrive ---


class Opened(GraderError):
    """A command has asked for a sandbox."""


def sandbox_of(course: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[Any, ...]:
    """Return with which settings a command of `make` opens its sandbox."""
    seen: list[tuple[Any, ...]] = []

    def opened(*settings: Any) -> None:
        seen.append(settings)
        raise Opened("Seen.")

    monkeypatch.setattr("rectify.sandbox.process.Sandbox", opened)
    monkeypatch.chdir(course)
    assert command.main(["--course", str(course), *arguments]) == 2
    return seen[0]


@pytest.mark.parametrize("name", [*LIMITS, "isolation"])
def test_check_and_mutants_obey_limits_and_isolation(
    course: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    value = {**LIMITS, **OTHERS}[name]
    configured(course, **{name: value})
    expected = settings.load(course)
    assert name == "isolation" or getattr(expected.limits, name) == value
    assert name != "isolation" or expected.isolation == value
    for arguments in (("check", "--quick"), ("mutants",)):
        opened = sandbox_of(course, monkeypatch, *arguments)
        assert opened == (expected.isolation, expected.limits)


def task_of(course: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    """Return the task that autograding makes of the released notebook."""
    monkeypatch.chdir(course)
    app = BatchApp()
    app.initialize(["relu"])
    app.coursedir.assignment_id = "relu"
    converter = Batch(coursedir=app.coursedir, parent=app)
    converter.assignments = {}
    exporter = BatchExporter(parent=converter, config=converter.config)
    names = {"student": "somebody", "assignment": "relu", "notebook": "relu"}
    # Nothing has been released here, so the gradebook is empty.
    monkeypatch.setattr(exporter, "complete", lambda released, _: released.read_bytes())
    return Grade(parent=exporter).task("{}", names)


def test_autograding_obeys_limits_isolation_and_demonstrations(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = task_of(course, monkeypatch)
    task = task_of(configured(course, **LIMITS, isolation="none", demonstrations=True), monkeypatch)
    assert dataclasses.asdict(task.limits) == LIMITS
    assert (usual.isolation, task.isolation) == ("bubblewrap", "none")
    assert (usual.demonstrations, task.demonstrations) == (False, True)


def test_autograding_takes_the_files_that_are_asked_for(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = course / "submitted" / "somebody" / "relu"
    folder.mkdir(parents=True)
    (folder / "own.csv").write_text("1")
    assert task_of(course, monkeypatch).handed_in == {}
    configured(course, submitted_files=OTHERS["submitted_files"])
    assert task_of(course, monkeypatch).handed_in == {"own.csv": b"1"}


def test_autograding_obeys_where_suites_and_secret_lie(
    course: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = task_of(course, monkeypatch)
    (course / "private").mkdir()
    (course / "test_exercise" / "hidden").rename(course / "private" / "suites")
    configured(course, **OTHERS)
    (course / "private" / "secret").write_text("another\n")
    task = task_of(course, monkeypatch)
    assert task.suites == usual.suites != {}
    assert task.seed != usual.seed
    assert course_secret(settings.load(course).secret) == "another"


def pytest_hidden(course: Path, *arguments: str | Path) -> str:
    """Run the hidden suites of a course from the command line, and return what is said."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))}
    hidden = settings.load(course).hidden
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", hidden, *arguments],
        cwd=course.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_the_command_line_of_the_suites_obeys_limits_isolation_and_folders(
    course: Path, tmp_path: Path
) -> None:
    (course / "private").mkdir()
    (course / "test_exercise" / "hidden").rename(course / "private" / "suites")
    (course / "source").rename(course / "solved")
    (course / "private" / "secret").touch()
    configured(course, **OTHERS, source_directory="solved", call_seconds=0.5, notebook_mb=0.25)
    written = tmp_path / "written"
    answer = kit.RIGHT.replace(
        "def forward(self, tinput):",
        "def forward(self, tinput):\n"
        f"        open({str(written)!r}, 'w')\n"
        "        import time; time.sleep(2)",
    )
    solved = nbformat.read(course / "solved" / "relu" / "relu.ipynb", as_version=4)
    path = tmp_path / "mine.ipynb"
    nbformat.write(kit.answered(solved, "relu", answer), path)
    said = pytest_hidden(course, "-k", "test_special_values", "--notebook", path)
    assert "did not finish within 0.5 s" in said
    assert written.exists(), "isolation is none"
    path.write_text(path.read_text() + " " * 300_000)
    said = pytest_hidden(course, "-k", "test_special_values", "--notebook", path)
    assert "0.25 MB" in said


# --- What a limit does ---


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox as a course opens it that sets all limits."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    of = settings.load(configured(folder, **LIMITS))
    with Sandbox(of.isolation, of.limits) as sandbox:
        yield sandbox


def cells(sandbox: Sandbox, *sources: str) -> str:
    """Run cells, and return all that they put out."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    execution.run(notebook, sandbox, skip=set())
    return str([cell.outputs for cell in notebook.cells])


def answer(sandbox: Sandbox, line: str) -> str:
    """Grade an answer that does something in each call, and return all that is said of it."""
    source = kit.RIGHT.replace(
        "def forward(self, tinput):", f"def forward(self, tinput):\n        {line}"
    )
    path = ROOT / "test_exercise" / "hidden" / "test_relu.py"
    result = runner.grade(path, {"relu": Answer(source)}, sandbox=sandbox, seed="1")
    return f"{result.problem} {[group.reason for group in result.groups]}"


THREADS = """
import threading, time
for _ in range(100):
    threading.Thread(target=time.sleep, args=(1,)).start()
"""
EFFECTS: dict[str, tuple[Callable[[Sandbox], str], str]] = {
    "cell_seconds": (lambda s: cells(s, "while True: pass"), "1.5 s"),
    "notebook_seconds": (lambda s: cells(s, *["import time; time.sleep(1.2)"] * 3), "2 s"),
    "call_seconds": (lambda s: answer(s, "while True: pass"), "within 1 s"),
    "suite_seconds": (lambda s: answer(s, "import time; time.sleep(0.5)"), "may take 1.5 s"),
    "memory_mb": (lambda s: cells(s, "x = bytearray(10**9)"), "MemoryError"),
    "processes": (lambda s: cells(s, THREADS), "can't start new thread"),
    "file_mb": (lambda s: cells(s, "open('/tmp/x', 'wb').write(bytes(3 * 10**6))"), "2 MB"),
    "output_chars": (lambda s: cells(s, "print('x' * 60)"), "50"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in LIMITS if name != "notebook_mb"])
def test_a_submission_meets_each_limit(narrow: Sandbox, name: str) -> None:
    """`notebook_mb` is about reading: the command line meets it above."""
    attempt, said = EFFECTS[name]
    assert said in attempt(narrow)


# --- Folders ---


@pytest.mark.parametrize("name", [*FOLDERS])
def test_a_folder_is_where_nbgrader_has_it(course: Path, tmp_path: Path, name: str) -> None:
    other = tmp_path / "elsewhere"
    value = FOLDERS[name].replace("{course}", str(other))
    of = settings.load(configured(course, **{name: value}))
    own = CourseDirectory(**{"root": str(course), name: value})
    assert of.db_url == own.db_url
    for step, place in (
        (of.source, own.source_directory),
        (of.release, own.release_directory),
        (of.submitted, own.submitted_directory),
        (of.autograded, own.autograded_directory),
        (of.feedback, own.feedback_directory),
    ):
        assert of.folder(step, "relu", "ada") == Path(own.format_path(place, "ada", "relu"))
    folder = of.folder(of.submitted, "relu", "a[d]a")
    folder.mkdir(parents=True)
    assert of.folders(of.submitted, "*") == [(folder, "a[d]a", "relu")]


def test_the_settings_of_the_folder_in_which_a_command_starts_are_read(
    course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    search = list(sys.path)
    of = settings.load(configured(course, call_seconds=1.25))
    assert (of.start, of.root, of.limits.call_seconds) == (course, course, 1.25)
    assert (Path.cwd(), sys.path) == (tmp_path, search)


def test_the_course_of_a_file_is_the_nearest_above_it(course: Path, tmp_path: Path) -> None:
    assert settings.find(course / "a" / "b" / "conftest.py", tmp_path).root == course
    assert settings.find(tmp_path / "elsewhere" / "conftest.py", course).root == course


@pytest.mark.long
def test_a_course_that_keeps_everything_elsewhere_is_checked_and_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every folder, the gradebook, the hidden suites and the secret: nothing is where it was."""
    course = make_course(tmp_path / "course")
    for assignment in ("relu", "leaky_relu", "thresholded_relu"):
        old = course / "source" / assignment
        if assignment != "relu":
            shutil.rmtree(old)
            continue
        new = course / assignment / "solved"
        new.parent.mkdir()
        old.rename(new)
    (course / "source").rmdir()
    (course / "private").mkdir()
    (course / "test_exercise" / "hidden").rename(course / "private" / "suites")
    places = {
        name: value.replace("{course}", str(course))
        for name, value in FOLDERS.items()
        if name != "root"
    }
    configured(
        course,
        **places,
        hidden_directory=OTHERS["hidden_directory"],
        secret_file=OTHERS["secret_file"],
    )
    shutil.copytree(ROOT / "samples" / "relu" / "10", course / "samples" / "relu" / "10")
    (course / "docs").mkdir()
    monkeypatch.chdir(tmp_path)
    arguments = ["--course", str(course)]

    assert command.main([*arguments, "grade"]) == 0
    said = capfd.readouterr().out
    assert "see <assignment>/taken/<student>/." in said
    assert "Feedback pages: <assignment>/returned/<student>/." in said
    assert "older checks" not in said
    assert "10 / 12" in said
    of = settings.load(course)
    students = {"sample-right-answer", "sample-another-way"}
    for step in (of.submitted, of.autograded, of.feedback):
        assert {student for _, student, _ in of.folders(step, "*")} == students
    with Gradebook(f"sqlite:///{course}/private/grades.db") as gradebook:
        assert {s.score for s in gradebook.assignment_submissions("relu")} == {10}
    assert (course / "private" / "secret").is_file()

    command.main([*arguments, "check", "--quick"])
    said = capfd.readouterr().out
    assert "Releases" not in said
    assert "is missing" not in said

    assert command.main([*arguments, "new", "swish"]) == 0
    made = [
        *("swish/solved/swish.ipynb", "swish/given/swish.ipynb"),
        *("private/suites/test_swish.py", "test_exercise/test_swish.py"),
    ]
    assert [name for name in made if not (course / name).is_file()] == []
    assert (course / "swish" / "solved" / "assets").resolve() == course / "assets"
    usual = ("source", "release", "submitted", "autograded", "feedback", "gradebook.db")
    hidden = course / "test_exercise" / "hidden"
    assert [p for p in (*(course / n for n in usual), hidden) if p.exists()] == []
    assert not (course / ".course_secret").exists()


def test_a_course_is_a_record_that_nothing_changes(course: Path) -> None:
    of: Course = settings.load(course)
    with pytest.raises(dataclasses.FrozenInstanceError):
        of.hidden = course  # type: ignore[misc]
