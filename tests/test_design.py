"""The design that docs/design.md draws: imports go one way, and the worker knows nothing."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOMS = (
    ("worker",),
    ("faults", "limits", "reading", "result", "scratch", "settings"),
    ("sandbox",),
    ("submission",),
    ("suites",),
    ("notebook",),
    ("plugins",),
    ("course",),
    ("batch",),
    ("doctor", "cli", "__main__"),
)
"""The rooms of rectify/, and what all share: each imports only from itself and earlier ones."""

ADAPTERS = {"suites/collection.py": "_pytest", "worker/calls.py": "torch"}
"""The only files that import what another package keeps private, and whose it is."""

IN_SANDBOX = {"torch", "IPython", "traitlets"}

PACKAGE = Path(__file__).resolve().parents[1] / "rectify"
FILES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """Return the names of all modules that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms_used(path: Path) -> set[str]:
    parts = [name.split(".") for name in imported(path)]
    return {part[1] for part in parts if part[0] == "rectify" and len(part) > 1}


def modules(room: str) -> dict[str, set[str]]:
    """Return which modules of its own room each module of a room imports."""
    inside = {path.stem: path for path in (PACKAGE / room).glob("*.py") if path.stem != "__init__"}
    start = f"rectify.{room}."
    return {
        name: {
            part
            for one in imported(path)
            if one.startswith(start) and (part := one[len(start) :].split(".")[0]) in inside
        }
        for name, path in inside.items()
    }


def test_every_room_has_a_place_in_the_order_and_a_line_in_the_docs(root: Path) -> None:
    assert {room_of(path) for path in FILES} - {"__init__"} == {n for row in ROOMS for n in row}
    drawn = (root / "docs" / "design.md").read_text(encoding="utf-8")
    for path in FILES:
        if path.stem not in ("__init__", "__main__") and room_of(path) != "worker":
            assert f"`{name_of(path).removesuffix('.py')}`" in drawn, path


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    if path == PACKAGE / "__init__.py":
        assert imported(path) == set()
        return
    place = next(i for i, row in enumerate(ROOMS) if room_of(path) in row)
    earlier = {name for row in ROOMS[: place + 1] for name in row}
    assert rooms_used(path) <= earlier


@pytest.mark.parametrize("room", [row[0] for row in ROOMS if (PACKAGE / row[0]).is_dir()])
def test_no_modules_of_a_room_import_each_other_in_a_circle(room: str) -> None:
    left = modules(room)
    while left:
        ready = {name for name, needs in left.items() if not needs & left.keys() - {name}}
        assert ready, f"a circle: {left}"
        left = {name: needs for name, needs in left.items() if name not in ready}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_what_others_keep_private_is_used_in_adapters_only(path: Path) -> None:
    private = {
        name
        for name in imported(path)
        if any(p.startswith("_") and not p.startswith("__") for p in name.split("."))
        and not name.startswith("rectify")
    }
    allowed = ADAPTERS.get(name_of(path))
    assert {name.partition(".")[0] for name in private} <= {allowed}


def test_the_worker_imports_nothing_of_the_rest() -> None:
    for path in (PACKAGE / "worker").glob("*.py"):
        names = {name for name in imported(path) if not name.startswith("rectify.worker")}
        packages = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
        allowed = (
            set()
            if path.stem in ("protocol", "zygote", "seccomp", "landlock", "selftest")
            else IN_SANDBOX
        )
        assert packages <= allowed, path.name


def test_hidden_suites_import_from_suites_only(root: Path) -> None:
    written = [*(root / "test_exercise" / "hidden").glob("test_*.py")]
    for path in written:
        ours = {name for name in imported(path) if name.startswith("rectify")}
        assert {".".join(name.split(".")[:2]) for name in ours} == {"rectify.suites"}, path
        modules = {f"rectify.suites.{file.stem}" for file in (PACKAGE / "suites").glob("*.py")}
        assert not ours & modules, path


def test_nothing_that_a_submission_could_write_is_unpickled_or_evaluated() -> None:
    for path in FILES:
        names = {name.split(".")[0] for name in imported(path)}
        assert not names & {"pickle", "marshal", "shelve", "yaml", "dill"}, path.name
        calls = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert path.stem == "calls" or not calls & {"eval", "exec"}, path.name


def test_grading_imports_torch_only_for_hidden_suites() -> None:
    """A course without them neither installs it nor waits for it."""
    grading = "rectify.batch.app, rectify.plugins.config, rectify.doctor, rectify.cli"
    code = f"import sys, {grading}; sys.exit('torch' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parent, check=False).returncode
        == 0
    )
