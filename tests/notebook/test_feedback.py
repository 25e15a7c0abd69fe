"""What students read: points, groups, hints, and nothing that runs or reveals."""

from __future__ import annotations

import re

import nbformat
import pytest
from nbgrader.utils import determine_grade

from rectify.notebook import feedback
from rectify.result import Group, Outcome, Result

GROUPS = (
    Group("test_a", "Values", 7.5, "Look at the formula.", Outcome.PASSED),
    Group("test_b", "In place", 1.5, "Look at the branch.", Outcome.FAILED, "It raised."),
    Group("test_c", "Gradient", 1.0, "Look at autograd.", Outcome.UNCHECKED),
)


def result(**changes: object) -> Result:
    values = {"suite": "test_a", "version": "1", "isolation": "bubblewrap", "groups": GROUPS}
    return Result(**{**values, **changes})  # type: ignore[arg-type]


def text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_table_names_every_group_with_points_and_hints_where_points_were_lost() -> None:
    shown = text(feedback.html(result()))
    assert shown.startswith("7.5 of 10 points")
    assert "Values ✓ passed 7.5 / 7.5 In place" in shown
    assert "In place ✗ failed 0 / 1.5 It raised. Look at the branch." in shown
    assert "Gradient ? could not be checked 0 / 1 Look at autograd." in shown
    assert "Look at the formula." not in shown
    assert "sandbox" not in shown


def test_problem_notes_and_missing_isolation_are_said() -> None:
    shown = text(feedback.html(result(problem="No tag.", notes=("Two.",), isolation="none")))
    assert "What went wrong: No tag." in shown
    assert "Please note: Two." in shown
    assert "Graded without a sandbox." in shown


def test_what_a_student_wrote_is_shown_as_text() -> None:
    html = feedback.html(result(problem="<script>alert(1)</script>", notes=("<img src=x>",)))
    assert "<script" not in html
    assert "<img" not in html
    assert "&lt;script&gt;" in html


def test_nbgrader_reads_the_points_from_the_output() -> None:
    cell = nbformat.v4.new_code_cell(metadata={"nbgrader": {"grade": True, "points": 10}})
    cell.outputs = [feedback.grade_output(result())]
    assert determine_grade(cell) == (7.5, 10)
    assert Result.from_json(cell.outputs[0].data["application/json"]) == result()
    cell.outputs = [feedback.refusal("No sandbox.")]
    assert determine_grade(cell) == (0, 10)


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_white_text_can_be_read_on_each_outcomes_colour(outcome: Outcome) -> None:
    *_, colour = feedback._LOOKS[outcome]
    assert (1 + 0.05) / (luminance(colour) + 0.05) >= 4.5
