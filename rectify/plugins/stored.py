"""The complete notebook of an assignment: its release, with the cells that nbgrader has stored.

A release lacks hidden tests and mark schemes, and anybody may edit it. nbgrader stores each cell
that is graded, answered or locked in its gradebook before it cuts them out. So text, type, points
and flags of these cells come from the gradebook. Where they stand, and what stands between them,
nbgrader does not store: that comes from the release.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.api import Gradebook, MissingEntry

from rectify.faults import GraderError


@dataclass(frozen=True)
class StoredCell:
    """What nbgrader has stored of a cell. `points` is None where none can be had."""

    cell_type: str
    source: str
    checksum: str | None
    locked: bool
    grade: bool
    solution: bool
    task: bool
    points: float | None


def read(db_url: str, course_id: str, assignment: str, notebook: str) -> dict[str, StoredCell]:
    """Return the cells of a notebook in the gradebook, by grade_id. Raises GraderError."""
    with Gradebook(db_url, course_id) as gradebook:
        try:
            found = gradebook.find_notebook(notebook, assignment)
        except MissingEntry:
            raise GraderError(
                f"The gradebook does not know the notebook {notebook} of {assignment}, so nothing "
                f"can be graded. Run `nbgrader generate_assignment {assignment}` first."
            ) from None
        grades = {cell.name: cell.max_score for cell in found.grade_cells}
        tasks = {cell.name: cell.max_score for cell in found.task_cells}
        solutions = {cell.name for cell in found.solution_cells}
        return {
            cell.name: StoredCell(
                cell_type=cell.cell_type,
                source=cell.source or "",
                checksum=cell.checksum,
                locked=bool(cell.locked),
                grade=cell.name in grades,
                solution=cell.name in solutions,
                task=cell.name in tasks,
                points=grades.get(cell.name, tasks.get(cell.name)),
            )
            for cell in found.source_cells
        }


def complete(
    released: NotebookNode, cells: Mapping[str, StoredCell], assignment: str
) -> NotebookNode:
    """Return a released notebook with the stored cells in the place of the released ones.

    Raises GraderError where the two do not have the same cells: then a test would be lost.
    """
    result = copy.deepcopy(released)
    result.nbformat_minor = max(result.nbformat_minor, 5)
    there = set()
    for number, cell in enumerate(result.cells):
        # Since nbformat 4.5 each cell has an id.
        cell.setdefault("id", f"released-{number}")
        marks = cell.metadata.get("nbgrader", {})
        name = marks.get("grade_id")
        if name is None or not any(marks.get(flag) for flag in _FLAGS):
            continue
        there.add(name)
        if name in cells:
            _put(cells[name], cell)
    if there != set(cells):
        names = ", ".join(sorted(there ^ set(cells)))
        raise GraderError(
            f"The release of {assignment} and the gradebook do not have the same cells ({names}), "
            f"so nothing was graded. Run `nbgrader generate_assignment {assignment} --force`; if "
            "it refuses, docs/instructors.md says how to change a lesson that was handed out."
        )
    return result


_FLAGS = ("grade", "solution", "locked", "task")
"""What nbgrader stores a cell for."""


def _put(stored: StoredCell, cell: NotebookNode) -> None:
    """Give a cell the text, the type and the marks of a stored one."""
    if cell.cell_type != stored.cell_type:
        cell.cell_type = stored.cell_type
        for name in ("outputs", "execution_count"):
            cell.pop(name, None)
        if stored.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    cell.source = stored.source
    cell.metadata.nbgrader.update(
        {
            "cell_type": stored.cell_type,
            "checksum": stored.checksum,
            "grade": stored.grade,
            "locked": stored.locked,
            "solution": stored.solution,
            "task": stored.task,
        }
    )
    if stored.points is not None:
        cell.metadata.nbgrader["points"] = stored.points
