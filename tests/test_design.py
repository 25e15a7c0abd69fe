"""The design that docs/design.md draws: imports go one way, and the worker knows nothing."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ORDER = (
    "worker",
    "faults",
    "reading",
    "bookkeeping",
    "result",
    "finding",
    "review",
    "markdown",
    "attachments",
    "skim",
    "beside",
    "submission",
    "limits",
    "settings",
    "environment",
    "scratch",
    "memory",
    "bubblewrap",
    "witness",
    "sandbox",
    "sandboxes",
    "student",
    "checks",
    "suite",
    "feedback",
    "execution",
    "task",
    "stored",
    "gradebook",
    "recorded",
    "collected",
    "exchange",
    "preprocessors",
    "conceal",
    "steps",
    "release",
    "archives",
    "samples",
    "mutation",
    "mechanical",
    "lesson",
    "leaks",
    "audit",
    "skeleton",
    "report",
    "progress",
    "cluster",
    "batch",
    "doctor",
    "__main__",
)
"""Each module of grading/ imports only from modules that stand before it."""

IN_SANDBOX = {"torch", "IPython", "traitlets"}


def imported(path: Path) -> set[str]:
    """Return the names of all modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module in ("grading", "grading.worker"):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
            else:
                found.add(node.module)
    return found


def test_every_module_has_a_place_in_the_order(root: Path) -> None:
    modules = {p.stem for p in (root / "grading").glob("*.py")} - {"__init__"} | {"worker"}
    assert modules == set(ORDER)
    drawn = (root / "docs" / "design.md").read_text(encoding="utf-8")
    assert [name for name in ORDER if f"`{name}" not in drawn] == []


@pytest.mark.parametrize("module", ORDER[1:])
def test_imports_go_one_way(root: Path, module: str) -> None:
    names = {name for name in imported(root / "grading" / f"{module}.py") if "grading" in name}
    earlier = ORDER[: ORDER.index(module)]
    assert {name.split(".")[1] for name in names} <= set(earlier)


def test_the_worker_imports_nothing_of_the_rest(root: Path) -> None:
    for path in (root / "grading" / "worker").glob("*.py"):
        names = {name for name in imported(path) if not name.startswith("grading.worker.")}
        packages = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
        allowed = (
            set()
            if path.stem in ("protocol", "zygote", "seccomp", "landlock", "selftest")
            else IN_SANDBOX
        )
        assert packages <= allowed, path.name


def test_nothing_that_a_submission_could_write_is_unpickled_or_evaluated(root: Path) -> None:
    for path in (root / "grading").rglob("*.py"):
        names = {name.split(".")[0] for name in imported(path)}
        assert not names & {"pickle", "marshal", "shelve", "yaml", "dill"}, path.name
        calls = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert path.stem == "calls" or not calls & {"eval", "exec"}, path.name
