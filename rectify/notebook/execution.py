"""Runs the cells of a notebook in a worker, in order, and stores what they show."""

from __future__ import annotations

import ast
import math
import secrets
import time
from collections.abc import Iterator
from typing import Any

import nbformat
from IPython.core.displayhook import DisplayHook
from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from nbgrader import utils

from rectify.faults import Misbehaved, Stalled, StudentFault
from rectify.limits import Limits, limit_met
from rectify.notebook import feedback
from rectify.notebook.outputs import outputs_of, size, text_of
from rectify.sandbox.process import Sandbox, Session
from rectify.submission import flags, submitted
from rectify.worker import verdict
from rectify.worker.protocol import Frame

MAX_NOTEBOOK_OUTPUT = 8_000_000
"""Characters of all outputs of a notebook together, images included."""


def lesson(notebook: NotebookNode, released: NotebookNode) -> tuple[str, ...]:
    """Return the cells that come before the first answer, if they are as they were released.

    They do the same for everybody, so a sandbox can run them once for all.
    """
    first, begins = ([cell.source for cell in _before_answers(nb)] for nb in (released, notebook))
    return tuple(first) if begins[: len(first)] == first else ()


def _before_answers(notebook: NotebookNode) -> Iterator[NotebookNode]:
    for cell in notebook.cells:
        if utils.is_solution(cell) or utils.is_grade(cell):
            return
        if _is_run(cell, set()):
            yield cell


def end(notebook: NotebookNode, released: NotebookNode, skip: set[str]) -> int:
    """Return how many of the notebook's cells come before the demonstrations that close a lesson.

    They are the lesson's own, as they were released, and nothing that is graded or that a student
    has written comes after them: they decide no grade. `skip` is that of `run`.
    """
    known = {cell.source for cell in released.cells}
    last, answered = 0, False
    for number, cell in enumerate(notebook.cells, start=1):
        graded = utils.is_solution(cell) or utils.is_grade(cell)
        answered = answered or graded
        if not answered or (_is_run(cell, skip) and (graded or cell.source not in known)):
            last = number
    return last


def run(
    notebook: NotebookNode, sandbox: Sandbox, *, skip: set[str], end: int | None = None
) -> None:
    """Run the code cells in order, in one session, and store their outputs in the notebook.

    Only the first `end` cells are run, if it is given, and no grade cell whose grade_id is in
    `skip`: the others are left as they are. The cells of the sandbox's
    lesson, which the notebook must begin with, have run already. Where a cell does not come
    back, it says so, no later cell runs, and grade cells that did not run hold an error.
    """
    cells = [cell for cell in notebook.cells[:end] if _is_run(cell, skip)]
    for cell in cells:
        cell.outputs = [feedback.refusal("This cell was not run.")] if utils.is_grade(cell) else []
        cell.execution_count = None
    with sandbox.session("graded" if any(map(_decides, cells)) else "cells") as session:
        done = sandbox.lesson_outputs
        if tuple(cell.source for cell in cells[: len(done)]) != sandbox.lesson:
            raise ValueError("the notebook does not begin with the lesson that the sandbox ran")
        deadline = time.monotonic() + sandbox.limits.notebook_seconds
        room = MAX_NOTEBOOK_OUTPUT
        for number, cell in enumerate(cells, start=1):
            try:
                if number <= len(done):
                    outputs = outputs_of(done[number - 1], number)
                else:
                    outputs = _run_cell(cell, number, session, sandbox.limits, deadline)
                room -= sum(map(size, outputs))
                if room < 0:
                    raise StudentFault(
                        f"All cells together may show {MAX_NOTEBOOK_OUTPUT:,} characters."
                    )
            except StudentFault as fault:
                cell.outputs = [feedback.refusal(f"{fault} The cells after this one were not run.")]
                return
            for output in outputs:
                named = output.output_type == "error" and limit_met(output.evalue, sandbox.limits)
                if named:
                    output.evalue = f"{output.evalue} ({named})"
                    output.traceback.append(named)
            cell.execution_count = number
            cell.outputs = _fair(outputs, cell) if utils.is_grade(cell) else outputs


def flag(notebook: NotebookNode, released: NotebookNode, skip: set[str]) -> None:
    """Add to grade cells what a human should look at in the student's cells before them.

    For a notebook that has been run. `skip` is that of `run`: suites look at their answers.
    """
    known = {cell.source for cell in released.cells}
    code = [cell for cell in notebook.cells if _is_run(cell, skip)]
    theirs = [not utils.is_locked(cell) and cell.source not in known for cell in code]
    graded = [cell for cell in code if _decides(cell)]
    if not graded:
        return
    lesson = flags.Lesson(
        given=[cell.source for cell, own in zip(code, theirs, strict=True) if not own],
        graded=[cell.source for cell in graded],
        stubs=[cell.source for cell in released.cells if utils.is_solution(cell)],
    )
    notes = list(notebook.metadata.get(submitted.KEY, {}).get("flags", []))
    for cell, own in zip(code, theirs, strict=True):
        if own:
            notes += lesson.code(cell.source)
        elif _decides(cell) and notes:
            cell.outputs.append(feedback.note_output(list(dict.fromkeys(notes))[:5]))


def _is_run(cell: NotebookNode, skip: set[str]) -> bool:
    if cell.cell_type != "code" or not cell.source.strip():
        return False
    return cell.metadata.get("nbgrader", {}).get("grade_id") not in skip


def _decides(cell: NotebookNode) -> bool:
    """Tell whether running a cell decides its points."""
    return bool(utils.is_grade(cell) and not utils.is_solution(cell))


def _run_cell(
    cell: NotebookNode, number: int, session: Session, limits: Limits, deadline: float
) -> list[NotebookNode]:
    """Return the outputs of a cell. Raises StudentFault when it does not come back."""
    if not _decides(cell):
        return outputs_of(_ask({}, cell.source.encode(), session, limits, deadline).payload, number)
    token = secrets.token_hex(16)
    source = _plain_python(cell.source)
    payload = verdict.request(token, _last_expression(source), source)
    return _graded(_ask(verdict.GRADE, payload, session, limits, deadline), token, number)


def _ask(
    header: dict[str, Any], payload: bytes, session: Session, limits: Limits, deadline: float
) -> Frame:
    """Have a cell run. Raises StudentFault when it does not come back."""
    remaining = deadline - time.monotonic()
    try:
        seconds = min(limits.cell_seconds, remaining)
        if seconds <= 0:
            raise Stalled(0)
        return session.ask(header, payload, seconds=seconds)
    except Stalled as fault:
        if remaining > limits.cell_seconds:
            raise
        together = f"All cells together may take {limits.notebook_seconds:g} s."
        raise StudentFault(together) from fault


def _plain_python(source: str) -> str:
    """Return a cell of the course as Python reads it, with calls in the place of magics."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    return source if _parsed(source) else TransformerManager().transform_cell(source)


def _parsed(source: str) -> ast.Module | None:
    flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    try:
        tree = compile(source, "<cell>", "exec", flags, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    assert isinstance(tree, ast.Module)
    return tree


def _last_expression(source: str) -> int | None:
    """Return where the expression begins whose value a kernel would show, if there is one."""
    tree = _parsed(source)
    if tree is None or not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return None
    if DisplayHook.semicolon_at_end_of_expression(source):
        return None
    last = tree.body[-1]
    lines = source.split("\n")
    before = lines[last.lineno - 1].encode()[: last.col_offset].decode()
    return sum(len(line) + 1 for line in lines[: last.lineno - 1]) + len(before)


def _graded(answer: Frame, token: str, number: int) -> list[NotebookNode]:
    """Return the outputs of a grade cell, from which nbgrader takes the points.

    What the cell shows decides nothing: an error is there if the worker saw one, and a number is
    the cell's value only if the worker says so. Where they disagree, the cell earns less.
    """
    ended, value = answer.header.get("ended"), answer.header.get("number")
    if answer.header.get("token") != token or not isinstance(ended, bool):
        raise Misbehaved
    outputs = outputs_of(answer.payload, number)
    last = max((i for i, o in enumerate(outputs) if o.output_type == "execute_result"), default=-1)
    outputs = [
        nbformat.v4.new_output("display_data", data=output.data)
        if output.output_type == "execute_result" and place != last
        else output
        for place, output in enumerate(outputs)
    ]
    if value is not None:
        if last < 0:
            outputs.append(nbformat.v4.new_output("execute_result", execution_count=number))
        outputs[last].data["text/plain"] = text_of(value)
    if not ended and all(output.output_type != "error" for output in outputs):
        outputs.append(
            feedback.refusal(
                "This cell ended with an error that was kept from being shown. Take out what "
                "changes how IPython runs or shows cells, and hand the notebook in again."
            )
        )
    return outputs


def _fair(outputs: list[NotebookNode], cell: NotebookNode) -> list[NotebookNode]:
    """Return the outputs of a grade cell, so that nbgrader takes no more and no less from them.

    nbgrader gives no points for anything on stderr, a harmless warning too, and full points
    for a number that is NaN or below zero.
    """
    maximum = float(cell.metadata["nbgrader"]["points"])
    for output in outputs:
        if output.output_type == "stream":
            output.name = "stdout"
        elif output.output_type == "execute_result":
            try:
                number = float(output.data["text/plain"])
            except ValueError:
                continue
            if not math.isfinite(number) or not 0 <= number <= maximum:
                return [feedback.refusal(f"The cell's value is {number}: no number of points.")]
    return outputs
