"""An ordinary nbgrader course, without hidden suites: nothing that its users know is lost.

The assignment has hidden tests in cells, a cell of nothing but hidden tests, autotests plain and
hashed, a task with a mark scheme, data and a helper beside the notebook, and an old format.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.tests import apps

from tests.system.test_nbgrader import ROOT, run

SOLVED = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
RIGHT = "def double(x):\n    return 2 * x"
SPECIAL = "def double(x):\n    return {1: 2, 0: 0}.get(x, 0)"
"""An answer that is right where the visible tests look, and nowhere else."""

LEAK = "def double(x):\n    print('given', x)\n    return {1: 2, 0: 0}.get(x, 0)"

HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


def cell(source: str, name: str, **marks: Any) -> nbformat.NotebookNode:
    kind = new_markdown_cell if marks.pop("text", False) else new_code_cell
    made = kind(source)
    flags = {"grade": False, "solution": False, "locked": False, "task": False, **marks}
    made.metadata["nbgrader"] = {"schema_version": 3, "grade_id": name, **flags}
    return made


def test_cell(source: str, name: str) -> nbformat.NotebookNode:
    return cell(source, name, grade=True, locked=True, points=1)


test_cell.__test__ = False  # type: ignore[attr-defined]


def notebook() -> nbformat.NotebookNode:
    """The solved notebook, in the format of a Jupyter that knew no cell ids."""
    cells = [
        new_code_cell("import helper\nlines = open('data.csv').read().split()"),
        cell(SOLVED, "double", solution=True),
        test_cell("assert double(1) == 2\n" + HIDDEN.format("assert double(21) == 42"), "part"),
        test_cell(HIDDEN.format("assert double(31) == 62"), "whole"),
        test_cell("### AUTOTEST double(4)", "auto"),
        test_cell("### HASHED AUTOTEST double(5)", "hashed"),
        test_cell("assert helper.count(lines) == 3", "files"),
        cell(
            "Explain.\n\n### BEGIN MARK SCHEME\nTwo reasons.\n### END MARK SCHEME",
            *("task",),
            task=True,
            locked=True,
            points=2,
            text=True,
        ),
    ]
    made = new_notebook(cells=cells)
    made.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    for one in made.cells:
        one.pop("id")
    made.nbformat_minor = 4
    return made


def hand_in(course: Path, student: str, answer: str, **beside: str) -> Path:
    folder = course / "submitted" / student / "ordinary"
    shutil.copytree(course / "release" / "ordinary", folder)
    path = folder / "ordinary.ipynb"
    handed_in = nbformat.read(path, as_version=4)
    for one in handed_in.cells:
        if one.metadata.get("nbgrader", {}).get("grade_id") == "double":
            one.source = answer
    nbformat.write(handed_in, path)
    for name, text in beside.items():
        (folder / name.replace("_", ".")).write_text(text)
    return path


def scores(course: Path, student: str) -> dict[str, float]:
    """The points of each automatically graded cell."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        found = gradebook.find_submission_notebook("ordinary", "ordinary", student)
        return {grade.name: grade.score for grade in found.grades if grade.cell_type == "code"}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course, released, with what students have handed in graded and shown to them."""
    folder = tmp_path_factory.mktemp("ordinary")
    source = folder / "source" / "ordinary"
    source.mkdir(parents=True)
    text = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(
        text + "c.Rectify.submitted_files = ['*.txt', '*.py']\n"
    )
    nbformat.write(notebook(), source / "ordinary.ipynb")
    (source / "data.csv").write_text("one two three\n")
    (source / "helper.py").write_text("count = len\n")
    shutil.copy(Path(apps.__file__).parent / "files" / "autotests.yml", source)
    run(folder, "nbgrader", "generate_assignment", "ordinary")
    hand_in(folder, "right", RIGHT)
    hand_in(folder, "special_cases", SPECIAL)
    hand_in(folder, "prints_inputs", LEAK)
    hand_in(folder, "untouched", "def double(x):\n    raise NotImplementedError")
    # Another helper and other data than the course's, and a text that the course asks for.
    hand_in(
        folder,
        "own_files",
        f"{RIGHT}\nprint(open('essay.txt').read())",
        helper_py="count = 3",
        data_csv="one",
        essay_txt="my essay",
        numpy_py="raise SystemExit",
    )
    run(folder, "nbgrader", "autograde", "ordinary")
    run(folder, "nbgrader", "generate_feedback", "ordinary")
    return folder


ALL = {"part": 1.0, "whole": 1.0, "auto": 1.0, "hashed": 1.0, "files": 1.0}


def test_the_release_holds_no_hidden_test_and_no_directive(course: Path) -> None:
    released = (course / "release/ordinary/ordinary.ipynb").read_text()
    for secret in ("HIDDEN TESTS", "double(21)", "double(31)", "AUTOTEST", "Two reasons"):
        assert secret not in released


def test_a_right_answer_passes_all_tests(course: Path) -> None:
    assert scores(course, "right") == ALL


def test_a_wrong_answer_fails_the_hidden_tests_and_the_autotests(course: Path) -> None:
    nothing = dict.fromkeys(ALL, 0.0)
    assert scores(course, "special_cases") == {**nothing, "files": 1.0}
    assert scores(course, "untouched") == {**nothing, "files": 1.0}


def test_graders_see_hidden_tests_and_mark_schemes(course: Path) -> None:
    graded = (course / "autograded/right/ordinary/ordinary.ipynb").read_text()
    assert "double(21) == 42" in graded
    assert "Two reasons" in graded


@pytest.mark.parametrize("student", ["right", "special_cases", "prints_inputs"])
def test_students_see_neither_hidden_tests_nor_what_they_show(course: Path, student: str) -> None:
    page = (course / "feedback" / student / "ordinary/ordinary.html").read_text()
    for secret in ("21", "31", "Two reasons", "HIDDEN TESTS"):
        assert f"double({secret})" not in page
        assert f"given {secret}" not in page
        assert secret.isdigit() or secret not in page


def test_a_setting_shows_hidden_tests_as_nbgrader_does(course: Path) -> None:
    run(
        course,
        "nbgrader",
        "generate_feedback",
        "ordinary",
        "--student=special_cases",
        "--force",
        "--ConcealHidden.enabled=False",
    )
    page = course / "feedback/special_cases/ordinary/ordinary.html"
    assert "BEGIN HIDDEN TESTS" in page.read_text()


def test_the_courses_files_are_there_and_not_the_students(course: Path) -> None:
    assert scores(course, "own_files") == ALL


def test_files_that_the_course_asks_for_are_there_unless_python_would_import_them(
    course: Path,
) -> None:
    graded = course / "autograded/own_files/ordinary"
    assert "my essay" in (graded / "ordinary.ipynb").read_text()
    assert (graded / "essay.txt").read_text() == "my essay"
    assert (graded / "helper.py").read_text() == "count = len\n"
    assert not (graded / "numpy.py").exists()
    notes = nbformat.read(graded / "ordinary.ipynb", as_version=4).metadata["rectify"]["flags"]
    assert any("'numpy.py' is code that Python imports" in note for note in notes)


def test_what_is_written_is_valid_whatever_format_came_in(course: Path) -> None:
    assert nbformat.read(course / "release/ordinary/ordinary.ipynb", 4).nbformat_minor == 4
    for path in course.glob("autograded/*/*/*.ipynb"):
        nbformat.validate(nbformat.read(path, as_version=4))


def test_another_file_beside_the_notebook_is_graded_again(course: Path) -> None:
    essay = course / "submitted/own_files/ordinary/essay.txt"
    essay.write_text("another essay")
    run(course, "nbgrader", "autograde", "ordinary")
    assert (course / "autograded/own_files/ordinary/essay.txt").read_text() == "another essay"


@pytest.mark.long
def test_a_new_release_flags_nobody_who_has_the_old_one(course: Path) -> None:
    """Whoever had the notebook before has another text in a cell that is locked."""
    path = hand_in(course, "edits_a_test", RIGHT)
    edited = nbformat.read(path, as_version=4)
    find(edited, "hashed").source = "assert True"
    nbformat.write(edited, path)
    hand_in(course, "as_handed_out", RIGHT)
    source = course / "source/ordinary/ordinary.ipynb"
    source.write_text(
        source.read_text().replace("HASHED AUTOTEST double(5)", "HASHED AUTOTEST double(6)")
    )
    run(course, "nbgrader", "generate_assignment", "ordinary", "--force")
    said = run(course, "nbgrader", "autograde", "ordinary")
    assert scores(course, "as_handed_out") == scores(course, "edits_a_test") == ALL
    assert to_look_at(course, "as_handed_out") == set()
    assert to_look_at(course, "edits_a_test") == ALL.keys()
    (warned,) = (line for line in said.splitlines() if "another release" in line)
    assert "ordinary of as_handed_out: the notebook ordinary" in warned
    assert "(hashed)" in warned
    graded = course / "autograded/as_handed_out/ordinary/ordinary.ipynb"
    notebook = nbformat.read(graded, as_version=4)
    for name in ("hashed", "auto"):
        shown = str(find(notebook, name).outputs)
        assert ("as another release had it" in shown) is (name == "hashed")


def find(notebook: nbformat.NotebookNode, name: str) -> nbformat.NotebookNode:
    """Return the cell with a grade_id."""
    marks = ((one, one.metadata.get("nbgrader", {})) for one in notebook.cells)
    return next(one for one, mark in marks if mark.get("grade_id") == name)


def to_look_at(course: Path, student: str) -> set[str]:
    """The automatically graded cells that formgrader asks a human to look at."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        found = gradebook.find_submission_notebook("ordinary", "ordinary", student)
        code = [grade for grade in found.grades if grade.cell_type == "code"]
        return {grade.name for grade in code if grade.needs_manual_grade}
