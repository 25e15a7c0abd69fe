"""One notebook is graded by a function; what is the same for everybody is run once."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from rectify.limits import Limits
from rectify.notebook import execution, task
from rectify.notebook.task import Task, perform
from rectify.sandbox.pool import Needs, Sandboxes, shared
from rectify.sandbox.process import Sandbox, Session
from rectify.submission import rebuild
from rectify.submission.submitted import KEY

LESSON = ("numbers = [1, 2]", "numbers.append(3)\nprint(numbers)\nlen(numbers)")


@pytest.fixture(scope="module")
def sandboxes(sandbox: Sandbox) -> Iterator[Sandboxes]:
    found = Sandboxes("bubblewrap", sandbox.limits)
    yield found
    found.close()


def notebook(*lesson: str, answer: str = "numbers.append(4)\nnumbers") -> NotebookNode:
    flags = {"grade": False, "grade_id": "double", "locked": False, "solution": True}
    tagged = new_code_cell(answer, metadata={"tags": ["double"], "nbgrader": flags})
    return new_notebook(cells=[*map(new_code_cell, lesson), tagged, new_code_cell("numbers")])


def outputs(cells: list[NotebookNode]) -> list[object]:
    return [(cell.execution_count, cell.outputs) for cell in cells]


def test_cells_do_the_same_behind_a_lesson_that_has_run_once(sandboxes: Sandboxes) -> None:
    plain, behind, again = (notebook(*LESSON) for _ in range(3))
    execution.run(plain, sandboxes.cells((), {}), skip=set())
    prepared = sandboxes.cells(LESSON, {})
    assert prepared.lesson == LESSON
    execution.run(behind, prepared, skip=set())
    execution.run(again, prepared, skip=set())
    assert outputs(behind.cells) == outputs(plain.cells)
    assert outputs(again.cells) == outputs(plain.cells), "no session leaves anything behind"
    assert plain.cells[3].outputs[0].data["text/plain"] == "[1, 2, 3, 4]"


def test_a_lesson_runs_ahead_only_where_nobody_has_changed_it() -> None:
    released = notebook(*LESSON)
    assert execution.lesson(notebook(*LESSON, answer="pass"), released) == LESSON
    assert execution.lesson(notebook(*LESSON, "own = 1"), released) == LESSON
    assert execution.lesson(notebook("numbers = []", LESSON[1]), released) == ()
    assert execution.lesson(notebook("own = 1", *LESSON), released) == ()
    assert execution.lesson(notebook(LESSON[0]), released) == ()


def shown(*closing: NotebookNode) -> list[str]:
    """Return the sources of the cells that run, of a lesson with two demonstrations at its end."""
    released = notebook(*LESSON)
    released.cells.append(new_code_cell("sum(numbers)"))
    handed_in = notebook(*LESSON, answer="numbers.append(5)")
    handed_in.cells[3:] = closing
    last = execution.end(handed_in, released, {"suite"})
    return [cell.source for cell in handed_in.cells[:last]][3:]


def test_what_closes_a_lesson_is_run_only_for_what_a_student_has_added_or_a_grade() -> None:
    first, second = new_code_cell("numbers"), new_code_cell("sum(numbers)")
    own, text = new_code_cell("max(numbers)"), new_markdown_cell("Why?")
    assert shown(first, second) == []
    assert shown(first, text, second) == []
    assert shown(first, own, second) == ["numbers", "max(numbers)"]
    assert shown(first, new_code_cell("sum(numbers) + 1")) == ["numbers", "sum(numbers) + 1"]
    for name, runs in (("suite", []), ("other", ["numbers", "sum(numbers)", "assert numbers"])):
        flags = {"grade": True, "grade_id": name, "points": 1, "solution": False, "locked": True}
        graded = new_code_cell("assert numbers", metadata={"nbgrader": flags})
        assert shown(first, second, graded) == runs


def test_cells_at_the_end_that_are_not_run_show_nothing(sandboxes: Sandboxes) -> None:
    handed_in = notebook(*LESSON)
    execution.run(handed_in, sandboxes.cells(LESSON, {}), skip=set(), end=3)
    assert [cell.execution_count for cell in handed_in.cells] == [1, 2, 3, None]
    assert handed_in.cells[2].outputs[0].data["text/plain"] == "[1, 2, 3, 4]"
    assert handed_in.cells[3].outputs == []


@pytest.mark.parametrize("demonstrations", [True, False])
def test_demonstrations_are_a_setting(tasks: dict[str, Task], demonstrations: bool) -> None:
    both = []
    for text in (tasks["relu"].complete, tasks["relu"].notebook):
        parsed = nbformat.reads(text.decode(), as_version=4)
        parsed.cells.append(new_code_cell("name.upper()"))
        both.append(nbformat.writes(parsed).encode())
    changed = replace(
        tasks["relu"], complete=both[0], notebook=both[1], demonstrations=demonstrations
    )
    graded = nbformat.reads(perform(changed).notebook.decode(), as_version=4)
    assert ("RELU" in str(graded.cells[-1].outputs)) is demonstrations


def test_a_notebook_that_begins_otherwise_is_refused(sandboxes: Sandboxes) -> None:
    with pytest.raises(ValueError, match="does not begin with the lesson"):
        execution.run(notebook("numbers = []"), sandboxes.cells(LESSON, {}), skip=set())


@pytest.mark.parametrize(
    "cell",
    [
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
        "open('data.txt', 'w').write('for later')",
        "import signal\nsignal.signal(signal.SIGTERM, lambda *_: None)",
        "import signal\nsignal.signal(signal.SIGALRM, lambda *_: None)",
        "import os, time\nif not os.fork():\n    time.sleep(99)\n    os._exit(0)",
        "while True: pass",
    ],
    ids=["thread", "file", "signal", "alarm", "child", "loop"],
)
def test_a_lesson_that_a_fork_would_not_take_along_runs_for_each_submission(
    sandboxes: Sandboxes, cell: str
) -> None:
    found = sandboxes.cells((cell,), {})
    assert found.lesson == ()
    assert sandboxes.cells((cell,), {}) is found, "it is not tried again"
    graded = notebook("kept = 1", answer="kept")
    execution.run(graded, found, skip=set())
    assert graded.cells[1].outputs[0].data["text/plain"] == "1"


@pytest.fixture
def tasks(root: Path) -> dict[str, Task]:
    """An untouched stub of two exercises, each with its hidden suite."""
    found = {}
    for name in ("relu", "leaky_relu"):
        data = (root / "release" / name / f"{name}.ipynb").read_bytes()
        released = nbformat.reads(data.decode(), as_version=4)
        # A lesson that takes no time.
        released.cells = [
            c for c in released.cells if c.cell_type != "code" or "nbgrader" in c.metadata
        ]
        released.cells.insert(0, new_code_cell(f"name = {name!r}"))
        rebuilt = rebuild.rebuild(copy.deepcopy(released), released, released)
        found[name] = Task(
            notebook=nbformat.writes(rebuilt).encode(),
            complete=nbformat.writes(released).encode(),
            suites={f"test_{name}": (root / f"test_exercise/hidden/test_{name}.py").read_bytes()},
            seed="1",
            execute=True,
            demonstrations=True,
            isolation="bubblewrap",
            limits=Limits(),
        )
    return found


def test_each_lesson_keeps_its_sandbox_from_one_submission_to_the_next(
    tasks: dict[str, Task],
) -> None:
    """What one lesson has run ahead is not run again for each submission."""
    graded = [perform(tasks[name]) for name in ("relu", "leaky_relu")]
    for one, name in zip(graded, tasks, strict=True):
        assert nbformat.reads(one.notebook.decode(), as_version=4).metadata[KEY]["graded"] is True
        kept = shared("bubblewrap", Limits()).cells((f"name = {name!r}",), {})
        before = kept._process
        perform(tasks[name])
        assert kept._process is before
        assert before is not None
        assert before.poll() is None
    shared("bubblewrap", Limits()).close()


def test_a_submission_is_tried_again_when_its_sandbox_is_killed(
    tasks: dict[str, Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def lost(*_: object) -> None:
        tried.append(1)
        raise task.SandboxLost

    monkeypatch.setattr(task, "_perform", lost)
    with pytest.raises(task.SandboxLost):
        perform(tasks["relu"])
    assert len(tried) == task.ATTEMPTS


def test_all_sessions_for_cells_have_ended_before_a_hidden_check_begins(
    tasks: dict[str, Task], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then no cell can show what an answer is given in a hidden check."""
    order, open_sessions = [], 0
    session = Sandbox.session

    @contextmanager
    def counted(sandbox: Sandbox, kind: str) -> Iterator[Session]:
        nonlocal open_sessions
        assert open_sessions == 0, "one after the other"
        order.append(kind)
        open_sessions += 1
        with session(sandbox, kind) as opened:
            yield opened
        open_sessions -= 1

    monkeypatch.setattr(Sandbox, "session", counted)
    perform(tasks["relu"])
    assert order[0] == "cells"
    assert set(order[1:]) == {"calls"}


@pytest.mark.parametrize(
    ("source", "files", "modules"),
    [
        ("import math", {}, ()),
        ("from torch import nn", {}, ("torch",)),
        ("import matplotlib.pyplot as plt\nimport torch", {}, ("matplotlib", "torch")),
        ("import helper", {"helper.py": b"import torch"}, ("torch",)),
        ("text = open('data.csv').read()", {"data.csv": b"torch"}, ()),
        ("import pytorch_lightning", {}, ()),
    ],
)
def test_sandboxes_are_ready_for_what_a_notebook_speaks_of(
    source: str, files: dict[str, bytes], modules: tuple[str, ...]
) -> None:
    complete = new_notebook(cells=[new_code_cell(source)])
    assert task.needs(complete, files, suites=False) == Needs(modules, calls=False)
    assert task.needs(complete, files, suites=True).calls
