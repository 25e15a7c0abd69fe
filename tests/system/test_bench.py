"""The benchmark's own parts: who hands in what, what the peers check, tables. No times."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest
import torch
from torch import nn

from bench import checks, report, submissions
from bench.__main__ import PAGE
from bench.measure import Meter, Usage
from bench.report import Row
from bench.submissions import QUICK, SHARES, UNREADABLE

ASSIGNMENTS = tuple(checks.EXERCISES)


@pytest.mark.parametrize("shares", [SHARES, QUICK])
def test_any_beginning_of_the_list_has_nearly_the_shares(shares: dict[str, float]) -> None:
    kinds = submissions.spread(1000, shares)
    total = sum(shares.values())
    for count in (10, 34, 100, 200, 1000):
        found = Counter(kinds[:count])
        for kind, share in shares.items():
            assert abs(found[kind] - count * share / total) < 1.5, (count, kind)
    assert kinds[0] == "right"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_seed_decides(assignment: str) -> None:
    chosen = submissions.choose(300, assignment, 1)
    assert chosen == submissions.choose(300, assignment, 1)
    assert chosen[:100] == submissions.choose(100, assignment, 1)
    assert chosen != submissions.choose(300, assignment, 2)
    assert len({one.student for one in chosen}) == 300
    given = {one.answer.name for one in chosen}
    assert given == {a.name for found in submissions.answers(assignment).values() for a in found}


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_submissions_are_the_released_notebook_with_an_answer(
    tmp_path: Path, root: Path, assignment: str
) -> None:
    chosen = submissions.write(tmp_path, 60, assignment, 1)
    released = nbformat.read(root / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    texts = set()
    for one in chosen:
        path = tmp_path / one.student / assignment / f"{assignment}.ipynb"
        if one.answer.name == UNREADABLE:
            with pytest.raises(nbformat.reader.NotJSONError):
                nbformat.read(path, as_version=4)
            continue
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        pairs = zip(notebook.cells, released.cells, strict=True)
        changed = [cell for cell, old in pairs if cell.source != old.source]
        if one.answer.source:
            (cell,) = changed
            assert cell.metadata.tags == [assignment]
            assert cell.source.endswith(one.answer.source.rstrip("\n"))
            texts.add(cell.source)
        else:
            assert changed == []
    readable = [one for one in chosen if one.answer.source and one.answer.name != UNREADABLE]
    assert len(texts) == len(readable), "no two students hand in the same text"


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_the_cell_of_the_peers_passes_right_answers_and_no_wrong_values(assignment: str) -> None:
    cell = checks.evaluation_cell(assignment)
    right = [answer.source for answer in submissions.answers(assignment)["right"]]
    assert len(right) == 2
    for source in right:
        names: dict[str, object] = {}
        exec(source, names)  # noqa: S102
        exec(cell, names)  # noqa: S102
    names = {checks.EXERCISES[assignment].class_name: _Identity}
    with pytest.raises(AssertionError):
        exec(cell, names)  # noqa: S102


class _Identity(nn.Module):
    def __init__(self, **_: float) -> None:
        super().__init__()

    def forward(self, tinput: torch.Tensor) -> torch.Tensor:
        return tinput


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_tests_of_otter_are_worth_ten_points(assignment: str) -> None:
    text = checks.otter_tests(assignment, 10)
    compile(text, "test", "exec")
    assert text.count("@test_case(points=1.25, hidden=False)") == len(checks.VISIBLE)
    assert text.count("@test_case(points=1.25, hidden=True)") == len(checks.HIDDEN)


def row(name: str, wall: float, points: tuple[float | None, ...]) -> Row:
    chosen = submissions.choose(len(points), "relu", 1)
    first, every = Usage(1, 2, 10, 5), Usage(wall, 2 * wall, 1234.5, 50)
    return Row(name, chosen, first, every, points, {})


def test_tables_show_cost_and_grades_of_each() -> None:
    slow = row("stock", 21.0, (10, 10, 10, 0, None))
    fast = row("ours", 3.0, (10, 6.5, 10, 10, 7))
    speed, grades = report.tables([slow, fast])
    assert speed[2] == [
        ["stock", "5", "14", "5.00", "1.0", "1.0", "10.00", "1,234"],
        ["ours", "5", "100", "0.50", "10.0", "1.0", "1.00", "1,234"],
    ]
    kinds = [one.answer.kind for one in slow.submissions]
    assert kinds == ["right", "wrong", "right", "right", "wrong"]
    assert grades[2] == [["stock", "2 of 3", "1 of 2", "1"], ["ours", "3 of 3", "0 of 2", "0"]]
    assert all(
        len(line) == len(headings) for _, headings, lines in (speed, grades) for line in lines
    )


def test_parts_are_shown_for_a_submission() -> None:
    told = {"submissions": 4, "wall": 2, "nbgrader": 0.4, "notebook": 1, "suite": 0.5, "waiting": 0}
    one = dataclasses.replace(row("ours", 3, (10, 10)), parts=told)
    title, headings, lines = report.tables([one])[-1]
    assert title == "where the time goes"
    assert headings == ("", "nbgrader, ms", "notebook, ms", "suite, ms", "waiting, ms")
    assert lines == [["ours", "100.0", "250.0", "125.0", "0.0"]]


def test_grades_that_differ_from_the_samples_are_named() -> None:
    chosen = submissions.choose(2, "relu", 1)
    assert report.differing(chosen, [one.answer.points for one in chosen]) == []
    first, second = report.differing(chosen, [0.5, None])
    assert first == f"s000001, {chosen[0].answer.name}: 0.5, not 10"
    assert second.startswith(f"s000002, {chosen[1].answer.name}: no grade, not ")


def test_markdown_has_as_many_columns_as_headings() -> None:
    text = report.markdown(("", "a"), [["x", "1"]])
    assert text == "|  | a |\n| --- | --: |\n| x | 1 |\n"


def test_a_section_of_the_page_is_replaced_and_nothing_else() -> None:
    page = PAGE.read_text(encoding="utf-8")
    once = report.replaced(page, "bench", "one")
    assert report.replaced(once, "bench", "two\n") == report.replaced(page, "bench", "two")
    assert "<!-- bench: begin -->\n\none\n\n<!-- bench: end -->" in once
    assert "<!-- scale: begin -->" in once
    with pytest.raises(ValueError, match="needs one <!-- other: begin -->"):
        report.replaced(page, "other", "")


def test_the_meter_counts_processes_that_lost_their_parent() -> None:
    """In a process of its own, because the meter waits for all children."""
    work = "import time\nwhile time.process_time() < 0.4: pass"
    parent = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {work!r}])"
    text = (
        "import subprocess, sys\nfrom bench.measure import Meter\n"
        f"with Meter() as meter: subprocess.run([sys.executable, '-c', {parent!r}])\n"
        "assert meter.usage.cpu >= 0.4, meter.usage"
    )
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=PAGE.parent.parent, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert Meter().usage.memory == 0
