"""What an author says of a hidden suite: its exercise, and the groups of its checks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class Exercise:
    """What a hidden suite grades: the cell with this tag, and the class that it defines."""

    tag: str
    class_name: str
    forbidden: frozenset[str] = frozenset()
    """Names that students are asked not to use. A use is flagged and costs nothing."""


def group(title: str, *, points: float, hint: str) -> pytest.MarkDecorator:
    """Make a test function a group of checks.

    Students read `title` and `hint`: a hint says what to look at, and gives no input and no
    expected value away.
    """
    return pytest.mark.group(title=title, points=points, hint=hint)
