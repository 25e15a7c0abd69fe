"""Changes to the engine's modules, and whether the tests of each notice them."""

from __future__ import annotations

import ast
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

from rectify.course.mechanical import operators

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "rectify"
EQUIVALENT = Path(__file__).with_name("equivalent.json")

TESTS = {
    "result.py": ("tests/test_result.py", "tests/notebook/test_feedback.py"),
    "notebook/feedback.py": ("tests/notebook/test_feedback.py",),
    "submission/cells.py": ("tests/submission/test_tagged_cells.py",),
    "submission/rebuild.py": (
        "tests/submission/test_rebuild.py",
        "tests/submission/test_tagged_cells.py",
        "tests/submission/test_attachments.py",
    ),
    "submission/submitted.py": (
        "tests/submission/test_rebuild.py",
        "tests/submission/test_attachments.py",
    ),
    "submission/flags.py": ("tests/submission/test_flags.py",),
    "suites/exercise.py": ("tests/suites/test_runner.py",),
    "suites/runner.py": ("tests/suites/test_runner.py",),
    "worker/protocol.py": ("tests/worker/test_protocol.py",),
    "worker/calls.py": ("tests/worker/test_calls.py", "tests/suites/test_student.py"),
    "sandbox/proof.py": ("tests/sandbox/test_process.py",),
}
"""The modules that decide grades or safety, and the tests that have to notice a change."""

SECONDS = 300
"""How long tests may take with a change. One that never ends has been noticed."""


@dataclass(frozen=True)
class Change:
    """A module with one change.

    Attributes:
        module: its place below rectify/.
        source: its text with the change.
        operator: what cosmic-ray calls this kind of change.
        before, after: the first line that differs.
    """

    module: str
    source: str
    operator: str
    before: str
    after: str

    @property
    def label(self) -> str:
        """What it is called in the file of equivalents."""
        return f"{self.module}: {self.before} -> {self.after}"


def changes(module: str) -> list[Change]:
    """Return a module with each single change that could be noticed."""
    text = (PACKAGE / module).read_text(encoding="utf-8")
    nodes = list(ast_nodes(get_ast(text)))
    seen, found = {_meaning(text)}, []
    for name, operator in operators().items():
        count = sum(len(list(operator.mutation_positions(node))) for node in nodes)
        for occurrence in range(count):
            try:
                source = mutate_code(text, operator, occurrence)
            except AttributeError:  # cosmic-ray cannot replace an exception with a dot in its name
                continue
            meaning = "" if source is None else _meaning(source)
            if source is not None and meaning and meaning not in seen:
                seen.add(meaning)
                found.append(Change(module, source, name, *_difference(text, source)))
    return found


def _meaning(source: str) -> str:
    """Return what a text does; nothing if it is no Python. Nobody evaluates its annotations."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant(None)
    return ast.dump(tree)


def _difference(before: str, after: str) -> tuple[str, str]:
    old, new = ([line.strip() for line in text.splitlines()] for text in (before, after))
    if len(old) != len(new):
        gone = next(i for i, line in enumerate(old) if i >= len(new) or new[i] != line)
        return old[gone], "nothing"
    return next((a, b) for a, b in zip(old, new, strict=True) if a != b)


def chosen(module: str, sample: int | None, seed: str) -> list[Change]:
    """Return all changes of a module, or a sample of them."""
    found = changes(module)
    if sample is None or sample >= len(found):
        return found
    return random.Random(f"{seed}:{module}").sample(found, sample)


def measure(module: str, tried: Sequence[Change]) -> list[tuple[Change, bool]]:
    """Return for each change whether a test of the module notices it.

    Raises RuntimeError when the tests fail without a change, too.
    """
    with _copy() as package:
        if _fails(package.parent, TESTS[module]):
            raise RuntimeError(f"the tests of {module} fail without a change")
        original = (package / module).read_bytes()
        found = []
        for change in tried:
            (package / module).write_text(change.source, encoding="utf-8")
            found.append((change, _fails(package.parent, TESTS[module])))
            (package / module).write_bytes(original)
        return found


@contextmanager
def _copy() -> Iterator[Path]:
    """Give a copy of the package, which a sandbox that root starts can read."""
    folder = Path(tempfile.mkdtemp(prefix="engine-", dir="/var/tmp"))
    folder.chmod(0o755)
    try:
        ignored = shutil.ignore_patterns("__pycache__")
        yield Path(shutil.copytree(PACKAGE, folder / "rectify", ignore=ignored))
    finally:
        shutil.rmtree(folder)


def _fails(beside: Path, tests: Sequence[str]) -> bool:
    """Run tests against the package that lies in a folder, in a fork of this process.

    What is slow to import is there already, and nothing of the engine is.
    """
    pid = os.fork()
    if pid == 0:
        os._exit(_run(beside, tests))
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0


def _run(beside: Path, tests: Sequence[str]) -> int:
    """Run tests to the first that fails. Never returns normally for an endless change."""
    os.setsid()
    with open(os.devnull, "r+b") as nothing:
        for number in range(3):
            os.dup2(nothing.fileno(), number)
    signal.signal(signal.SIGALRM, lambda *_: os.killpg(0, signal.SIGKILL))
    signal.alarm(SECONDS)
    for name in [name for name in sys.modules if name.split(".")[0] in ("rectify", "tests")]:
        del sys.modules[name]
    sys.dont_write_bytecode = True
    import pytest

    options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not long", "--rootdir", str(ROOT)]
    options += ["-o", f"pythonpath={beside} {ROOT}"]
    os.chdir(ROOT)
    sys.path[:] = [str(beside), *(path for path in sys.path if path not in ("", str(ROOT)))]
    return int(pytest.main([*options, *tests]))


def equivalents() -> dict[str, str]:
    """Return the reason for each change that is no fault, by its label."""
    reasons = json.loads(EQUIVALENT.read_text(encoding="utf-8"))
    return {label: reason for reason, labels in reasons.items() for label in labels}


def unnoticed(found: Sequence[tuple[Change, bool]], known: dict[str, str]) -> list[Change]:
    """Return the changes that no test notices, and that are not named equivalent."""
    return [change for change, noticed in found if not noticed and change.label not in known]


def out_of_date(found: Sequence[tuple[Change, bool]], known: dict[str, str]) -> list[str]:
    """Return what is named equivalent, and is noticed or not made any more."""
    return sorted(known.keys() - {change.label for change, noticed in found if not noticed})


def page(found: Sequence[tuple[Change, bool]], known: dict[str, str]) -> str:
    """Return the text of docs/engine.md."""
    lines = [_INTRODUCTION, "| module | changes | noticed | equivalent |", "|---|--:|--:|--:|"]
    for module in TESTS:
        own = [(change, noticed) for change, noticed in found if change.module == module]
        noticed = sum(noticed for _, noticed in own)
        lines.append(f"| `{module}` | {len(own)} | {noticed} | {len(own) - noticed} |")
    reasons = [known[c.label] for c, noticed in found if not noticed and c.label in known]
    lines += ["", "Why a change is no fault:", ""]
    lines += [f"- {reason} ({reasons.count(reason)})" for reason in dict.fromkeys(reasons)]
    return "\n".join(lines) + "\n"


_INTRODUCTION = """\
# Tests of the engine, tested

The modules that decide grades or safety, each with one small change at a time, such as another
operator or another number, by cosmic-ray. `make mutants-engine` makes the changes and writes this
page; the tests of the module run against each. What they do not notice stands in
`tests/mutation/equivalent.json`, with the reason why it is no fault.
"""
