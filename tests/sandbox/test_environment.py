"""What a shell, a batch system or a plugin hands down decides no grade, or nothing is graded."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from rectify.result import Result
from rectify.sandbox.process import Sandbox
from rectify.submission.rebuild import Answer
from rectify.suites import runner

GRADE = """
import sys
from pathlib import Path
from rectify.suites import runner as suite
from rectify.faults import GraderError
from rectify.sandbox.process import Sandbox
from rectify.submission.rebuild import Answer

root = Path(sys.argv[1])
try:
    with Sandbox() as sandbox:
        for path in ("relu/right/linear.py", "relu/wrong/leaks.py"):
            source = Path(sys.argv[2], path).read_text(encoding="utf-8")
            hidden = root / "test_exercise/hidden/test_relu.py"
            result = suite.grade(hidden, {"relu": Answer(source)}, sandbox=sandbox, seed="1")
            print([(g.name, g.outcome.value, g.reason) for g in result.groups], result.problem)
except GraderError as error:
    print("REFUSED", error)
"""

RIGHT = """
import torch
from torch import nn
class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace
    def forward(self, tinput):
        return tinput.clamp_(min=0) if self.inplace else tinput.clamp(min=0)
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A right answer, and a wrong one that gives negative numbers a slope."""
    folder = tmp_path_factory.mktemp("answers")
    for kind, name, text in (
        ("right", "linear", RIGHT),
        ("wrong", "leaks", RIGHT.replace("min=0", "min=-0.5")),
    ):
        path = folder / "relu" / kind / f"{name}.py"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    return folder


def graded(root: Path, answers: Path, *options: str, **environment: str) -> str:
    """Grade both answers in a process that inherits what is given, and return what it says."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "PYTHON"))}
    done = subprocess.run(
        [sys.executable, *options, "-c", GRADE, str(root), str(answers)],
        cwd=answers,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout or done.stderr


@pytest.fixture(scope="module")
def undisturbed(root: Path, answers: Path) -> str:
    """What is said where nothing is inherited."""
    said = graded(root, answers)
    assert "failed" in said
    return said


@pytest.mark.long
@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "7"},
        {"PYTEST_ADDOPTS": "-k nothing -x", "PYTEST_PLUGINS": "nowhere"},
        {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_DEBUG": "1"},
        {"PYTHONSTARTUP": "/nowhere.py", "PYTHONUNBUFFERED": "1"},
        {"TORCH_SHOW_CPP_STACKTRACES": "1", "TORCH_LOGS": "+all", "TORCHDYNAMO_DISABLE": "1"},
        {"ATEN_CPU_CAPABILITY": "default", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1"},
        {"OMP_NUM_THREADS": "7", "MKL_NUM_THREADS": "7"},
        {"MPLBACKEND": "no_such_backend"},
        {"LC_ALL": "tr_TR.UTF-8"},
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"},
        {"TZ": "Pacific/Kiritimati"},
        {"PYTHONDEVMODE": "1"},
        {"PYTHONDONTWRITEBYTECODE": "1"},
        {"NPY_PROMOTION_STATE": "legacy", "NPY_DISABLE_CPU_FEATURES": "AVX2"},
        {"PYTHONWARNINGS": "ignore"},
    ],
    ids=lambda environment: "-".join(environment),
)
def test_what_decides_nothing_leaves_the_grades_as_they_are(
    root: Path, answers: Path, undisturbed: str, environment: dict[str, str]
) -> None:
    assert graded(root, answers, **environment) == undisturbed


@pytest.mark.long
@pytest.mark.parametrize(
    ("options", "environment", "why"),
    [
        ([], {"PYTHONOPTIMIZE": "1"}, "Unset PYTHONOPTIMIZE"),
        (["-O"], {}, "without assertions"),
        ([], {"PYTHONWARNINGS": "error"}, "Unset PYTHONWARNINGS"),
        (["-W", "e"], {}, "makes warnings errors"),
        (["-bb"], {}, "Leave out -bb"),
    ],
)
def test_what_could_decide_a_grade_is_refused_in_a_sentence(
    root: Path, answers: Path, options: list[str], environment: dict[str, str], why: str
) -> None:
    said = graded(root, answers, *options, **environment)
    assert said.startswith("REFUSED ") or "Traceback" in said
    assert "passed" not in said
    if "Traceback" not in said:
        assert why in said


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sitecustomize", "sitecustomize.py runs at the start of Python"),
        ("usercustomize", "holds a module|runs at the start"),
        ("statistics", "holds a module statistics, which would be used in place of"),
        ("nbformat", "holds a module nbformat"),
    ],
)
def test_a_folder_that_brings_other_code_is_refused(
    root: Path, answers: Path, undisturbed: str, tmp_path: Path, name: str, why: str
) -> None:
    (tmp_path / f"{name}.py").write_text("NOTHING = None\n")
    said = graded(root, answers, PYTHONPATH=str(tmp_path))
    if name == "usercustomize" and said == undisturbed:
        pytest.skip("this environment does not run it at all")
    assert "passed" not in said
    assert any(part in said for part in why.split("|")) or "Traceback" in said


@pytest.mark.long
def test_a_folder_that_hides_nothing_is_welcome(
    root: Path, answers: Path, undisturbed: str, tmp_path: Path
) -> None:
    (tmp_path / "helpers_of_ours.py").write_text("")
    assert graded(root, answers, PYTHONPATH=str(tmp_path)) == undisturbed


@pytest.mark.long
@pytest.mark.parametrize(
    ("limit", "name"),
    [("-t 5", "RLIMIT_CPU"), ("-f 100", "RLIMIT_FSIZE"), ("-s 256", "RLIMIT_STACK")],
)
def test_a_limit_that_a_submission_would_meet_is_refused(
    root: Path, answers: Path, limit: str, name: str
) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    code = (
        "from rectify.sandbox.environment import refused\nfrom rectify.limits import Limits\n"
        "print(*refused(Limits()))"
    )
    command = f'ulimit -S {limit} && exec "$0" -c "$1"'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable, code],
        env=kept,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"A limit of this shell ({name}: " in done.stdout
    assert "`ulimit " in done.stdout


@pytest.mark.long
def test_a_worker_that_runs_without_assertions_is_refused() -> None:
    """A worker of a cluster is started by somebody else, in another environment."""
    code = (
        "from rectify.batch import cluster\nfrom rectify.limits import Limits\n"
        "print(cluster.ready('bubblewrap', Limits(), cluster.Needs(), cluster.program()))\n"
        "class Task: limits = Limits()\n"
        "try: cluster.grade([Task()], cluster.program())\n"
        "except Exception as error: print(type(error).__name__, error)"
    )
    done = subprocess.run(
        [sys.executable, "-O", "-c", code], capture_output=True, text=True, check=False
    )
    ready, grade = done.stdout.strip().splitlines()
    assert ready.startswith("Python runs without assertions")
    assert grade.startswith("GraderError Python runs without assertions")


@pytest.mark.long
@pytest.mark.parametrize("command", [["nbgrader"], ["rectify"]])
def test_the_commands_refuse_before_they_touch_anything(tmp_path: Path, command: list[str]) -> None:
    from tests.fast_course import make_course

    course = make_course(tmp_path / "course")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))}

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=course,
            env={**kept, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run("nbgrader", "generate_assignment", "relu").returncode == 0
    submitted = course / "submitted" / "ada" / "relu"
    submitted.mkdir(parents=True)
    (submitted / "relu.ipynb").write_bytes((course / "release/relu/relu.ipynb").read_bytes())
    before = sorted(course.rglob("*"))
    done = run(*command, "autograde", "relu", PYTHONOPTIMIZE="1")
    assert done.returncode != 0
    assert "Unset PYTHONOPTIMIZE" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert sorted(course.rglob("*")) == before


def test_another_default_type_or_mode_changes_no_grade(root: Path, sandbox: Sandbox) -> None:
    path = root / "test_exercise" / "hidden" / "test_relu.py"

    def result() -> Result:
        runner._collected.cache_clear()
        return runner.grade(path, {"relu": Answer(RIGHT)}, sandbox=sandbox, seed="1")

    def outcomes(of: Result) -> list[tuple[str, str]]:
        return [(group.name, group.outcome.value) for group in of.groups]

    undisturbed = outcomes(result())
    assert {outcome for _, outcome in undisturbed} == {"passed"}
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    errors = np.seterr(all="raise")
    try:
        assert outcomes(result()) == undisturbed
        assert torch.get_default_dtype() is torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_grad_enabled(True)
        np.seterr(**errors)
