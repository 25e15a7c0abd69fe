"""The command `rectify`: what one does with a course, from its first file to its grades."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rectify.faults import GraderError

if TYPE_CHECKING:  # each command imports what it works with, so that help is there at once
    from rectify.settings import Course

PAGE = """\
Grades Jupyter notebooks with hidden pytest suites, in a sandbox, inside plain nbgrader.

begin
  quickstart FOLDER   make a course of your own: one exercise, its suites, a README
  adopt               show what grading an existing nbgrader course would change
  doctor              look at this machine: what grading finds, and what mends it

write
  new NAME            make the skeleton of a new exercise
  check [--quick]     check the course before it is released
  mutants             test the hidden suites by wrong and right answers

grade
  grade               release, grade what is new, write feedback pages, show the table
  autograde NAME      grade all submissions of an assignment at once; its options are nbgrader's
  report              show the table of students and exercises
"""

NO_COURSE = 2
"""The exit code where there is no course, or its settings are at fault."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command, and return the exit code.

    0: all is well. 1: something is to be mended, or has no grade. 2: the command could not work.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["autograde"]:
        return _autograde(arguments[1:])
    options = _parser().parse_args(arguments)
    if options.command == "quickstart":
        return _quickstart(options.folder)
    os.chdir(options.course)
    try:
        if options.command == "adopt":
            return _adopt(options)
        return _in_course(options)
    except GraderError as error:
        print(error)
        return NO_COURSE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="rectify",
        usage="rectify [--course FOLDER] COMMAND …",
        description=PAGE,
        epilog="`rectify COMMAND --help` tells more. Settings stand in nbgrader_config.py.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--course", type=Path, default=Path(), metavar="FOLDER", help="the course folder"
    )
    commands = parser.add_subparsers(dest="command", required=True, help=argparse.SUPPRESS)

    def command(name: str, what: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, description=what, prog=f"rectify {name}")

    quickstart = command("quickstart", "Make a course of one's own in a new folder.")
    quickstart.add_argument("folder", type=Path, help="where: a folder that is not there yet")
    adopt = command(
        "adopt",
        "Show what grading an existing nbgrader course here would change: its settings, and the "
        "grades of what is in submitted/, cell by cell. Nothing of the course is changed.",
    )
    adopt.add_argument(
        "--write", action="store_true", help="change nbgrader_config.py, and keep a backup"
    )
    adopt.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="leave both trials there, to look at"
    )
    command("doctor", "Look at this machine: what grading finds, and what mends what is wrong.")
    new = command("new", "Make the skeleton of a new exercise.")
    new.add_argument("name", help="its name, such as swish: a tag, a folder and file names")
    check = command("check", "Check the course before it is released.")
    check.add_argument("--quick", action="store_true", help="leave the mutants out")
    command("mutants", "Test the suites by the answers in mutants/, and write a page about it.")
    command("grade", "Build the releases, grade what is new, write feedback, show the table.")
    command("autograde", "Grade all submissions of an assignment at once.")
    command("report", "Show the table of students and exercises.")
    return parser


def _autograde(arguments: list[str]) -> int:
    from rectify.batch.app import BatchApp

    BatchApp.launch_instance(arguments)
    return 0


def _quickstart(folder: Path) -> int:
    from rectify.course import quickstart

    try:
        written = quickstart.make(folder)
    except quickstart.Refused as reason:
        print(reason)
        return 1
    os.chdir(folder)
    if _nbgrader("generate_assignment", "*", "--no-db"):
        print("The release could not be built.")
        return 1
    print("\n".join(f"  {path}" for path in written))
    print(f"The course is in {folder}, and its README.md says how to go on. Grade its samples:")
    print(f"  cd {shlex.quote(str(folder))}\n  rectify grade")
    return 0


def _adopt(options: argparse.Namespace) -> int:
    from rectify.course import adopt

    return adopt.run(Path(), write=options.write, keep=options.keep)


def _in_course(options: argparse.Namespace) -> int:
    """Run a command that works on the course in this folder. Raises GraderError."""
    from rectify import settings

    course = settings.load(Path())
    if options.command == "doctor":
        return _doctor(course)
    assignments = course.assignments()
    if not assignments:
        place = course.folder(course.source, "*")
        print(f"There is no notebook in {place}. Is this the course folder?")
        return NO_COURSE
    if options.command == "grade":
        return _grade(course, assignments)
    if options.command == "report":
        return _report(course, assignments)
    if options.command == "check":
        return _check(course, assignments, quick=options.quick)
    return _new(course, options.name) if options.command == "new" else _mutants(course)


def _doctor(course: Course) -> int:
    """Show what grading finds on this machine. Returns 0 if nothing is in its way, else 1."""
    from rectify import doctor

    in_the_way = 0
    for fact in doctor.facts(course):
        print(fact, flush=True)
        in_the_way += bool(fact.mend)
    print(f"\nTo mend: {in_the_way}." if in_the_way else "\nNothing is in the way of grading.")
    return int(bool(in_the_way))


def _grade(course: Course, assignments: list[str]) -> int:
    """Release, hand in samples if there is nothing else, grade, write feedback, show the table.

    Returns 0 if everything handed in has a grade, and 1 if something could not be graded.
    """
    from rectify import reading
    from rectify.course import samples

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
    failed |= _run("rectify", "autograde", "*")
    failed |= _nbgrader("generate_feedback", "*", "--force")
    missing = _report(course, assignments)
    place = course.label(course.folder(course.feedback, "<assignment>", "<student>"))
    print(f"Feedback pages: {place}/. Grades: the gradebook of nbgrader.")
    return int(bool(failed or missing))


def _report(course: Course, assignments: list[str]) -> int:
    """Show the table. Returns 1 if something that was handed in has no grade, and otherwise 0."""
    from rectify.batch import entries, table

    found = entries.entries(course, assignments)
    table.show(found, assignments)
    if any(entry.stale for entry in found):
        print("To grade again what older checks have graded: rectify autograde '*' --stale")
    return int(any(entry.score is None for entry in found))


def _check(course: Course, assignments: list[str], *, quick: bool = False) -> int:
    """Check the course before it is released, and show what is to be mended.

    Returns 0 if there is nothing, and otherwise 1.
    """
    from rectify.course import check
    from rectify.sandbox.process import Sandbox

    slowly = "" if quick else "; the mutants take minutes"
    print(f"Checking {', '.join(assignments)}{slowly}", flush=True)
    found = 0
    with Sandbox(course.isolation, course.limits) as sandbox:
        for title, findings in check.run(course, sandbox, quick=quick):
            found += len(findings)
            if findings:
                print(
                    "\n".join([f"\n{title}", *(f"  {finding}" for finding in findings)]), flush=True
                )
    print(f"\nTo mend: {found}." if found else check.summary(course, quick=quick))
    return int(bool(found))


def _new(course: Course, name: str) -> int:
    """Make the skeleton of an exercise, release it, and say what to do next.

    Returns 0 if it has been made, and otherwise 1.
    """
    from rectify.course import skeleton

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


def _mutants(course: Course) -> int:
    """Test the suites by the answers in `mutants`, and write the table of what they catch.

    The right answers are also tried with small changes. Returns 0 if each earns what it must, and
    otherwise 1.
    """
    from rectify.course import mechanical, mutants
    from rectify.sandbox.process import Sandbox

    mechanical.operators()  # said now if they are missing, not after minutes
    print("Testing the suites by the answers in mutants/, which takes minutes", flush=True)
    with Sandbox(course.isolation, course.limits) as sandbox:
        verdicts = list(mutants.measure(course, sandbox=sandbox))
        print(f"{len(verdicts)} answers. Now each right one with small changes", flush=True)
        tried = list(mechanical.measure(course, sandbox=sandbox))
    named = mechanical.equivalents(course)
    page = f"{mutants.page(verdicts)}\n{mechanical.section(tried, named)}"
    (course.root / mutants.PAGE).write_text(page, encoding="utf-8")
    found = [finding for v in verdicts for finding in mutants.judge(v.mutant, v.result)]
    found += mechanical.judge(tried, named)
    content = f"{len(verdicts)} answers and {len(tried)} changes, each as it must be."
    print("\n".join(map(str, found)) or content)
    print(f"Written: {mutants.PAGE}")
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
