"""Mutants that nobody has written: each right answer with one small change, by cosmic-ray.

A change that the hidden suite does not catch makes the answer wrong, and the suite must be mended,
or leaves it right. Those of the second kind stand in a file, below the reason why they are right.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rectify.course import mutants
from rectify.course.finding import Finding
from rectify.course.mutants import Mutant
from rectify.faults import GraderError
from rectify.sandbox.process import Sandbox
from rectify.settings import Course
from rectify.submission.rebuild import Answer
from rectify.suites import runner

EQUIVALENT = Path("mutants", "equivalent.json")
"""Where the changes stand that leave an answer right: reason, answer, changes."""


@dataclass(frozen=True)
class Changed:
    """A right answer with one change.

    Attributes:
        answer: the answer as it was.
        source: its text with the change.
        operator: what cosmic-ray calls this kind of change.
    """

    answer: Mutant
    source: str
    operator: str

    @property
    def change(self) -> str:
        """The first line that differs, by its number, and what stands there now."""
        before, after = self.answer.source.splitlines(), self.source.splitlines()
        pairs = enumerate(zip(before, after, strict=False), 1)
        return next(f"{number}: {new.strip()}" for number, (old, new) in pairs if old != new)

    @property
    def key(self) -> tuple[str, str]:
        """What it is called in the file of equivalents."""
        return f"{self.answer.assignment}/{self.answer.path.stem}", self.change


@dataclass(frozen=True)
class Tried:
    """One change, and whether the hidden suite catches it."""

    changed: Changed
    caught: bool


def changes(answer: Mutant) -> Iterator[Changed]:
    """Return an answer with each single change that any of cosmic-ray's operators makes to it.

    Raises GraderError where cosmic-ray is not installed.
    """
    kinds = operators()
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code

    nodes, seen = list(ast_nodes(get_ast(answer.source))), {answer.source}
    for name, operator in kinds.items():
        count = sum(len(list(operator.mutation_positions(node))) for node in nodes)
        for occurrence in range(count):
            source = mutate_code(answer.source, operator, occurrence)
            if source is not None and source not in seen and _is_python(source):
                seen.add(source)
                yield Changed(answer, source, name)


def measure(course: Course, *, sandbox: Sandbox, seed: str = "mutants") -> Iterator[Tried]:
    """Run the hidden suites against each right answer with each change."""
    for answer in mutants.find(course.root / "mutants"):
        if answer.right:
            path = course.suite(f"test_{answer.assignment}")
            for changed in changes(answer):
                answers = {answer.assignment: Answer(changed.source)}
                caught = runner.fails(path, answers, sandbox=sandbox, seed=seed)
                yield Tried(changed, caught)


def equivalents(course: Course) -> dict[tuple[str, str], str]:
    """Return the reason for each change that is named equivalent."""
    path = course.root / EQUIVALENT
    if not path.is_file():
        return {}
    reasons = json.loads(path.read_text(encoding="utf-8"))
    return {
        (answer, change): reason
        for reason, answers in reasons.items()
        for answer, named in answers.items()
        for change in named
    }


def judge(tried: Sequence[Tried], named: dict[tuple[str, str], str]) -> Iterator[Finding]:
    """Find changes that are neither caught nor named equivalent, and names that stand for none."""
    survivors = {one.changed.key: one.changed for one in tried if not one.caught}
    for key, changed in survivors.items():
        if key not in named:
            fact = f"With line {changed.change!r} ({changed.operator}) it still earns all points."
            mend = f"Add a check to the hidden suite, or name the change in {EQUIVALENT}, and why."
            yield Finding(changed.answer.label, fact, mend)
    for answer, change in sorted(named.keys() - survivors.keys()):
        fact = f"{answer} with line {change!r} is named equivalent, and is caught or is not made."
        yield Finding(EQUIVALENT.as_posix(), fact, "Take the entry out.")


def section(tried: Sequence[Tried], named: dict[tuple[str, str], str]) -> str:
    """Return what docs/mutants.md says of them."""
    lines = [*_INTRODUCTION.splitlines(), "", *_TABLE_HEAD]
    for assignment in dict.fromkeys(one.changed.answer.assignment for one in tried):
        own = [one for one in tried if one.changed.answer.assignment == assignment]
        caught = sum(one.caught for one in own)
        right = sum(not one.caught and one.changed.key in named for one in own)
        lines.append(f"| {assignment} | {len(own)} | {caught} | {right} |")
    reasons = [named[one.changed.key] for one in tried if one.changed.key in named]
    lines += ["", "Why a change leaves an answer right:", ""] if reasons else []
    lines += [f"- {reason} ({reasons.count(reason)})" for reason in dict.fromkeys(reasons)]
    return "\n".join(lines) + "\n"


_INTRODUCTION = f"""\
## Mechanical mutants

Nobody has written these: each right answer with one small change, such as another operator or
another number, by cosmic-ray. What the hidden suite does not catch is named in
`{EQUIVALENT.as_posix()}`, with the reason why the answer is still right."""

_TABLE_HEAD = ("| exercise | changes | caught | equivalent |", "|---|---|---|---|")


def _is_python(source: str) -> bool:
    """Whether Python can read a text: what it cannot read tests no suite."""
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


@lru_cache(maxsize=1)
def operators() -> dict[str, Any]:
    """Return cosmic-ray's operators that need no settings, by their names.

    Raises GraderError where it is not installed.
    """
    try:
        from cosmic_ray.plugins import get_operator, operator_names
    except ImportError:
        raise GraderError(
            "Mechanical mutants are made by cosmic-ray, which is not installed here. Install what "
            "requirements.txt names, with `make setup`, and run `make mutants` again."
        ) from None
    kinds = {name.removeprefix("core/"): get_operator(name) for name in operator_names()}
    return {name: kind() for name, kind in sorted(kinds.items()) if not kind.arguments()}
