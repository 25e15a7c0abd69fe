"""What students and instructors read of a result: the output of a grade cell."""

from __future__ import annotations

from typing import Any

import nbformat
from jinja2 import Environment, PackageLoader, StrictUndefined
from nbformat import NotebookNode

from rectify.result import Outcome, Result

# Student code decides parts of the text (an exception's message), so everything is escaped.
_templates = Environment(
    loader=PackageLoader("rectify.notebook", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_LOOKS = {
    Outcome.PASSED: ("✓", "passed", "#1a7f37"),
    Outcome.FAILED: ("✗", "failed", "#b3261e"),
    Outcome.UNCHECKED: ("?", "could not be checked", "#5f6b7a"),
}
"""Sign, words and colour of each outcome. White text on the colours has a contrast of 5:1."""

_KEY = "rectify"
"""Where an output's metadata holds notes on a grade cell without a hidden suite."""


def points(number: float) -> str:
    """Return points as people write them: 10 and 7.5, not 10.0."""
    return f"{number:g}"


def html(result: Result) -> str:
    """Return the table of groups as HTML that reads well on light and on dark pages."""
    return _templates.get_template("feedback.html.j2").render(
        result=result, looks=_LOOKS, points=points
    )


def grade_output(result: Result) -> Any:
    """Return the output of a grade cell: the points as text, the table and the record.

    nbgrader takes the text of an execute_result as the points, so it is always a number
    between 0 and the maximum.
    """
    return nbformat.v4.new_output(
        "execute_result",
        execution_count=1,
        data={
            "text/plain": repr(result.score),
            "text/html": html(result),
            "application/json": result.to_json(),
        },
    )


def notes(cell: NotebookNode) -> list[str]:
    """Return what a reader of a graded cell should know, from what its outputs hold."""
    outputs = cell.get("outputs", [])
    records = [output.get("data", {}).get("application/json") for output in outputs]
    records += [output.get("metadata", {}).get(_KEY) for output in outputs]
    return [note for record in records if record for note in record["notes"]]


def note_output(found: list[str]) -> Any:
    """Return an output of a grade cell that has no table: it shows notes and earns nothing."""
    return nbformat.v4.new_output(
        "display_data",
        data={"text/plain": "\n".join(f"Please note: {note}" for note in found)},
        metadata={_KEY: {"notes": found}},
    )


def remark(text: str) -> Any:
    """Return an output of a grade cell that tells something, and earns and flags nothing."""
    return nbformat.v4.new_output("display_data", data={"text/plain": text})


def refusal(reason: str) -> Any:
    """Return the output of a grade cell that is not graded: nbgrader counts it as no points."""
    return nbformat.v4.new_output(
        "error", ename="NotGraded", evalue=reason, traceback=[f"NotGraded: {reason}"]
    )
