"""The complete notebook: what nbgrader has stored decides. A release that disagrees is refused."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from rectify.faults import GraderError
from rectify.plugins import stored
from rectify.plugins.stored import StoredCell

TEST = StoredCell("code", "assert f(2) == 4", "sum", True, True, False, False, 3.0)


def released(**marks: object) -> nbformat.NotebookNode:
    flags = {"grade_id": "test", "grade": True, "solution": False, "locked": True, "points": 1}
    cell = new_code_cell("", id="test")
    cell.metadata["nbgrader"] = {**flags, **marks}
    return new_notebook(cells=[new_markdown_cell("Lesson", id="lesson"), cell])


def test_text_points_and_flags_are_those_that_are_stored() -> None:
    result = stored.complete(released(points=99, solution=True, locked=False), {"test": TEST}, "a")
    cell = result.cells[1]
    assert cell.source == TEST.source
    marks = cell.metadata.nbgrader
    assert (marks.points, marks.grade, marks.solution, marks.locked) == (3.0, True, False, True)
    assert result.cells[0].source == "Lesson"


def test_the_type_of_a_cell_is_the_stored_one() -> None:
    text = dataclasses.replace(TEST, cell_type="markdown")
    result = stored.complete(released(), {"test": text}, "a")
    assert result.cells[1].cell_type == "markdown"
    nbformat.validate(result)


@pytest.mark.parametrize("cells", [{}, {"test": TEST, "more": TEST}], ids=["fewer", "more"])
def test_a_release_with_other_cells_than_the_gradebook_is_refused(
    cells: dict[str, StoredCell],
) -> None:
    with pytest.raises(GraderError, match=r"do not have the same cells \((test|more)\)"):
        stored.complete(released(), cells, "a")


def test_each_cell_has_an_id_and_the_notebook_is_valid() -> None:
    old = released()
    old.nbformat_minor = 2
    for cell in old.cells:
        del cell["id"]
    result = stored.complete(old, {"test": TEST}, "a")
    nbformat.validate(result)
    assert [cell.id for cell in result.cells] == ["released-0", "released-1"]


def test_a_notebook_that_the_gradebook_does_not_know_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # nbgrader starts `alembic` by its name to make a gradebook.
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    address = f"sqlite:///{tmp_path}/gradebook.db"
    with Gradebook(address) as gradebook:
        gradebook.add_assignment("ps1")
    with pytest.raises(GraderError, match="nbgrader generate_assignment ps1"):
        stored.read(address, "default_course", "ps1", "p1")
