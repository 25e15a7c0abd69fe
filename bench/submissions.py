"""Makes up a class: submissions right, wrong, untouched, broken and slow, in realistic shares.

A submission is the released notebook with an answer filled in, so the cells of the lesson run too.
The kinds are spread so that the first few submissions of a list have the shares of the whole list:
a slow contestant can be given the beginning of what a fast one grades. The same seed makes the
same list.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import nbformat

from rectify.course import samples

ROOT = Path(__file__).resolve().parent.parent

SHARES = {"right": 0.60, "wrong": 0.30, "untouched": 0.04, "broken": 0.03, "slow": 0.03}
"""What share of a class each kind has."""

QUICK = {kind: share for kind, share in SHARES.items() if kind != "slow"}
"""The same without answers that end at a time limit."""

NAMED = {"untouched_stub": "untouched", "syntax_error": "broken", "endless_loop": "slow"}
"""Samples whose kind does not follow from their points."""

UNREADABLE = "unreadable_notebook"
"""The answer whose notebook is cut off in the middle, as after an interrupted upload."""


@dataclass(frozen=True)
class Answer:
    """What one student wrote: the text of the tagged cell, and the points that it deserves."""

    kind: str
    name: str
    points: float
    source: str


@dataclass(frozen=True)
class Submission:
    """One student's answer to an assignment."""

    student: str
    answer: Answer


def answers(assignment: str) -> dict[str, list[Answer]]:
    """Return the answers of each kind: the samples, and three that are made from the right one."""
    found: dict[str, list[Answer]] = {kind: [] for kind in SHARES}
    for sample in samples.find(ROOT / "samples"):
        if sample.assignment == assignment:
            kind = NAMED.get(sample.name, "right" if sample.points == 10 else "wrong")
            found[kind].append(Answer(kind, sample.name, sample.points, sample.source))
    right = next(answer.source for answer in found["right"] if answer.name == "right_answer")
    found["broken"] += [
        Answer("broken", "class_renamed", 0, re.sub(r"(?<=class )My", "Our", right)),
        Answer("broken", UNREADABLE, 0, right),
    ]
    forward = "def forward(self, tinput):\n"
    asleep = right.replace(forward, forward + "        time.sleep(3600)\n")
    found["slow"].append(Answer("slow", "sleeps", 0, "import time\n\n" + asleep))
    return found


def spread(count: int, shares: Mapping[str, float]) -> list[str]:
    """Return `count` kinds, such that any beginning of the list has nearly the shares asked for."""
    total = sum(shares.values())
    given = dict.fromkeys(shares, 0)
    kinds = []
    for number in range(1, count + 1):
        kind = max(shares, key=lambda kind: shares[kind] / total * number - given[kind])
        given[kind] += 1
        kinds.append(kind)
    return kinds


def choose(
    count: int, assignment: str, seed: int, shares: Mapping[str, float] = SHARES
) -> list[Submission]:
    """Return a class of `count` students. Each answer of a kind comes as often as the others."""
    random_numbers = random.Random(seed)
    turns = {}
    for kind, found in answers(assignment).items():
        random_numbers.shuffle(found)
        turns[kind] = cycle(found)
    return [
        Submission(f"s{number:06}", next(turns[kind]))
        for number, kind in enumerate(spread(count, shares), start=1)
    ]


def hand_in(
    submissions: list[Submission], assignment: str, submitted: Path, release: Path
) -> list[Path]:
    """Write each submission into `submitted` as its student would, and return the paths."""
    name = f"{assignment}.ipynb"
    released = nbformat.read(release / assignment / name, as_version=4)
    paths = []
    for submission in submissions:
        source = submission.answer.source
        if source:
            # No two students hand in the same text.
            source = f"# {submission.student}\n{source}"
        text = nbformat.writes(samples.notebook(released, assignment, source))
        if submission.answer.name == UNREADABLE:
            text = text[: len(text) // 2]
        path = submitted / submission.student / assignment / name
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def write(folder: Path, count: int, assignment: str, seed: int) -> list[Submission]:
    """Hand in a class of `count` students on this course's release, and say who is in it."""
    chosen = choose(count, assignment, seed)
    hand_in(chosen, assignment, folder, ROOT / "release")
    return chosen
