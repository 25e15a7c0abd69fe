"""`python -m attacks NAME`: writes what an attack hands in; without a name, lists the attacks."""

from __future__ import annotations

import argparse
from pathlib import Path

import nbformat

from attacks import kit


def main(arguments: list[str] | None = None) -> None:
    """Write one attack, or the table of README.md."""
    parser = argparse.ArgumentParser(prog="python -m attacks", description=__doc__)
    parser.add_argument("name", nargs="?", help="the attack: the name of its file without .py")
    parser.add_argument("--course", type=Path, default=Path(), help="the course folder")
    parser.add_argument("--assignment", help="which exercise it is handed in for")
    options = parser.parse_args(arguments)
    if options.name is None:
        print(kit.table())
        return
    found = kit.find(name=options.name)
    if not found:
        parser.error(f"there is no attack {options.name}; run `python -m attacks` for all of them")
    course = options.course.resolve()
    for attack in found:
        assignment = options.assignment or attack.assignment
        source = course / "source" / kit.PLAIN
        if assignment == kit.PLAIN and not source.exists():
            source.mkdir(parents=True)
            kit.write(source, kit.plain())
            print(f"{source} is new. Run `nbgrader generate_assignment {kit.PLAIN}`.")
        path = course / ("source" if assignment == kit.PLAIN else "release") / assignment
        released = nbformat.read(path / f"{assignment}.ipynb", as_version=4)
        folder = course / "submitted" / attack.student / assignment
        if attack.kind == "archives":
            folder = course / "downloaded" / assignment / "archive"
        folder.mkdir(parents=True, exist_ok=True)
        attack.hand_in(released, assignment, folder)
        print(f"{folder}: {attack.tries}")
        print(f"Right outcome: {attack.outcome}, {attack.outcome.evidence}")


if __name__ == "__main__":
    main()
