"""What only graders may see, taken out of feedback pages: hidden tests and mark schemes.

A graded notebook holds them, because they were run and because graders read them in formgrader.
"""

from __future__ import annotations

import re
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_GUTTER = re.compile(r"^\s*(?P<arrow>-*>)?\s*(?:\d+:?)?\s")
"""What stands before a line of code in a traceback: an arrow at the line that raised, a number."""

LEFT_OUT = "(What this cell showed is left out here: hidden tests ran in it.)\n"
FAILED = "A hidden test did not pass."


class ConcealHidden(NbGraderPreprocessor):
    """Cuts hidden tests and mark schemes, and what shows them, from a feedback page.

    `c.ConcealHidden.enabled = False` shows them to students, as nbgrader does.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Return a cell as students may see it."""
        tests, marks = ClearHiddenTests(parent=self.parent), ClearMarkScheme(parent=self.parent)
        source, scheme = split(
            cell.source, marks.begin_mark_scheme_delimeter, marks.end_mark_scheme_delimeter
        )
        cell.source, hidden = split(source, tests.begin_test_delimeter, tests.end_test_delimeter)
        if cell.cell_type == "code" and (hidden or scheme):
            visible = {_bare(line) for line in cell.source.splitlines()}
            secret = {_bare(line) for line in [*hidden, *scheme]} - {""}
            cell.outputs = _concealed(cell.outputs, secret, visible - secret)
        return cell, resources


def split(source: str, begin: str, end: str) -> tuple[str, list[str]]:
    """Return a cell's text without the regions between two delimiters, and their lines.

    A region without an end goes to the end of the text: rather too much is hidden than too little.
    """
    kept: list[str] = []
    hidden: list[str] = []
    inside = False
    for line in source.split("\n"):
        if begin in line:
            inside = True
        elif end in line:
            inside = False
        else:
            (hidden if inside else kept).append(line)
    return "\n".join(kept), hidden


def _concealed(
    outputs: list[NotebookNode], secret: set[str], visible: set[str]
) -> list[NotebookNode]:
    """Return a cell's outputs without what hidden tests could have shown.

    A student's function that prints what it is given prints the hidden tests' inputs. So what was
    printed and drawn is left out; a number of points and an error stay.
    """
    kept, left_out = [], False
    for output in outputs:
        if output.output_type == "error":
            kept.append(_error(output, secret, visible))
        elif output.output_type == "execute_result" and _is_number(output):
            kept.append(output)
        else:
            left_out = True
    if left_out:
        note = NotebookNode(output_type="stream", name="stdout", text=LEFT_OUT)
        kept.insert(0, note)
    return kept


def _is_number(output: NotebookNode) -> bool:
    try:
        float(output.data["text/plain"])
    except (KeyError, ValueError):
        return False
    return set(output.data) == {"text/plain"}


def _error(output: NotebookNode, secret: set[str], visible: set[str]) -> NotebookNode:
    """Return an error without the lines that show a hidden one.

    Its message stays only if the line of the cell that raised is a visible one: comparing
    functions, such as NumPy's, write what they expected into theirs.
    """
    lines = [line for entry in output.traceback for line in entry.split("\n")]
    raised = {_bare(code) for line in lines if (code := _at_arrow(line)) is not None}
    shown = [line for line in lines if not _shows(line, secret)]
    if raised & visible and not raised & secret:
        return NotebookNode({**output, "traceback": ["\n".join(shown)]})
    message = f"{output.ename}: {FAILED}"
    return NotebookNode({**output, "evalue": FAILED, "traceback": [message]})


def _at_arrow(line: str) -> str | None:
    """Return the code of a traceback's line if an arrow marks it as the one that raised."""
    plain = _COLOURS.sub("", line)
    found = _GUTTER.match(plain)
    return plain[found.end() :] if found and found["arrow"] else None


def _shows(line: str, secret: set[str]) -> bool:
    plain = _COLOURS.sub("", line)
    found = _GUTTER.match(plain)
    return bool({_bare(plain), _bare(plain[found.end() :] if found else "")} & secret)


def _bare(line: str) -> str:
    """Return a line without its spaces: tracebacks may indent it in another way."""
    return "".join(line.split())
