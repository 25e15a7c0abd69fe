"""What was measured, as tables for the terminal and for docs/performance.md."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from bench.measure import Usage
from bench.submissions import Submission

PARTS = ("nbgrader", "notebook", "suite", "waiting")
"""Where the time of this course's command for a class goes."""


@dataclass(frozen=True)
class Row:
    """One contestant's run: first one submission by itself, then all of them.

    `points` has the points of each submission, None where there is no grade; `parts` says where
    the time went, in seconds, if the contestant tells.
    """

    name: str
    submissions: Sequence[Submission]
    first: Usage
    every: Usage
    points: Sequence[float | None]
    parts: Mapping[str, float]

    @property
    def each(self) -> float:
        """Seconds for each submission after the first, so without what starting takes."""
        return (self.every.wall - self.first.wall) / (len(self.submissions) - 1)

    @property
    def cpu_each(self) -> float:
        """Seconds of processor time for each submission after the first."""
        return (self.every.cpu - self.first.cpu) / (len(self.submissions) - 1)

    def full(self, right: bool) -> str:
        """Say how many right answers, or how many others, have full points."""
        graded = [
            points == 10
            for submission, points in zip(self.submissions, self.points, strict=True)
            if (submission.answer.kind == "right") is right
        ]
        return f"{sum(graded)} of {len(graded)}"


SPEED = ("", "count", "a minute", "s each", "times", "first, s", "CPU s each", "memory, MB")
GRADES = ("", "right answers with full points", "others with full points", "without a grade")
TIME = ("", *(f"{part}, ms" for part in PARTS))


def tables(rows: Sequence[Row]) -> list[tuple[str, Sequence[str], list[list[str]]]]:
    """Return the tables of a comparison: title, headings, lines. Those without lines are left out.

    Ratios are to the first row.
    """
    found = [
        ("speed", SPEED, [_speed(row, rows[0].each) for row in rows]),
        ("grades", GRADES, [_grades(row) for row in rows]),
        ("where the time goes", TIME, [_time(row) for row in rows if row.parts]),
    ]
    return [table for table in found if table[2]]


def _speed(row: Row, base: float) -> list[str]:
    count = len(row.submissions)
    # With a handful of submissions on a busy machine, the first can take longer than all of them.
    told = row.each > 0
    return [
        row.name,
        str(count),
        f"{60 * count / row.every.wall:,.0f}",
        f"{row.each:.2f}" if told else "too few",
        f"{base / row.each:.1f}" if told and base > 0 else "",
        f"{row.first.wall:.1f}",
        f"{row.cpu_each:.2f}",
        f"{row.every.memory:,.0f}",
    ]


def _grades(row: Row) -> list[str]:
    ungraded = sum(points is None for points in row.points)
    return [row.name, row.full(right=True), row.full(right=False), str(ungraded)]


def _time(row: Row) -> list[str]:
    count = row.parts["submissions"]
    return [row.name, *(f"{1000 * row.parts[part] / count:,.1f}" for part in PARTS)]


SCALE_HEADINGS = ("submissions", "s", "s each", "a minute", "coordinator, MB", "all, MB")


def scale_cells(runs: Iterable[tuple[int, Usage]]) -> list[list[str]]:
    """Return the lines of the table of one contestant at several sizes."""
    return [
        [
            f"{count:,}",
            f"{usage.wall:,.1f}",
            f"{usage.wall / count:.4f}",
            f"{60 * count / usage.wall:,.0f}",
            f"{usage.first_memory:,.0f}",
            f"{usage.memory:,.0f}",
        ]
        for count, usage in runs
    ]


def differing(submissions: Sequence[Submission], points: Sequence[float | None]) -> list[str]:
    """Return a line for each submission whose grade is not what its answer deserves."""
    return [
        f"{submission.student}, {submission.answer.name}: "
        f"{'no grade' if earned is None else f'{earned:g}'}, not {submission.answer.points:g}"
        for submission, earned in zip(submissions, points, strict=True)
        if earned != submission.answer.points
    ]


def show(title: str, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Print a table to the terminal."""
    table = Table(title=title)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=not number)
    for line in lines:
        table.add_row(*line)
    Console().print(table)


def markdown(headings: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """Return a table as markdown."""
    rule = ["---", *["--:"] * (len(headings) - 1)]
    return "".join(f"| {' | '.join(line)} |\n" for line in (headings, rule, *lines))


def machine(peers: Path) -> str:
    """Return what the numbers were measured on, and with which versions, as a markdown list."""
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = re.search(r"^model name\s*: (.*)$", info, re.MULTILINE)
    ours = {name: version(name) for name in ("nbgrader", "torch")}
    theirs = _versions(peers, ("nbgrader", "otter-grader", "torch"))
    lines = (
        f"Date: {datetime.now(timezone.utc):%Y-%m-%d}",
        f"Processor: {model.group(1) if model else platform.machine()}, "
        f"{len(os.sched_getaffinity(0))} cores",
        f"Memory: {psutil.virtual_memory().total / 2**30:.0f} GiB",
        f"Linux {platform.release()}, Python {platform.python_version()}",
        f"This course: {_listed(ours)}",
        f"The others: {_listed(theirs)}",
        f"Load of the machine before the start: {os.getloadavg()[0]:.1f}",
    )
    return "".join(f"- {line}\n" for line in lines)


def _listed(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _versions(python: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the versions of packages in another environment, or nothing if there is none."""
    if not python.is_file():
        return {}
    text = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
    done = subprocess.run(
        [str(python), "-c", text, *names], capture_output=True, text=True, check=True
    )
    return dict(zip(names, done.stdout.split(), strict=True))


def replaced(text: str, section: str, body: str) -> str:
    """Return a page with `body` between the two comments that name a section.

    Raises ValueError if the page does not have them, or has them twice.
    """
    begin, end = f"<!-- {section}: begin -->", f"<!-- {section}: end -->"
    if text.count(begin) != 1 or text.count(end) != 1 or text.index(begin) > text.index(end):
        raise ValueError(f"The page needs one {begin} and behind it one {end}.")
    before, rest = text.split(begin)
    _, after = rest.split(end)
    return f"{before}{begin}\n\n{body.strip()}\n\n{end}{after}"
