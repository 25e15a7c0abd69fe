"""Progress reads well on a terminal and in a log, and sums up what became of everybody."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from rectify.batch import progress


def report(*, terminal: bool, total: int = 4) -> tuple[progress.Report, io.StringIO]:
    said = io.StringIO()
    console = Console(file=said, force_terminal=terminal, width=120, color_system=None)
    return progress.Report(total, console), said


@pytest.mark.parametrize(
    ("score", "kind"), [(None, "refused"), (0, "zero"), (0.5, "partial"), (10, "full")]
)
def test_a_result_is_full_partial_zero_or_refused(score: float | None, kind: str) -> None:
    assert progress.kind(score, 10) == kind


def test_in_a_log_there_is_a_line_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    shown, said = report(terminal=False)
    with shown:
        for kind, seconds in (("full", 1), ("zero", 1), ("refused", 8)):
            now[0] += seconds
            shown.add(kind)
    assert said.getvalue().splitlines() == [
        "3 of 4 graded, 18 a minute, about 3 s left. 1 full, 0 partial, 1 zero, 1 refused"
    ]


def test_on_a_terminal_there_is_a_bar() -> None:
    shown, said = report(terminal=True)
    with shown:
        shown.add("full")
        shown.add("partial")
    assert "2/4" in said.getvalue()
    assert "1 full, 1 partial, 0 zero, 0 refused" in said.getvalue()


def test_the_summary_counts_everybody() -> None:
    shown, said = report(terminal=False)
    for kind in ("full", "full", "refused"):
        shown.add(kind)
    shown.show_summary()
    assert "3 of 4 submissions" in said.getvalue()
    assert [cell for row in shown.summary().columns for cell in row.cells] == ["2", "0", "0", "1"]
