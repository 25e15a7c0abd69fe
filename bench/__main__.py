"""`python -m bench`: grades the same submissions in each way, and prints what each took."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench import checks, contestants, report, submissions
from bench.contestants import Contestant, Ours
from bench.measure import Meter, Usage
from bench.report import Row
from bench.submissions import ROOT, Submission

PAGE = ROOT / "docs" / "performance.md"

MIXES: dict[str, tuple[str, Mapping[str, float]]] = {
    "all": ("With answers that never end", submissions.SHARES),
    "quick": ("Without answers that never end", submissions.QUICK),
}


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write the page. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "what",
        nargs="?",
        choices=["compare", "scale"],
        default="compare",
        help="everybody on the same submissions, or this course alone at several sizes",
    )
    parser.add_argument("--assignment", choices=sorted(checks.EXERCISES), default="relu")
    parser.add_argument("--count", type=int, default=200, help="submissions for this course")
    parser.add_argument("--peers", type=int, default=34, help="how many of them the others get")
    parser.add_argument("--seed", type=int, default=1, help="decides which answers come when")
    parser.add_argument("--mix", nargs="+", choices=list(MIXES), default=list(MIXES))
    parser.add_argument("--only", nargs="+", choices=list(contestants.everybody()), default=[])
    parser.add_argument(
        "--cell-seconds",
        type=int,
        default=contestants.CELL_SECONDS,
        help="nbgrader's time limit of a cell; a busy machine needs more",
    )
    parser.add_argument("--sizes", nargs="+", type=int, default=[100, 1000, 5000])
    parser.add_argument("--workers", type=int, default=2, help="workers of `scale`")
    parser.add_argument("--no-write", action="store_true", help=f"leave {PAGE.name} as it is")
    options = parser.parse_args(arguments)
    if min(options.count, options.peers) < 2:
        parser.error("The cost of a submission is measured between the first and the last of two.")
    try:
        return compare(options) if options.what == "compare" else scale(options)
    except contestants.Failed as error:
        print(error)
        return 1


def compare(options: argparse.Namespace) -> int:
    """Measure everybody with each mix of submissions."""
    machine = report.machine(contestants.PEERS)
    body = f"{machine}\n"
    for mix in options.mix:
        heading, shares = MIXES[mix]
        chosen = submissions.choose(options.count, options.assignment, options.seed, shares)
        rows, notes = [], []
        for word, one in contestants.everybody(options.cell_seconds).items():
            if options.only and word not in options.only:
                continue
            if reason := excuse(one, chosen):
                notes.append(f"{one.name}: not measured, because {reason}.")
                print(notes[-1], flush=True)
            else:
                rows.append(measured(one, chosen, options))
        body += f"### {heading}\n\n"
        for title, headings, lines in report.tables(rows):
            report.show(f"{heading}: {title}", headings, lines)
            body += f"{report.markdown(headings, lines)}\n"
        body += "".join(f"{note}\n\n" for note in notes)
    print(machine)
    if not options.only:
        write("bench", body, options)
    return 0


def excuse(one: Contestant, chosen: list[Submission]) -> str:
    """Say why a contestant is left out, or return an empty text."""
    if not one.slow and any(submission.answer.kind == "slow" for submission in chosen):
        return "it has no time limit"
    return one.missing()


def measured(one: Contestant, chosen: list[Submission], options: argparse.Namespace) -> Row:
    """Run one contestant with the first submission, then with all that it gets."""
    ours = isinstance(one, Ours)
    mine = chosen if ours else chosen[: options.peers]
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        prepared = Path(name, "prepared")
        prepared.mkdir()
        one.prepare(prepared, options.assignment)
        first, _, _ = run(one, prepared, mine[:1], options.assignment)
        every, points, parts = run(one, prepared, mine, options.assignment)
    print(f"{one.name}: {len(mine)} submissions in {every.wall:.1f} s", flush=True)
    if ours:
        for line in report.differing(mine, points):
            print(f"  {line}", flush=True)
    return Row(one.name, mine, first, every, points, parts)


def run(
    one: Contestant, prepared: Path, mine: list[Submission], assignment: str
) -> tuple[Usage, list[float | None], dict[str, float]]:
    """Grade submissions in a fresh copy of a course: what it took, the points, the parts."""
    course = prepared.parent / "course"
    shutil.copytree(prepared, course, symlinks=True)
    try:
        submissions.hand_in(mine, assignment, course / "submitted", course / "release")
        with Meter() as meter:
            one.grade(course, assignment)
        return meter.usage, one.points(course, assignment, mine), contestants.timings(course)
    finally:
        shutil.rmtree(course)


def scale(options: argparse.Namespace) -> int:
    """Measure this course's command for a class at several sizes."""
    one = Ours(f"ours, {options.workers} workers", workers=options.workers)
    if reason := one.missing():
        print(f"Not measured, because {reason}")
        return 1
    machine = report.machine(contestants.PEERS)
    body = f"{machine}\n{options.workers} workers.\n\n"
    for mix in options.mix:
        heading, shares = MIXES[mix]
        runs = []
        for size in options.sizes:
            mine = submissions.choose(size, options.assignment, options.seed, shares)
            with tempfile.TemporaryDirectory(prefix="bench-") as name:
                prepared = Path(name, "prepared")
                prepared.mkdir()
                one.prepare(prepared, options.assignment)
                usage, points, _ = run(one, prepared, mine, options.assignment)
            runs.append((size, usage))
            print(f"{size} submissions in {usage.wall:.1f} s", flush=True)
            for line in report.differing(mine, points):
                print(f"  {line}", flush=True)
        lines = report.scale_cells(runs)
        report.show(heading, report.SCALE_HEADINGS, lines)
        body += f"{heading}:\n\n{report.markdown(report.SCALE_HEADINGS, lines)}\n"
    print(machine)
    write("scale", body, options)
    return 0


def write(section: str, body: str, options: argparse.Namespace) -> None:
    """Put what was measured into the page."""
    if not options.no_write:
        text = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(report.replaced(text, section, body), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
