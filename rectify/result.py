"""The result of grading one exercise of one submission: a record that nothing changes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

SCHEMA = 2
"""The version of the JSON record. Who changes what is stored adds to `_UPGRADES`."""


def version_of(suite: bytes) -> str:
    """Return the version of a hidden suite: a digest of its text."""
    return hashlib.sha256(suite).hexdigest()[:12]


class UnreadableRecord(ValueError):
    """A stored record that is no result. The text says why, and what to do."""


class NewerRecord(UnreadableRecord):
    """A record that a newer version of this package has stored."""


class Outcome(Enum):
    """How a group of checks ended. The values are stored: they are keys, and no one reads them."""

    PASSED = "passed"
    FAILED = "failed"
    UNCHECKED = "unchecked"


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
    def from_json(record: object) -> Result:
        """Return the result that `to_json` stored, now or in an older version.

        Raises UnreadableRecord.
        """
        schema = record.get("schema") if isinstance(record, Mapping) else None
        if not isinstance(record, Mapping) or not isinstance(schema, int) or schema < 1:
            raise UnreadableRecord("The record of the grade is damaged. Grade the work again.")
        if schema > SCHEMA:
            raise NewerRecord(
                f"The record of the grade has schema {schema}, and this version of the package "
                f"reads schemas up to {SCHEMA}. Install the version that graded it."
            )
        try:
            for older in range(schema, SCHEMA):
                record = _UPGRADES[older](record)
            return _result(record)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise UnreadableRecord(
                f"The record of the grade is damaged ({type(error).__name__}: {error}). "
                "Grade the work again."
            ) from error


def _result(record: Mapping[str, Any]) -> Result:
    """Return the result in a record of the present schema."""
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


def _from_1(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Schema 1 stored outcomes by the words that students read."""
    keys = {"passed": "passed", "failed": "failed", "could not be checked": "unchecked"}
    groups = [{**group, "outcome": keys[group["outcome"]]} for group in record["groups"]]
    return {**record, "groups": groups}


_UPGRADES: Mapping[int, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {1: _from_1}
"""What makes a record of each older schema one of the next."""
