"""What several test files need: the course's folders, and one sandbox for all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.sandbox import Limits, Sandbox

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENTS = ("leaky_relu", "relu", "thresholded_relu")

LIMITS = Limits(cell_seconds=3, call_seconds=2, suite_seconds=10, output_chars=10_000)
"""Shorter than in grading, so that endless loops cost less."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the files that take longest, so that two cores finish together."""
    longest = (
        *("test_mutants.py", "test_nbgrader.py", "test_attacks.py"),
        *("test_command_line.py", "test_skeleton.py", "test_audit.py"),
    )
    items.sort(key=lambda item: item.path.name not in longest)


@pytest.fixture(scope="session")
def root() -> Path:
    """The course folder."""
    return ROOT


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """A warm sandbox with short limits."""
    with Sandbox(limits=LIMITS) as sandbox:
        yield sandbox
