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
    parser.add_argument("--assignment", default="relu", help="which exercise it is handed in for")
    options = parser.parse_args(arguments)
    if options.name is None:
        print(kit.table())
        return
    found = kit.find(name=options.name)
    if not found:
        parser.error(f"there is no attack {options.name}; run `python -m attacks` for all of them")
    course, assignment = options.course.resolve(), options.assignment
    released = nbformat.read(course / "release" / assignment / f"{assignment}.ipynb", as_version=4)
    for attack in found:
        folder = course / "submitted" / attack.student / assignment
        if attack.kind == "archives":
            folder = course / "downloaded" / assignment / "archive"
        folder.mkdir(parents=True, exist_ok=True)
        attack.hand_in(released, assignment, folder)
        print(f"{folder}: {attack.tries}")
        print(f"Right outcome: {attack.outcome}, {attack.outcome.evidence}")


if __name__ == "__main__":
    main()
