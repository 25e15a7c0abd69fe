"""The course checks itself: solutions pass, stubs and mistakes earn their due, nothing leaks."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from rectify.course import samples
from rectify.plugins.release import files_used
from rectify.result import Outcome, Result
from rectify.sandbox.process import Sandbox
from rectify.submission import cells, rebuild
from rectify.suites import runner

ROOT = Path(__file__).resolve().parents[2]
ASSIGNMENTS = ("relu", "leaky_relu", "thresholded_relu")
SAMPLES = samples.find(ROOT / "samples")


def notebook(folder: str, assignment: str) -> NotebookNode:
    return nbformat.read(ROOT / folder / assignment / f"{assignment}.ipynb", as_version=4)


def grade(sandbox: Sandbox, assignment: str, handed_in: NotebookNode) -> Result:
    """Grade a notebook as autograding does, without nbgrader around it."""
    released = notebook("release", assignment)
    rebuilt = rebuild.rebuild(handed_in, released, released)
    path = ROOT / "test_exercise" / "hidden" / f"test_{assignment}.py"
    return runner.grade(path, rebuild.answers(rebuilt), sandbox=sandbox, seed="test")


def solution_lines(assignment: str) -> set[str]:
    """The lines between the solution marks that say enough to give the answer away."""
    found = set()
    for cell in notebook("source", assignment).cells:
        for region in re.findall(r"### BEGIN SOLUTION(.*?)### END SOLUTION", cell.source, re.S):
            found |= {line.strip() for line in region.splitlines() if line.strip()}
    return found


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_solved_notebook_is_stored_clean(assignment: str) -> None:
    solved = notebook("source", assignment)
    nbformat.validate(solved)
    for cell in solved.cells:
        assert not cell.get("outputs"), cell.id
        assert cell.get("execution_count") is None, cell.id
        assert cell.metadata.keys() <= {"nbgrader", "tags"}, cell.id
    ids = [cell.metadata.nbgrader.grade_id for cell in solved.cells if "nbgrader" in cell.metadata]
    assert ids == [assignment, f"test_{assignment}"]
    assert [cells.tags(cell) for cell in solved.cells if cell.metadata.get("tags")] == [
        [assignment]
    ]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_solved_notebook_runs_from_top_to_bottom(assignment: str) -> None:
    solved = notebook("source", assignment)
    folder = ROOT / "source" / assignment
    NotebookClient(solved, timeout=600, resources={"metadata": {"path": folder}}).execute()
    said = "".join(o.get("text", "") for cell in solved.cells for o in cell.get("outputs", []))
    assert "4 passed" in said
    assert said.count("PASSED") >= 2 + 4
    assert "FAILED" not in said
    assert not [o for c in solved.cells for o in c.get("outputs", []) if o.get("name") == "stderr"]


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_solution_earns_everything_and_the_stub_nothing(
    sandbox: Sandbox, assignment: str
) -> None:
    solved = grade(sandbox, assignment, notebook("source", assignment))
    assert (solved.score, solved.max_score, solved.problem) == (10, 10, "")
    stub = grade(sandbox, assignment, notebook("release", assignment))
    assert stub.score == 0
    assert [group.outcome for group in stub.groups] == [Outcome.FAILED] * len(stub.groups)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: f"{s.assignment}-{s.name}-{s.points:g}")
def test_a_sample_earns_what_its_folder_names(sandbox: Sandbox, sample: samples.Sample) -> None:
    released = notebook("release", sample.assignment)
    handed_in = samples.notebook(released, sample.assignment, sample.source)
    result = grade(sandbox, sample.assignment, handed_in)
    failed = [group.name for group in result.groups if group.outcome is not Outcome.PASSED]
    assert result.score == sample.points, f"{failed}: {result.problem}"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_samples_are_complete(assignment: str) -> None:
    """A right answer, the stub, a syntax error, an endless loop, and four common mistakes."""
    points = {s.name: s.points for s in SAMPLES if s.assignment == assignment}
    assert points["right_answer"] == 10
    assert points["untouched_stub"] == points["syntax_error"] == points["endless_loop"] == 0
    broken = {"untouched_stub", "syntax_error", "endless_loop"}
    mistakes = {name for name, earned in points.items() if earned < 10} - broken
    assert len(mistakes) >= 4
    assert {"always_in_place", "flag_ignored"} <= mistakes


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_a_release_holds_what_one_student_needs_and_no_more(assignment: str) -> None:
    folder = ROOT / "release" / assignment
    files = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert files == {f"{assignment}.ipynb", *files_used(notebook("release", assignment))}
    assert f"test_exercise/test_{assignment}.py" in files
    assert any(name.startswith("assets/") for name in files)
    assert not any(path.is_symlink() for path in folder.rglob("*"))


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_figure_has_a_description(assignment: str) -> None:
    text = "\n".join(cell.source for cell in notebook("source", assignment).cells)
    shown = re.findall(r"!\[([^\]]*)\]\((assets/[^)\s]+)\)", text)
    assert {name for _, name in shown} == set(re.findall(r"assets/[\w.-]+\.\w+", text))
    assert all(len(description) > 20 for description, _ in shown)


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_no_solution_and_no_hidden_check_is_released(assignment: str) -> None:
    hidden = {
        line.strip()
        for path in (ROOT / "test_exercise" / "hidden").glob("test_*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if len(line.strip()) > 40
    }
    solutions = {line for line in solution_lines(assignment) if len(line) > 24}
    assert solutions
    assert hidden
    for path in (ROOT / "release" / assignment).rglob("*"):
        if path.suffix not in (".ipynb", ".py"):
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        if path.suffix == ".ipynb":
            cells = nbformat.reads(text, as_version=4).cells
            lines = [line for cell in cells for line in cell.source.splitlines()]
            assert "SOLUTION" not in text
            assert not any(cell.get("outputs") for cell in cells)
        leaked = [line for line in lines if any(s in line for s in solutions | hidden)]
        assert leaked == [], path
