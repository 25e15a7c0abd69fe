"""A course that is graded fast: short lessons, suites, limits; and canaries where secrets are."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from attacks import kit

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENTS = ("relu", "leaky_relu", "thresholded_relu")
LIMITS = {
    "cell_seconds": 2,
    "call_seconds": 1,
    "suite_seconds": 4,
    "notebook_seconds": 3,
    "memory_mb": 700,
}

KEPT_GROUPS = (
    *("test_values", "test_input_left_alone", "test_in_place"),
    *("test_in_place_where_forbidden", "test_module_manners"),
)
"""Groups of the hidden suites that are enough to tell right from wrong."""


CANARIES = ("CANARY-in-environment", "CANARY-in-file", "CANARY-in-suite", "CANARY-in-neighbour")


def cut_down(course: Path, assignment: str) -> None:
    """Keep of a lesson what is graded, and add an answer that a human grades."""
    path = course / "source" / assignment / f"{assignment}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    kept = [notebook.cells[0], kit.answer_cell(notebook, assignment)]
    written = nbformat.v4.new_markdown_cell("Say in your own words what the class does.")
    written.id = "in-words"
    flags = {"grade": True, "grade_id": "in_words", "locked": False, "points": 2}
    written.metadata["nbgrader"] = {**flags, "schema_version": 3, "solution": True, "task": False}
    evaluation = next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade"))
    notebook.cells = [*kept, *kit.code("print('checked')"), written, evaluation]
    notebook.cells[2].id = "check"
    nbformat.write(notebook, path)


def shortened(suite: str) -> str:
    """Return the text of a hidden suite with a few of its groups, worth 10 points together.

    If its exercise forbids nothing, it forbids ReLU.
    """
    tree = ast.parse(suite)
    tests = [node for node in tree.body if getattr(node, "name", "").startswith("test_")]
    tree.body = [node for node in tree.body if node not in tests or node.name in KEPT_GROUPS]
    exercise = next(
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if getattr(node.targets[0], "id", "") == "EXERCISE"
    )
    if not any(keyword.arg == "forbidden" for keyword in exercise.keywords):
        forbidden = ast.parse("frozenset({'ReLU'})", mode="eval").body
        exercise.keywords.append(ast.keyword("forbidden", forbidden))
    points = {
        node.name: keyword.value
        for node in tests
        if node.name in KEPT_GROUPS
        for keyword in node.decorator_list[0].keywords
        if keyword.arg == "points"
    }
    points[KEPT_GROUPS[0]].value += 10 - sum(value.value for value in points.values())
    return ast.unparse(tree)


def make_course(folder: Path) -> Path:
    """Copy the course, with short lessons, suites and limits, and canaries where secrets are."""
    for name in ("source", "test_exercise", "assets"):
        shutil.copytree(ROOT / name, folder / name, symlinks=True)
    for assignment in ASSIGNMENTS:
        cut_down(folder, assignment)
        suite = folder / "test_exercise" / "hidden" / f"test_{assignment}.py"
        text = shortened(suite.read_text(encoding="utf-8"))
        suite.write_text(f"{text}\n# {CANARIES[2]}\n", encoding="utf-8")
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    config += "".join(f"c.Rectify.{name} = {value}\n" for name, value in LIMITS.items())
    (folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    (folder / "secret.txt").write_text(f"{CANARIES[1]}\n")
    return folder


def command(course: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start nbgrader in the course folder."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))}
    environment |= {"PYTHONWARNINGS": "ignore", "TOKEN": CANARIES[0]}
    environment["TMPDIR"] = str(course.parent / "tmp")
    return subprocess.Popen(
        [sys.executable, "-m", "nbgrader", *arguments],
        cwd=course,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )


def finish(process: subprocess.Popen[str], seconds: float) -> str:
    """Return what a process says until it ends."""
    with process:
        said, _ = process.communicate(timeout=seconds)
    return said
