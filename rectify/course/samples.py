"""Hands in the sample answers: each becomes a copy of the released notebook with that answer.

A sample is a file `samples/<assignment>/<points>/<name>.py`: the text of the tagged cell, named
by what it does, in a folder named by the points that it earns. An empty file hands the released
cell in as it is.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from rectify.settings import Course
from rectify.submission.cells import tags

PREFIX = "sample-"
"""What the student ids of samples start with."""


@dataclass(frozen=True)
class Sample:
    """One answer, and what it earns."""

    assignment: str
    name: str
    points: float
    source: str

    @property
    def student(self) -> str:
        """The student id under which the sample is handed in."""
        return PREFIX + self.name.replace("_", "-")


def find(folder: Path) -> list[Sample]:
    """Return all samples in a folder, in the order of their paths."""
    return [
        Sample(path.parts[-3], path.stem, float(path.parts[-2]), path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*/*/*.py"))
    ]


def notebook(released: NotebookNode, tag: str, source: str) -> NotebookNode:
    """Return a released notebook with `source` as its cell tagged `tag`; as it is if empty."""
    filled = copy.deepcopy(released)
    for cell in filled.cells:
        if tag in tags(cell) and source:
            cell.source = source.rstrip("\n")
    return filled


def hand_in(samples: list[Sample], course: Course) -> Iterator[Path]:
    """Write each sample to where students hand in, and yield the notebook's path."""
    for sample in samples:
        name = f"{sample.assignment}.ipynb"
        released = nbformat.read(
            course.folder(course.release, sample.assignment) / name, as_version=4
        )
        path = course.folder(course.submitted, sample.assignment, sample.student) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook(released, sample.assignment, sample.source), path)
        yield path
