"""The result of grading one exercise of one submission: a record that nothing changes."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

SCHEMA = 1
"""The version of the JSON record."""


class Outcome(str, Enum):
    """How a group of checks ended."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "could not be checked"


@dataclass(frozen=True)
class Group:
    """A group of checks: one test function of a hidden suite.

    `reason` says what the student's code did, where more is known than that a check failed.
    `seconds` is how long the checks took.
    """

    name: str
    title: str
    points: float
    hint: str
    outcome: Outcome
    reason: str = ""
    seconds: float = 0.0

    @property
    def earned(self) -> float:
        """The points, if the group passed, and otherwise zero."""
        return self.points if self.outcome is Outcome.PASSED else 0.0


@dataclass(frozen=True)
class Result:
    """The groups of one exercise, and what the student should know beside them.

    Attributes:
        suite: the name of the hidden suite, which is the grade_id of the grade cell.
        version: a digest of the suite, to tell grades of an older suite.
        isolation: how student code was kept apart: "bubblewrap" or "none".
        problem: what kept the code from working at all, or on the public example.
        notes: what a reader should know about the submission, such as a second tagged cell.
    """

    suite: str
    version: str
    isolation: str
    groups: tuple[Group, ...]
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def max_score(self) -> float:
        """The sum of the points of all groups."""
        return math.fsum(group.points for group in self.groups)

    @property
    def score(self) -> float:
        """The points earned: a finite number between 0 and `max_score`."""
        return math.fsum(group.earned for group in self.groups)

    def to_json(self) -> dict[str, Any]:
        """Return the record as it is stored in the graded notebook."""
        record = asdict(self)
        record["groups"] = [
            {**asdict(group), "outcome": group.outcome.value, "earned": group.earned}
            for group in self.groups
        ]
        return {"schema": SCHEMA, "score": self.score, "max_score": self.max_score, **record}

    @staticmethod
    def from_json(record: dict[str, Any]) -> Result:
        """Return the result that `to_json` stored. Raises ValueError for another schema."""
        if record.get("schema") != SCHEMA:
            raise ValueError(f"a result of schema {record.get('schema')}, not {SCHEMA}")
        groups = tuple(
            Group(
                **{
                    **{k: v for k, v in group.items() if k != "earned"},
                    "outcome": Outcome(group["outcome"]),
                }
            )
            for group in record["groups"]
        )
        return Result(
            record["suite"],
            record["version"],
            record["isolation"],
            groups,
            record["problem"],
            tuple(record["notes"]),
        )
