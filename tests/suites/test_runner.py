"""How a hidden suite is run: groups, points, reasons, and whose fault it is."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pytest

from rectify.faults import GraderError
from rectify.result import Result
from rectify.sandbox.process import Sandbox
from rectify.submission.rebuild import Answer
from rectify.suites import runner
from rectify.suites.student import Allowance, Student, TooSlow

SUITE = """
import torch
from torch.testing import assert_close
from rectify.suites.student import Allowance, Student, TooSlow
from rectify.suites.exercise import Exercise, group

EXERCISE = Exercise(tag="double", class_name="Double")

@group("Values", points=2, hint="Look at the formula.")
def test_values(student, rng):
    x = torch.randn(3, generator=rng)
    assert_close(student.new()(x).value, 2 * x)

@group("In place", points=1.5, hint="Look at the branch.")
def test_in_place(student):
    assert student.new(inplace=True)(torch.ones(3)).is_input
"""

RIGHT = """
from torch import nn
class Double(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace
    def forward(self, x):
        return x.mul_(2) if self.inplace else x * 2
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "test_double.py"
    path.write_text(SUITE)
    return path


def grade(sandbox: Sandbox, path: Path, source: str, seed: str = "1") -> Result:
    return runner.grade(path, {"double": Answer(source)}, sandbox=sandbox, seed=seed)


def outcomes(result: Result) -> list[str]:
    return [group.outcome.value for group in result.groups]


def test_a_right_answer_passes_every_group(sandbox: Sandbox, path: Path) -> None:
    result = grade(sandbox, path, RIGHT)
    assert outcomes(result) == ["passed", "passed"]
    assert (result.score, result.max_score, result.problem) == (3.5, 3.5, "")
    assert (result.suite, result.isolation) == ("test_double", "bubblewrap")
    assert [group.title for group in result.groups] == ["Values", "In place"]


def test_a_wrong_answer_fails_the_group_that_it_gets_wrong(sandbox: Sandbox, path: Path) -> None:
    result = grade(sandbox, path, RIGHT.replace("x * 2", "x * 3"))
    assert outcomes(result) == ["failed", "passed"]
    assert result.score == 1.5
    assert result.groups[0].reason == "", "nothing of an assertion reaches the student"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("class Doubles: pass", r"defines no class Double\. Give the class the name"),
        ("Double = 3", r"defines no class Double\."),
        ("def f(:\n  pass", r"does not run: SyntaxError: .* at line 1 of the cell\. Run the cell"),
        ("import nowhere", r"ModuleNotFoundError: No module named 'nowhere' at line 1"),
        ("x = 1\ny = helper(2)", r"name 'helper' is not defined at line 2.*run alone"),
        ("%time x = 1", r"defines no class Double"),
        ("while True: pass", r"did not finish within 3 s"),
        (RIGHT.replace("super().__init__()", "input()\n        while True: pass"), "EOFError"),
        (RIGHT.replace("super().__init__()", "while True: pass"), r"did not finish within 2 s"),
        ("import sys; sys.exit()", r"does not run: SystemExit"),
        ("import os; os._exit(0)", r"ended by itself with exit code 0"),
    ],
)
def test_an_answer_that_cannot_run_earns_nothing_and_says_why(
    sandbox: Sandbox, path: Path, source: str, problem: str
) -> None:
    result = grade(sandbox, path, source)
    assert result.score == 0
    assert re.search(problem, result.problem), result.problem


def test_an_answer_that_stalls_in_one_mode_keeps_the_points_of_the_other(
    sandbox: Sandbox, path: Path
) -> None:
    source = RIGHT.replace(
        "self.inplace = inplace", "self.inplace = inplace\n        if inplace: 1/0"
    )
    result = grade(sandbox, path, source)
    assert outcomes(result) == ["passed", "failed"]
    assert (
        result.groups[1].reason
        == "ZeroDivisionError was raised in __init__, at line 7 of your cell."
    )
    assert "Double raised ZeroDivisionError: division by zero" in result.problem


def test_where_there_is_no_answer_nothing_runs(path: Path) -> None:
    with Sandbox() as never_started:
        answers = {"double": Answer("import os; os.abort()", "No cell has the tag.", ("Note.",))}
        result = runner.grade(path, answers, sandbox=never_started, seed="1")
    assert outcomes(result) == ["unchecked"] * 2
    assert (result.problem, result.notes, result.score) == ("No cell has the tag.", ("Note.",), 0)
    assert never_started._process is None


FORGETFUL = """
from torch import nn
spoiled = False
class Double(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace
    def forward(self, x):
        global spoiled
        before, spoiled = spoiled, self.inplace
        return x if before else x.mul_(2) if self.inplace else x * 2
"""


@pytest.mark.parametrize(
    ("source", "ends", "sessions"),
    [
        (RIGHT, ["passed", "passed"], 2),
        (RIGHT.replace("x * 2", "x * 3"), ["failed", "passed"], 3),
        (RIGHT.replace("x.mul_(2)", "x * 2"), ["passed", "failed"], 3),
        (RIGHT.replace("x.mul_(2)", "x * 2").replace("x * 2", "x * 3"), ["failed", "failed"], 3),
    ],
    ids=["right", "first", "second", "both"],
)
def test_groups_share_a_worker_until_one_fails(
    sandbox: Sandbox,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    source: str,
    ends: list[str],
    sessions: int,
) -> None:
    """The public example has a worker of its own, so the first session is never a check's."""
    opened = []
    session = sandbox.session
    monkeypatch.setattr(sandbox, "session", lambda kind: opened.append(kind) or session(kind))
    assert outcomes(grade(sandbox, path, source)) == ends
    assert len(opened) == sessions


def test_what_one_group_did_to_the_code_fails_no_other(sandbox: Sandbox, path: Path) -> None:
    """It calls in place first. The next call of this class is wrong, in the same process."""
    first, second = SUITE.index('@group("Values'), SUITE.index('@group("In place')
    path.write_text(SUITE[:first] + SUITE[second:] + "\n" + SUITE[first:second])
    result = grade(sandbox, path, FORGETFUL)
    assert [group.title for group in result.groups] == ["In place", "Values"]
    assert outcomes(result) == ["passed", "passed"]


DYING = """
import os, select, signal
EXERCISE = Exercise(tag="double", class_name="Double")

@group("Dying", points=2, hint="Try again.")
def test_dying(student):
    session = student._session
    pid = session._sandbox._process.pid
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        os.kill(int(file.read()), signal.SIGKILL)
    assert select.select([session._connection], [], [], 60)[0]
    assert student.new()(torch.ones(3)).value is not None
"""


def test_a_sandbox_that_is_killed_during_a_check_gives_no_grade(
    sandbox: Sandbox, path: Path
) -> None:
    """Nothing inside can kill it, so the student is not to blame; the next one has a fresh one."""
    path.write_text(SUITE.replace('EXERCISE = Exercise(tag="double", class_name="Double")', DYING))
    with Sandbox(limits=sandbox.limits) as mortal:
        with pytest.raises(GraderError, match="killed from outside"):
            grade(mortal, path, RIGHT)
        path.write_text(SUITE)
        assert grade(mortal, path, RIGHT).score == 3.5


def test_one_failing_case_fails_a_group_of_many(sandbox: Sandbox, path: Path) -> None:
    path.write_text(
        SUITE.replace("def test_in_place(student)", "def test_in_place(student, n)")
        .replace('@group("In', '@pytest.mark.parametrize("n", [1, 2, 3])\n@group("In')
        .replace("is_input", "is_input == (n != 2)")
        .replace("import torch\n", "import pytest, torch\n", 1)
    )
    result = grade(sandbox, path, RIGHT)
    assert outcomes(result) == ["passed", "failed"]
    assert result.max_score == 3.5


def test_random_inputs_are_the_same_for_a_student_and_differ_between_students(
    sandbox: Sandbox, path: Path
) -> None:
    written = path.parent / "numbers"
    path.write_text(
        SUITE.replace("import torch", "import pathlib, torch", 1).replace(
            "    assert_close(",
            f"    pathlib.Path({str(written)!r}).write_text(str(x))\n    assert_close(",
        )
    )
    seen = []
    for seed in ("one", "one", "other"):
        grade(sandbox, path, RIGHT, seed)
        seen.append(written.read_text())
    assert seen[0] == seen[1] != seen[2]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("assert_close(", "undefined("), "test_values raised NameError"),
        (("student.new()(x).value, 2 * x", "student.new()(x).value[99], x"), "IndexError"),
        (("EXERCISE", "EXERCISES"), "no EXERCISE"),
        (('@group("In place", points=1.5, hint="Look at the branch.")', ""), "has no group"),
        (("import torch", "import nowhere"), "cannot be collected"),
        (("points=2", "points=0"), "above zero"),
        (("points=2", "points=float('nan')"), "above zero"),
        (('tag="double"', 'tag="triple"'), "no answer cell tagged triple"),
        (("def test_values(student, rng)", "def test_values(student, rngs)"), "FixtureLookupError"),
        (("def test_", "def check_"), "holds no test"),
    ],
)
def test_a_fault_of_the_suite_is_no_grade(
    sandbox: Sandbox, path: Path, change: tuple[str, str], message: str
) -> None:
    path.write_text(SUITE.replace(*change))
    with pytest.raises(GraderError, match=message):
        grade(sandbox, path, RIGHT)


def test_an_edited_suite_is_read_again(sandbox: Sandbox, path: Path) -> None:
    first = grade(sandbox, path, RIGHT)
    path.write_text(SUITE.replace("2 * x", "3 * x"))
    second = grade(sandbox, path, RIGHT)
    assert (first.score, second.score) == (3.5, 1.5)
    assert first.version != second.version
    assert str(path) not in {getattr(m, "__file__", None) for m in list(sys.modules.values())}


def test_settings_for_other_pytest_runs_do_not_reach_a_suite(
    sandbox: Sandbox, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing")
    (path.parent / "conftest.py").write_text("raise RuntimeError('a conftest was loaded')")
    assert grade(sandbox, path, RIGHT).score == 3.5


def test_a_call_that_uses_up_the_time_for_all_is_told_so(sandbox: Sandbox) -> None:
    with sandbox.session("calls") as session:
        student = Student(session, 2, Allowance(0.5))
        with pytest.raises(TooSlow, match=r"All checks together may take 0\.5 s"):
            student.load("while True: pass", "Slow", 2)


def test_what_the_grader_takes_between_two_calls_costs_no_time(sandbox: Sandbox) -> None:
    with sandbox.session("calls") as session:
        student = Student(session, 2, Allowance(1.5))
        student.load("class Quick: pass", "Quick", 2)
        time.sleep(1.6)
        student.new()
