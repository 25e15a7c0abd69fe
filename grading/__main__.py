"""The commands behind `make`: grade, check, new, mutants; and `autograde` for a class at once."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from grading import audit, mutation, report, samples, skeleton
from grading.batch import BatchApp
from grading.faults import GraderError
from grading.preprocessors import Rectify
from grading.sandbox import Sandbox


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
    making = commands.add_parser("new", help="make the skeleton of a new exercise")
    making.add_argument("name", help="its name, such as swish: a tag, a folder and file names")
    options = parser.parse_args(arguments)
    root = options.course.resolve()
    os.chdir(root)
    assignments = sorted(path.parent.name for path in root.glob("source/*/*.ipynb"))
    if not assignments:
        print(f"There is no notebook in {root / 'source'}. Is this the course folder?")
        return 2
    if options.command == "grade":
        return grade(root, assignments)
    if options.command == "check":
        try:
            return check(root, assignments, quick=options.quick)
        except GraderError as error:
            print(error)
            return 2
    return new(root, options.name) if options.command == "new" else mutants(root)


def grade(root: Path, assignments: list[str]) -> int:
    """Release, hand in samples if there is nothing else, grade, write feedback, show the table.

    Returns 0 if everything handed in has a grade, and 1 if something could not be graded.
    """
    # A star stands for all assignments: one start of nbgrader, and of the sandbox, for all.
    print(f"Building the releases: {', '.join(assignments)}", flush=True)
    if _nbgrader(root, "generate_assignment", "*", "--force"):
        print("A release could not be built. Nothing was graded.")
        return 1
    if not any((root / "submitted").glob("*/*")):
        found = samples.find(root / "samples")
        written = list(samples.hand_in(found, root / "release", root / "submitted"))
        print(f"Nothing has been handed in, so {len(written)} samples were: see submitted/.")
    print("Grading what is new, and writing the feedback pages", flush=True)
    failed = _run(root, "grading", "autograde", "*")
    failed |= _nbgrader(root, "generate_feedback", "*", "--force")
    entries = report.entries(root, _gradebook(), assignments)
    report.show(entries, assignments)
    if any(entry.stale for entry in entries):
        print(
            "To grade again what older checks have graded: python -m grading autograde '*' --stale"
        )
    print("Feedback pages: feedback/<student>/<assignment>/. Grades: the gradebook of nbgrader.")
    return int(bool(failed) or any(entry.score is None for entry in entries))


def check(root: Path, assignments: list[str], *, quick: bool = False) -> int:
    """Check the course before it is released, and show what is to be mended.

    Returns 0 if there is nothing, and otherwise 1.
    """
    slowly = "" if quick else "; the mutants take minutes"
    print(f"Checking {', '.join(assignments)}{slowly}", flush=True)
    settings = Rectify(parent=_settings())
    found = 0
    with Sandbox(settings.isolation, settings.limits) as sandbox:
        for title, findings in audit.run(root, sandbox, mutants=not quick):
            found += len(findings)
            if findings:
                print(
                    "\n".join([f"\n{title}", *(f"  {finding}" for finding in findings)]), flush=True
                )
    print(f"\nTo mend: {found}." if found else audit.summary(root, mutants=not quick))
    return int(bool(found))


def new(root: Path, name: str) -> int:
    """Make the skeleton of an exercise, release it, and say what to do next.

    Returns 0 if it has been made, and otherwise 1.
    """
    try:
        written = skeleton.make(root, name)
    except skeleton.Refused as reason:
        print(reason)
        return 1
    if _nbgrader(root, "generate_assignment", name, "--no-db"):
        print("The release could not be built.")
        return 1
    print("\n".join(f"  {path.relative_to(root)}" for path in written))
    print("What is left to do stands in these files. `make check` lists it.")
    return 0


def _settings() -> BatchApp:
    """Return the application with the settings of the course folder."""
    app = BatchApp()
    app.initialize([])
    return app


def _gradebook() -> str:
    """Return the address of the gradebook that the settings in the course folder name."""
    url: str = _settings().coursedir.db_url
    return url


def mutants(root: Path) -> int:
    """Test the suites by the answers in `mutants`, and write the table of what they catch.

    Returns 0 if each answer earns what it must, and otherwise 1.
    """
    print("Testing the suites by the answers in mutants/, which takes minutes", flush=True)
    with Sandbox() as sandbox:
        verdicts = list(mutation.measure(root, sandbox=sandbox))
    (root / mutation.PAGE).write_text(mutation.page(verdicts), encoding="utf-8")
    found = [finding for v in verdicts for finding in mutation.judge(v.mutant, v.result)]
    print("\n".join(map(str, found)) or f"{len(verdicts)} answers, each as it must be.")
    print(f"Written: {mutation.PAGE}")
    return int(bool(found))


def _nbgrader(root: Path, *arguments: str) -> int:
    """Run nbgrader as one would by hand, but quieter, and return its exit code.

    What it removes to make room for what is new is not worth a warning here.
    """
    return _run(root, "nbgrader", *arguments, "--log-level=ERROR")


def _run(root: Path, *arguments: str) -> int:
    """Run a Python module in the course folder, and return its exit code."""
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", *arguments]
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
