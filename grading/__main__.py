"""The commands behind `make`: grade, check, new, mutants, doctor; `autograde` for many at once."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from grading import (
    audit,
    doctor,
    mechanical,
    mutation,
    reading,
    report,
    samples,
    settings,
    skeleton,
)
from grading.batch import BatchApp
from grading.faults import GraderError
from grading.sandbox import Sandbox
from grading.settings import Course


def main(arguments: list[str] | None = None) -> int:
    """Run one command in the course folder, and return the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["autograde"]:
        BatchApp.launch_instance(arguments[1:])
        return 0
    parser = argparse.ArgumentParser(prog="python -m grading", description=__doc__)
    parser.add_argument("--course", type=Path, default=Path(), help="the course folder")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("grade", help="build the releases, grade, write feedback, show the table")
    commands.add_parser("mutants", help=f"test the suites by mutants, and write {mutation.PAGE}")
    checking = commands.add_parser("check", help="check the course before it is released")
    checking.add_argument("--quick", action="store_true", help="leave the mutants out")
    commands.add_parser("doctor", help="look at this machine, and say what mends what is wrong")
    making = commands.add_parser("new", help="make the skeleton of a new exercise")
    making.add_argument("name", help="its name, such as swish: a tag, a folder and file names")
    options = parser.parse_args(arguments)
    os.chdir(options.course)
    course = settings.load(Path())
    if options.command == "doctor":
        return examine(course)
    try:
        assignments = course.assignments()
        if not assignments:
            place = course.folder(course.source, "*")
            print(f"There is no notebook in {place}. Is this the course folder?")
            return 2
        if options.command == "grade":
            return grade(course, assignments)
        if options.command == "check":
            return check(course, assignments, quick=options.quick)
        return new(course, options.name) if options.command == "new" else mutants(course)
    except GraderError as error:
        print(error)
        return 2


def examine(course: Course) -> int:
    """Show what grading finds on this machine. Returns 0 if nothing is in its way, else 1."""
    in_the_way = 0
    for fact in doctor.facts(course):
        print(fact, flush=True)
        in_the_way += bool(fact.mend)
    print(f"\nTo mend: {in_the_way}." if in_the_way else "\nNothing is in the way of grading.")
    return int(bool(in_the_way))


def grade(course: Course, assignments: list[str]) -> int:
    """Release, hand in samples if there is nothing else, grade, write feedback, show the table.

    Returns 0 if everything handed in has a grade, and 1 if something could not be graded.
    """
    # A star stands for all assignments: one start of nbgrader, and of the sandbox, for all.
    print(f"Building the releases: {', '.join(assignments)}", flush=True)
    failed = _nbgrader("generate_assignment", "*", "--force")
    released = [a for a in assignments if reading.notebooks(course.folder(course.release, a))]
    if failed:
        print("A release could not be built: see above. Work is graded by the releases there are.")
    if not released:
        return 1
    if not course.folders(course.submitted, "*") and not course.closed(course.submitted):
        found = samples.find(course.root / "samples")
        written = list(samples.hand_in([s for s in found if s.assignment in released], course))
        place = course.label(course.folder(course.submitted, "<assignment>", "<student>"))
        print(f"Nothing has been handed in, so {len(written)} samples were: see {place}/.")
    print("Grading what is new, and writing the feedback pages", flush=True)
    failed |= _run("grading", "autograde", "*")
    failed |= _nbgrader("generate_feedback", "*", "--force")
    entries = report.entries(course, assignments)
    report.show(entries, assignments)
    if any(entry.stale for entry in entries):
        print(
            "To grade again what older checks have graded: python -m grading autograde '*' --stale"
        )
    place = course.label(course.folder(course.feedback, "<assignment>", "<student>"))
    print(f"Feedback pages: {place}/. Grades: the gradebook of nbgrader.")
    return int(bool(failed) or any(entry.score is None for entry in entries))


def check(course: Course, assignments: list[str], *, quick: bool = False) -> int:
    """Check the course before it is released, and show what is to be mended.

    Returns 0 if there is nothing, and otherwise 1.
    """
    slowly = "" if quick else "; the mutants take minutes"
    print(f"Checking {', '.join(assignments)}{slowly}", flush=True)
    found = 0
    with Sandbox(course.isolation, course.limits) as sandbox:
        for title, findings in audit.run(course, sandbox, mutants=not quick):
            found += len(findings)
            if findings:
                print(
                    "\n".join([f"\n{title}", *(f"  {finding}" for finding in findings)]), flush=True
                )
    print(f"\nTo mend: {found}." if found else audit.summary(course, mutants=not quick))
    return int(bool(found))


def new(course: Course, name: str) -> int:
    """Make the skeleton of an exercise, release it, and say what to do next.

    Returns 0 if it has been made, and otherwise 1.
    """
    try:
        written = skeleton.make(course, name)
    except skeleton.Refused as reason:
        print(reason)
        return 1
    if _nbgrader("generate_assignment", name, "--no-db"):
        print("The release could not be built.")
        return 1
    print("\n".join(f"  {course.label(path)}" for path in written))
    print("What is left to do stands in these files. `make check` lists it.")
    return 0


def mutants(course: Course) -> int:
    """Test the suites by the answers in `mutants`, and write the table of what they catch.

    The right answers are also tried with small changes. Returns 0 if each earns what it must, and
    otherwise 1.
    """
    mechanical.operators()  # said now if they are missing, not after minutes
    print("Testing the suites by the answers in mutants/, which takes minutes", flush=True)
    with Sandbox(course.isolation, course.limits) as sandbox:
        verdicts = list(mutation.measure(course, sandbox=sandbox))
        print(f"{len(verdicts)} answers. Now each right one with small changes", flush=True)
        tried = list(mechanical.measure(course, sandbox=sandbox))
    named = mechanical.equivalents(course)
    page = f"{mutation.page(verdicts)}\n{mechanical.section(tried, named)}"
    (course.root / mutation.PAGE).write_text(page, encoding="utf-8")
    found = [finding for v in verdicts for finding in mutation.judge(v.mutant, v.result)]
    found += mechanical.judge(tried, named)
    content = f"{len(verdicts)} answers and {len(tried)} changes, each as it must be."
    print("\n".join(map(str, found)) or content)
    print(f"Written: {mutation.PAGE}")
    return int(bool(found))


def _nbgrader(*arguments: str) -> int:
    """Run nbgrader as one would by hand, but quieter, and return its exit code.

    What it removes to make room for what is new is not worth a warning here.
    """
    return _run("nbgrader", *arguments, "--log-level=ERROR")


def _run(*arguments: str) -> int:
    """Run a Python module in this folder, and return its exit code."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
