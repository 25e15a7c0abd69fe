"""The visible suites, run as a student runs them: on a notebook beside the folder test_exercise."""

import ast
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import nbformat
import pytest

VISIBLE = Path(__file__).parents[2] / "test_exercise"
EXERCISES = ("relu", "leaky_relu", "thresholded_relu")
ALL = {"test_values", "test_shape_and_dtype", "test_not_in_place", "test_in_place"}


def answer(
    exercise: str,
    new: str | None = None,
    in_place: str | None = None,
    condition: str = "self.inplace",
    default: object = None,
    store: str = "self.inplace = inplace",
) -> str:
    """Return a right answer, or one whose parts have been replaced by mistakes."""
    name, parameter, right_new, right_in_place = {
        "relu": ("MyReLU", None, "return tinput.relu()", "return tinput.relu_()"),
        "leaky_relu": (
            "MyLeakyReLU",
            ("n", 0.1),
            "return tinput.relu() - self.n * (-tinput).relu()",
            "return tinput.copy_(tinput.relu() - self.n * (-tinput).relu())",
        ),
        "thresholded_relu": (
            "MyThresholdedReLU",
            ("threshold", 1.0),
            "return (tinput - self.threshold).relu()",
            "return tinput.sub_(self.threshold).relu_()",
        ),
    }[exercise]
    flag = default if parameter is None and default is not None else False
    arguments, keep = f"inplace={flag}", "pass"
    if parameter:
        key, value = parameter
        arguments = f"{key}={default if default is not None else value}, {arguments}"
        keep = f"self.{key} = {key}"
    return f"""import torch
from torch import nn

class {name}(nn.Module):
    def __init__(self, {arguments}):
        super().__init__()
        {keep}
        {store}

    def forward(self, tinput):
        if {condition}:
            {in_place or right_in_place}
        else:
            {new or right_new}
"""


def write_notebook(path: Path, *cells: str, tag: str | None, grade_id: str | None = None) -> Path:
    """Write a notebook with these code cells; all bear the tag, if there is one."""
    notebook = nbformat.v4.new_notebook()
    for cell in cells:
        metadata = {"tags": [tag]} if tag else {}
        notebook.cells.append(nbformat.v4.new_code_cell(cell, metadata=metadata))
    if grade_id:
        evaluation = {"nbgrader": {"grade_id": grade_id}}
        notebook.cells.append(nbformat.v4.new_code_cell("", metadata=evaluation))
    nbformat.write(notebook, path)
    return path


def make_folder(folder: Path, exercise: str, *cells: str, tag: str | None = "same") -> Path:
    """Make a folder as a student gets it: the notebook, and the visible suite beside it."""
    (folder / "test_exercise").mkdir(parents=True)
    for name in ("conftest.py", "pytest.ini", f"test_{exercise}.py"):
        shutil.copy(VISIBLE / name, folder / "test_exercise")
    if cells:
        own_tag = exercise if tag == "same" else tag
        write_notebook(folder / f"{exercise}.ipynb", *cells, tag=own_tag)
    return folder


def run(
    folder: Path, *arguments: str, session: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run pytest in the folder, as the Evaluation cell does."""
    environment = {k: v for k, v in os.environ.items() if k != "JPY_SESSION_NAME"}
    environment |= {"OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"}
    if session:
        environment["JPY_SESSION_NAME"] = session
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-v", *arguments],
        cwd=folder,
        env=environment,
        encoding="utf-8",
        capture_output=True,
        check=False,
    )


# --- A right answer ---


def test_a_right_answer_passes_four_checks_and_the_output_says_what_was_read(
    tmp_path: Path,
) -> None:
    folder = make_folder(tmp_path / "my course" / "relu (1)", "relu", answer("relu"))
    ran = run(folder, "test_exercise/test_relu.py")
    assert ran.returncode == 0, ran.stdout
    assert "4 passed" in ran.stdout
    assert re.search(
        r"^Checking relu\.ipynb, saved (just now|\d+ seconds? ago)\. "
        r"Not your latest\? Save \(Ctrl\+S\) and run again\.$",
        ran.stdout,
        re.MULTILINE,
    )
    assert ran.stdout.count("Checking") == 1


# --- Mistakes: all in one run, a folder each ---

RELU, LEAKY, THRESHOLDED = EXERCISES
OTHER_NUMBERS = "The result has other numbers than expected."
CHANGED = "The input x has changed."
ANOTHER = "Another tensor came back"
DTYPE = "The dtype has changed."
# name: (exercise, answer, checks that fail, what the message says)
MISTAKES: dict[str, tuple[str, str, set[str], str]] = {
    "right-relu": (RELU, answer(RELU), set(), ""),
    "right-leaky": (LEAKY, answer(LEAKY), set(), ""),
    "right-thresholded": (THRESHOLDED, answer(THRESHOLDED), set(), ""),
    "keeps-the-negative": (
        RELU,
        answer(RELU, new="return -(-tinput).relu()"),
        {"test_values"},
        OTHER_NUMBERS,
    ),
    "clips-at-six": (
        RELU,
        answer(RELU, new="return nn.functional.relu6(tinput)"),
        {"test_values"},
        "expected  [0, 0, 0, 0, 0.5, 1, 20]\n    result    [0, 0, 0, 0, 0.5, 1, 6]",
    ),
    "identity": (
        RELU,
        answer(RELU, new="return tinput"),
        {"test_values", "test_not_in_place"},
        "The input itself came back.",
    ),
    "shares-memory": (
        RELU,
        answer(RELU, new="return tinput.view_as(tinput)"),
        {"test_values", "test_not_in_place"},
        "both have the same data_ptr()",
    ),
    "flag-ignored": (RELU, answer(RELU, condition="False"), {"test_in_place"}, ANOTHER),
    "always-in-place": (RELU, answer(RELU, condition="True"), {"test_not_in_place"}, CHANGED),
    "flag-inverted": (
        RELU,
        answer(RELU, condition="not self.inplace"),
        {"test_not_in_place", "test_in_place"},
        CHANGED,
    ),
    "flag-not-stored": (
        RELU,
        answer(RELU, store="self.inplace = False"),
        {"test_in_place"},
        "Does __init__ store inplace?",
    ),
    "in-place-by-default": (RELU, answer(RELU, default=True), {"test_not_in_place"}, CHANGED),
    "input-changed-then-copied": (
        RELU,
        answer(RELU, new="return tinput.relu_().clone()"),
        {"test_not_in_place"},
        "x        [0, 0, 0, 1, 2]",
    ),
    "moved": (
        RELU,
        answer(RELU, in_place="tinput.data = tinput.relu(); return tinput"),
        {"test_in_place"},
        "data_ptr() has changed",
    ),
    "in-place-wrong-values": (
        RELU,
        answer(RELU, in_place="return tinput.abs_()"),
        {"test_in_place"},
        "The right tensor came back, with other numbers",
    ),
    "dtype-changed": (
        RELU,
        answer(RELU, new="return tinput.relu().float()"),
        {"test_shape_and_dtype"},
        DTYPE,
    ),
    "flattened": (
        RELU,
        answer(RELU, new="return tinput.relu().flatten()"),
        {"test_shape_and_dtype"},
        "The shape has changed.",
    ),
    "no-return": (
        RELU,
        answer(RELU, new="tinput.relu()", in_place="tinput.relu_()"),
        ALL,
        "What forward returned is not a tensor.",
    ),
    "returns-an-object-that-cannot-be-shown": (
        RELU,
        "class Odd:\n    def __repr__(self):\n        return 1 / 0\n\n\n"
        + answer(RELU, new="return Odd()"),
        ALL - {"test_in_place"},
        "result    Odd object",
    ),
    "untouched": (
        RELU,
        answer(RELU, *["raise NotImplementedError()"] * 2),
        ALL,
        "This part is not written yet.",
    ),
    "leak-hard-coded": (
        LEAKY,
        answer(LEAKY, new="return tinput.relu() - 0.1 * (-tinput).relu()"),
        {"test_values"},
        "Is n the one that the object was created with",
    ),
    "leak-hard-coded-in-place": (
        LEAKY,
        answer(LEAKY, in_place="return nn.functional.leaky_relu_(tinput, 0.1)"),
        {"test_in_place"},
        "The right tensor came back, with other numbers",
    ),
    "leak-other-default": (
        LEAKY,
        answer(LEAKY, default=0.01),
        {"test_values", "test_in_place"},
        "0.1 by default",
    ),
    "leak-the-larger": (
        LEAKY,
        answer(LEAKY, new="return torch.maximum(tinput, self.n * tinput)"),
        {"test_values"},
        OTHER_NUMBERS,
    ),
    "leak-dtype": (
        LEAKY,
        answer(LEAKY, new="return tinput.relu() - torch.tensor([self.n]) * (-tinput).relu()"),
        {"test_shape_and_dtype"},
        "n can stay a plain Python number.",
    ),
    "leak-in-place-by-formula": (
        LEAKY,
        answer(LEAKY, in_place="tinput = tinput.relu_() + self.n * tinput; return tinput"),
        {"test_in_place"},
        ANOTHER,
    ),
    "larger-of-both": (
        THRESHOLDED,
        answer(THRESHOLDED, new="return tinput.clip(self.threshold)"),
        {"test_values"},
        OTHER_NUMBERS,
    ),
    "gated": (
        THRESHOLDED,
        answer(THRESHOLDED, new="return tinput * (tinput > self.threshold)"),
        {"test_values"},
        OTHER_NUMBERS,
    ),
    "gated-in-place": (
        THRESHOLDED,
        answer(THRESHOLDED, in_place="return tinput.mul_(tinput > self.threshold)"),
        {"test_in_place"},
        "The right tensor came back, with other numbers",
    ),
    "threshold-hard-coded": (
        THRESHOLDED,
        answer(THRESHOLDED, new="return (tinput - 1.0).relu()"),
        {"test_values"},
        "Is the threshold the one that the object was created with",
    ),
    "threshold-hard-coded-in-place": (
        THRESHOLDED,
        answer(THRESHOLDED, in_place="return tinput.sub_(1.0).relu_()"),
        {"test_in_place"},
        "The right tensor came back, with other numbers",
    ),
    "threshold-subtracted-from-the-input": (
        THRESHOLDED,
        answer(THRESHOLDED, new="return tinput.sub_(self.threshold).relu()"),
        {"test_not_in_place"},
        CHANGED,
    ),
    "threshold-in-place-on-a-new-tensor": (
        THRESHOLDED,
        answer(THRESHOLDED, in_place="return (tinput - self.threshold).relu_()"),
        {"test_in_place"},
        ANOTHER,
    ),
    "no-super": (
        RELU,
        answer(RELU).replace("super().__init__()", "pass"),
        ALL,
        "super().__init__()?",
    ),
    "no-flag": (
        RELU,
        answer(RELU).replace("self, inplace=False", "self").replace("= inplace", "= False"),
        {"test_not_in_place", "test_in_place"},
        "unexpected keyword argument 'inplace'",
    ),
    "exception-in-forward": (
        RELU,
        answer(RELU, new="return tinput.relu() / zero"),
        ALL - {"test_in_place"},
        "Line 14 of your cell tagged relu:\n\n    return tinput.relu() / zero",
    ),
}
# name: (cell, what the message says); no notebook is written for None, bytes are written raw
UNUSABLE: dict[str, tuple[str | bytes | None, str]] = {
    "missing": (None, "There is no relu.ipynb in "),
    "damaged": (b'{"cells": [', "relu.ipynb cannot be read as a notebook."),
    "no-notebook": (b'["cells"]', "relu.ipynb cannot be read as a notebook."),
    "odd-cell": (
        b'{"cells": [{"cell_type": "code", "metadata": [], "source": ""}]}',
        "relu.ipynb cannot be read as a notebook.",
    ),
    "too-deep": (b"[" * 100_000, "relu.ipynb cannot be read as a notebook."),
    "not-utf-8": (b"\xff\xfe", "relu.ipynb cannot be read as a notebook."),
    "renamed-class": (
        answer(RELU).replace("MyReLU", "ReLU2"),
        "defines no class MyReLU.\nClasses that it defines: ReLU2.",
    ),
    "function": ("def MyReLU(x):\n    return x", "Classes that it defines: none."),
    "syntax-error": (
        "import torch\n\nclass MyReLU(\n    def forward:",
        'File "your cell tagged relu", line 3\n    class MyReLU(\n                ^\nSyntaxError',
    ),
    "exception": (
        "import torch\n\ntorch.ones(2) + torch.ones(3)",
        "Line 3 of your cell tagged relu:\n\n    torch.ones(2) + torch.ones(3)",
    ),
    "magic": ("\n\nimport torch\n%time 1 + 1\ntorch.no", "Line 5 of your cell tagged relu:"),
    "shell": ("!echo hello", "Classes that it defines: none."),
    "missing-import": (
        answer(RELU).replace("from torch import nn\n", ""),
        "name 'nn' is not defined",
    ),
    "exit": ("import sys\nsys.exit(0)", "Your cell tagged relu ends Python."),
}

Report = Mapping[str, Mapping[str, tuple[str, str]]]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Run every mistake and every unusable notebook: folder -> check -> (outcome, message)."""
    top = tmp_path_factory.mktemp("mistakes")
    for name, (exercise, cell, _, _) in MISTAKES.items():
        make_folder(top / name, exercise, cell)
    for name, (content, _) in UNUSABLE.items():
        folder = make_folder(top / name, RELU, *([content] if isinstance(content, str) else []))
        if isinstance(content, bytes):
            (folder / "relu.ipynb").write_bytes(content)
    files = [str(path.relative_to(top)) for path in sorted(top.glob("*/test_exercise/test_*.py"))]
    # For reports that name each folder; students have one.
    ran = run(top, "--rootdir=.", "--import-mode=importlib", "--junitxml=report.xml", *files)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "INTERNALERROR" not in ran.stdout
    outcomes: dict[str, dict[str, tuple[str, str]]] = {}
    for case in ElementTree.parse(top / "report.xml").getroot().iter("testcase"):
        name = case.attrib["classname"].split(".")[0]
        found = [(child.tag, child.text or "") for child in case]
        outcomes.setdefault(name, {})[case.attrib["name"]] = found[0] if found else ("passed", "")
    return outcomes


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_fails_the_check_that_it_breaks_and_no_other(report: Report, name: str) -> None:
    _, _, expected, message = MISTAKES[name]
    checks = report[name]
    assert set(checks) == ALL
    assert {check for check, (outcome, _) in checks.items() if outcome == "failure"} == expected
    assert {check for check, (outcome, _) in checks.items() if outcome == "passed"} == (
        ALL - expected
    )
    assert message in "\n".join(text for _, text in checks.values())


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_notebook_that_cannot_be_checked_fails_all_four_with_the_reason_once(
    report: Report, name: str
) -> None:
    checks = report[name]
    assert set(checks) == ALL
    assert {outcome for outcome, _ in checks.values()} == {"error"}
    first, *others = [text for _, text in checks.values()]
    assert UNUSABLE[name][1] in first
    assert set(others) == {"The same as above."}


def test_messages_hold_no_trace_of_pytest(report: Report) -> None:
    texts = [text for checks in report.values() for _, text in checks.values()]
    for noise in ("\nassert ", "@py_assert", "conftest.py", "Traceback"):
        assert not [text for text in texts if noise in text]


def test_a_failure_reads_like_this(report: Report) -> None:
    assert report["larger-of-both"]["test_values"][1] == (
        "Values: numbers above the threshold come back less the threshold, all others become 0.\n"
        "\n"
        "    threshold  1\n"
        "    numbers    [-20, -1, 0, 0.5, 1, 1.5, 2, 20]\n"
        "    expected   [0, 0, 0, 0, 0, 0.5, 1, 19]\n"
        "    result     [1, 1, 1, 1, 1, 1.5, 2, 20]\n"
        "\n"
        "The result has other numbers than expected.\n"
        "Look at the branch of forward for inplace=False, and at the formula in the lesson.\n"
        "Is the threshold the one that the object was created with, and 1.0 by default?\n"
        "\n"
        "(The check: test_exercise/test_thresholded_relu.py, test_values)"
    )


# --- Which notebook, which cell: through the whole run ---


def test_the_last_of_several_tagged_cells_counts_and_the_output_says_so(tmp_path: Path) -> None:
    wrong = answer("relu", new="return tinput")
    folder = make_folder(tmp_path / "relu", "relu", wrong, answer("relu"), "print('scratch')")
    ran = run(folder, "test_exercise/test_relu.py")
    assert "2 cells tagged relu define MyReLU: the last one counts." in ran.stdout
    assert "4 passed" in ran.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_linked_test_exercise_belongs_to_the_notebook_beside_the_link(tmp_path: Path) -> None:
    # As in source/relu/, with the configuration of the course above it.
    shutil.copy(VISIBLE.parent / "pyproject.toml", tmp_path)
    make_folder(tmp_path, "relu")
    folder = tmp_path / "source" / "relu"
    folder.mkdir(parents=True)
    (folder / "test_exercise").symlink_to("../../test_exercise", target_is_directory=True)
    write_notebook(folder / "relu.ipynb", answer("relu"), tag="relu")
    ran = run(folder, "test_exercise/test_relu.py")
    assert ran.returncode == 0, ran.stdout
    assert "Checking relu.ipynb" in ran.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = "--no-such-option"\n'),
        ("pytest.toml", '[pytest]\naddopts = ["--no-such-option"]\n'),
        ("pytest.ini", "[pytest]\naddopts = --no-such-option\n"),
        ("tox.ini", "[pytest]\naddopts = --no-such-option\n"),
        ("setup.cfg", "[tool:pytest]\naddopts = --no-such-option\n"),
        ("setup.py", "raise SystemExit\n"),
        ("conftest.py", "raise SystemExit\n"),
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_what_lies_above_or_beside_the_checks_changes_nothing(
    tmp_path: Path, name: str, text: str, beside: bool
) -> None:
    folder = make_folder(tmp_path / "repository" / "relu", "relu", answer("relu"))
    ((folder if beside else folder.parent) / name).write_text(text, encoding="utf-8")
    # As in the Evaluation cell.
    ran = run(folder, "-p", "no:cacheprovider", "test_exercise/test_relu.py")
    assert "4 passed" in ran.stdout, ran.stdout + ran.stderr


def test_from_the_top_of_the_course_the_option_names_the_notebook(tmp_path: Path) -> None:
    make_folder(tmp_path, "relu")
    (tmp_path / "release").mkdir()
    notebook = write_notebook(tmp_path / "release" / "relu.ipynb", answer("relu"), tag="relu")
    ran = run(tmp_path, "test_exercise/test_relu.py", "--notebook", "release/relu.ipynb")
    assert f"Checking {notebook.relative_to(tmp_path)}" in ran.stdout
    assert "4 passed" in ran.stdout


def test_the_notebook_of_the_kernel_is_checked_and_not_its_copy(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "relu", "relu", answer("relu", new="return tinput"))
    write_notebook(folder / "relu-Copy1.ipynb", answer("relu"), tag="relu")
    ran = run(folder, "test_exercise/test_relu.py", session="relu/relu-Copy1.ipynb")
    assert "Checking relu-Copy1.ipynb" in ran.stdout
    assert "4 passed" in ran.stdout


def test_without_a_usable_notebook_the_run_fails_with_a_message(tmp_path: Path) -> None:
    folder = make_folder(tmp_path / "relu", "relu", answer("relu"), tag=None)
    ran = run(folder, "test_exercise/test_relu.py")
    assert ran.returncode == 1
    assert "4 errors" in ran.stdout
    assert "No cell of the notebook has the tag relu. The cell that defines MyReLU" in ran.stdout
    assert "Checking relu.ipynb" in ran.stdout
    assert "INTERNALERROR" not in ran.stdout + ran.stderr


# --- Which notebook, which cell: the rules one by one ---


@pytest.fixture(scope="module")
def conftest() -> ModuleType:
    """Import the visible suites' conftest under a name of its own."""
    spec = importlib.util.spec_from_file_location("visible_conftest", VISIBLE / "conftest.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with relu.ipynb in it."""
    write_notebook(tmp_path / "relu.ipynb", "", tag="relu")
    return tmp_path


def find(
    conftest: ModuleType, folder: Path, option: str | None = None, session: str | None = None
) -> Path:
    """Find the notebook of the exercise relu, with pytest started in the folder."""
    found: Path = conftest.find_notebook("relu", folder, folder, option, session)
    return found


def test_the_notebook_beside_the_folder_is_the_default(conftest: ModuleType, folder: Path) -> None:
    write_notebook(folder / "another.ipynb", "", tag="relu")
    assert find(conftest, folder).name == "relu.ipynb"


def test_a_renamed_notebook_is_found_when_it_is_the_only_one(
    conftest: ModuleType, folder: Path
) -> None:
    (folder / "relu.ipynb").rename(folder / "relu of Ada.ipynb")
    write_notebook(folder / "scratch.ipynb", "", tag=None)
    assert find(conftest, folder).name == "relu of Ada.ipynb"


def test_several_renamed_notebooks_are_listed(conftest: ModuleType, folder: Path) -> None:
    write_notebook(folder / "b.ipynb", "", tag="relu")
    (folder / "relu.ipynb").rename(folder / "a.ipynb")
    with pytest.raises(conftest.Problem) as problem:
        find(conftest, folder)
    assert "    a.ipynb\n    b.ipynb\n" in str(problem.value)
    assert "--notebook a.ipynb" in str(problem.value)


def test_the_option_wins(conftest: ModuleType, folder: Path) -> None:
    other = write_notebook(folder / "other.ipynb", "", tag="relu")
    for option in ("other.ipynb", str(other)):
        assert find(conftest, folder, option, session=str(folder / "relu.ipynb")) == other
    with pytest.raises(conftest.Problem, match="Check the path after --notebook"):
        find(conftest, folder, "nowhere.ipynb")


def test_the_kernels_notebook_may_be_given_whole_or_below_the_servers_root(
    conftest: ModuleType, folder: Path
) -> None:
    copy = write_notebook(folder / "copy.ipynb", "", tag="relu")
    for session in (str(copy), f"{folder.name}/copy.ipynb", "copy.ipynb"):
        assert find(conftest, folder, session=session) == copy


def test_the_kernels_notebook_is_checked_also_when_it_has_lost_its_tag(
    conftest: ModuleType, folder: Path
) -> None:
    copy = write_notebook(folder / "copy.ipynb", "", tag=None, grade_id="test_relu")
    assert find(conftest, folder, session=str(copy)) == copy


def test_a_kernel_of_something_else_is_passed_over(conftest: ModuleType, folder: Path) -> None:
    write_notebook(folder / "leaky_relu.ipynb", "", tag="leaky_relu")
    (folder / "damaged.ipynb").write_text("{", encoding="utf-8")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    write_notebook(elsewhere / "copy.ipynb", "", tag="relu")
    write_notebook(folder / "copy.ipynb", "", tag="relu")
    for session in (
        str(folder / "renamed since.ipynb"),
        str(folder / "leaky_relu.ipynb"),
        str(folder / "damaged.ipynb"),
        str(elsewhere / "copy.ipynb"),
        "Console 1",
        "/",
    ):
        assert find(conftest, folder, session=session).name == "relu.ipynb"


def test_the_age_of_the_last_save_is_told_in_the_largest_unit(conftest: ModuleType) -> None:
    told = [conftest.ago(s) for s in (-5, 0.4, 1, 59, 60, 7200, 86400 * 3)]
    assert told == [
        "just now",
        "just now",
        "1 second ago",
        "59 seconds ago",
        "1 minute ago",
        "2 hours ago",
        "3 days ago",
    ]


def test_a_deleted_cell_is_named_as_such(conftest: ModuleType, folder: Path) -> None:
    cells = conftest.read_cells(write_notebook(folder / "empty.ipynb", "import torch", tag=None))
    with pytest.raises(conftest.Problem, match=r"The cell was deleted, or it has lost its tag\."):
        conftest.choose_cell(cells, "relu", "MyReLU")


def test_plain_python_is_left_alone(conftest: ModuleType) -> None:
    for source in ("\n\nx = 1\n", "def f(:\n", "100 % 7"):
        assert conftest.to_python(source) == source
    assert "get_ipython()" in conftest.to_python("x = 1\n%time x")
    assert conftest.to_python("\n\n  x = 1") == "\n\nx = 1\n"


def test_without_ipython_plain_python_runs_and_the_rest_is_explained(
    conftest: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "IPython"] + ["IPython"]:
        monkeypatch.setitem(sys.modules, name, None)
    plain = conftest.Cell("class A: pass", ("a",), None)
    assert conftest.run_cell(plain, "a", "A").__name__ == "A"
    with pytest.raises(NameError) as raised:
        conftest.run_cell(conftest.Cell("display(1)", ("a",), None), "a", "A")
    assert "need IPython, which is not\ninstalled here" in conftest.hint(raised.value)


# --- The files ---


@pytest.mark.parametrize("exercise", EXERCISES)
def test_a_suite_has_four_checks_each_with_a_sentence_for_students(exercise: str) -> None:
    tree = ast.parse((VISIBLE / f"test_{exercise}.py").read_text(encoding="utf-8"))
    checks = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    checks = [check for check in checks if check.name.startswith("test_")]
    assert {check.name for check in checks} == ALL
    for check in checks:
        docstring = ast.get_docstring(check) or ""
        assert re.fullmatch(r"[A-Z][a-z ]+: [^\n]+\.", docstring)


@pytest.mark.parametrize("path", sorted(VISIBLE.glob("*.py")), ids=lambda path: path.name)
def test_a_file_needs_jupyterlab_torch_and_pytest_only_and_gives_no_answer_away(
    path: Path,
) -> None:
    text = path.read_text(encoding="utf-8")
    imported = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert imported - sys.stdlib_module_names <= {"IPython", "traitlets", "pytest", "torch"}
    assert "clamp" not in text
    assert text.isascii()  # printed by terminals with any encoding
