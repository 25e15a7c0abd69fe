"""What is handed in, rebuilt on the complete notebook.

Rebuild, never repair: structure, ids, points, tags and locked cells come from the release and from
what nbgrader has stored of it.
Only the source text of answer cells, of plain cells and of the student's own cells is taken.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils

from rectify import reading
from rectify.submission import flags, markdown
from rectify.submission.attachments import Pictures
from rectify.submission.cells import as_dict, classes, tags
from rectify.submission.submitted import GRADED, KEY

_CELL_TYPES = ("code", "markdown", "raw")

NO_CHECK = "No check was run: the zero says nothing about the code. A human should look at it."
"""What is noted where there was no answer to grade."""


@dataclass(frozen=True)
class Answer:
    """What was handed in for one exercise.

    `problem` says why there is nothing to grade, if so; `notes` what a reader should know.
    """

    source: str
    problem: str = ""
    notes: tuple[str, ...] = ()


def rebuild(
    submitted: NotebookNode, released: NotebookNode, complete: NotebookNode
) -> NotebookNode:
    """Return the complete notebook with the student's answers and the student's own cells.

    `released` is what the student was given, `complete` the same with all that nbgrader has stored.
    """
    pictures = Pictures()
    found = (_StudentCell.of(cell, pictures) for cell in submitted.cells)
    cells = [cell for cell in found if cell is not None]
    places = _places(complete)
    matches: dict[int, list[_StudentCell]] = {}
    own: dict[int, list[_StudentCell]] = {}
    after = -1
    for cell in cells:
        place = next((places[key] for key in cell.keys if key in places), None)
        if place is None:
            own.setdefault(after, []).append(cell)
        else:
            matches.setdefault(place, []).append(cell)
            after = max(after, place)
    rebuilt = _empty_copy(complete)
    structure = flags.structure(submitted, released)
    rebuilt.metadata[KEY]["flags"] = structure.changed
    rebuilt.metadata[KEY]["older"] = structure.older
    rebuilt.metadata[KEY]["digest"] = as_dict(submitted.metadata.get(KEY)).get("digest", "")
    rebuilt.cells += _plain(own.get(-1, []), 0)
    for place, cell in enumerate(complete.cells):
        kept, others = _kept(cell, matches.get(place, []), rebuilt.metadata[KEY])
        rebuilt.cells += [*kept, *_plain([*others, *own.get(place, [])], place + 1)]
    return rebuilt


def untouched(complete: NotebookNode, problem: str) -> NotebookNode:
    """Return the complete notebook for a submission that holds nothing to rebuild."""
    rebuilt = _empty_copy(complete)
    rebuilt.cells = copy.deepcopy(complete.cells)
    exercises = [tag for cell in complete.cells if utils.is_solution(cell) for tag in tags(cell)]
    rebuilt.metadata[KEY]["problems"] = dict.fromkeys(exercises, problem)
    rebuilt.metadata[KEY]["flags"] = [NO_CHECK]
    return rebuilt


def add_files(rebuilt: NotebookNode, files: Mapping[str, bytes], left_out: list[str]) -> None:
    """Note in a rebuilt notebook what was handed in beside it: a digest, and what was not taken."""
    known = rebuilt.metadata[KEY]
    known["files"] = reading.digest(files)
    known["flags"] += [
        f"Of the files beside the notebook, {fact}. It was left out. A human should look at it."
        for fact in left_out[:5]
    ]


def answers(rebuilt: NotebookNode) -> dict[str, Answer]:
    """Return the answers in a rebuilt notebook, by the tag of their exercise."""
    known = rebuilt.metadata[KEY]
    return {
        tag: Answer(
            cell.source,
            known["problems"].get(tag, ""),
            (*known["notes"].get(tag, ()), *known["flags"]),
        )
        for cell in rebuilt.cells
        if utils.is_solution(cell)
        for tag in tags(cell)[:1]
    }


@dataclass(frozen=True)
class _StudentCell:
    """What is taken of a submitted cell: its type, its text, and the keys it is found by.

    `pictures` are what was attached to its text, and `left_out` says what of it is not shown.
    """

    cell_type: str
    source: str
    keys: tuple[tuple[str, str], ...]
    pictures: dict[str, dict[str, str]]
    left_out: str

    @staticmethod
    def of(cell: Any, pictures: Pictures) -> _StudentCell | None:
        """Return what is taken of a cell, or None for what is no cell."""
        if not isinstance(cell, dict) or cell.get("cell_type") not in _CELL_TYPES:
            return None
        source = cell.get("source")
        if not isinstance(source, str):
            return None
        # A lone surrogate can be neither stored nor sent.
        source = source.encode("utf-8", "replace").decode("utf-8")
        metadata = as_dict(cell.get("metadata"))
        keys = [("tag", tag) for tag in tags(cell) if cell["cell_type"] == "code"]
        keys.append(("grade_id", str(as_dict(metadata.get("nbgrader")).get("grade_id"))))
        keys.append(("id", str(cell.get("id"))))
        shown: tuple[dict[str, dict[str, str]], str] = ({}, "")
        if cell["cell_type"] == "markdown":
            shown = pictures.of(cell.get("attachments"), source)
        return _StudentCell(cell["cell_type"], source, tuple(keys), *shown)

    def show(self, lesson: NotebookNode) -> NotebookNode:
        """Put the text and the pictures into a markdown cell, with what the lesson attached."""
        attached = {**self.pictures, **lesson.get("attachments", {})}
        lesson.source = markdown.inert(self.source, attached)
        if self.left_out:
            lesson.source += f"\n\n({self.left_out})"
        if attached:
            lesson.attachments = nbformat.from_dict(attached)
        return lesson


def _places(released: NotebookNode) -> dict[tuple[str, str], int]:
    """Return where a submitted cell belongs, by what can identify it.

    The answer of an exercise is found by its tag, and else by its grade_id, as any other cell of
    nbgrader; a plain cell of the lesson by its cell id.
    """
    places: dict[tuple[str, str], int] = {}
    for place, cell in enumerate(released.cells):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if utils.is_solution(cell) and tags(cell):
            places.update({("tag", tag): place for tag in tags(cell)})
        if grade_id:
            places["grade_id", grade_id] = place
        elif cell.get("id"):
            places["id", cell["id"]] = place
    return places


def _empty_copy(released: NotebookNode) -> NotebookNode:
    """Return a notebook of the course without its cells, with room for what grading should know."""
    rebuilt = copy.deepcopy(released)
    rebuilt.cells = []
    known = {"problems": {}, "notes": {}, "flags": [], "older": [], "digest": ""}
    rebuilt.metadata[KEY] = {GRADED: False, **known}
    return rebuilt


def _kept(
    cell: NotebookNode, found: list[_StudentCell], known: NotebookNode
) -> tuple[list[NotebookNode], list[_StudentCell]]:
    """Return what stands in a released cell's place, and submitted cells that do not count.

    `known` takes what grading should know of an answer.
    """
    result = copy.deepcopy(cell)
    if utils.is_locked(cell):
        return [result], []
    if not utils.is_solution(cell):
        # A plain cell of the lesson: as the student left it, or gone if it was deleted.
        fitting = [other for other in found if other.cell_type == cell.cell_type]
        if not fitting:
            return [], []
        _put(fitting[-1], result)
        return [result], []
    tag = next(iter(tags(cell)), None)
    tagged = [other for other in found if any(("tag", one) in other.keys for one in tags(cell))]
    able = tagged or [other for other in found if not tag or other.cell_type == cell.cell_type]
    if not able:
        if tag:
            known["problems"][tag] = (
                f"The notebook has no code cell with the tag {tag}, nor one with nbgrader's id of "
                "its exercise, so there is no answer to grade. Take the released notebook, put "
                "your code into its tagged cell, and hand it in again."
            )
            known["notes"][tag] = [NO_CHECK]
        return [result], found
    asked = classes(cell.source)[-1:]  # what stands before it is there to help
    defining = [other for other in able if set(asked) <= set(classes(other.source))]
    counted = (defining or able)[-1]
    if tag:
        known["notes"][tag] = _choice(tag, tagged, defining)
    _put(counted, result)
    # Answers that do not count stay in the notebook, for whoever looks at it.
    return [result], [other for other in found if other is not counted]


def _choice(tag: str, tagged: list[_StudentCell], defining: list[_StudentCell]) -> list[str]:
    """Return what a reader should know of how the answer was found."""
    notes = []
    if not tagged:
        notes.append(
            f"The cell has lost its tag {tag} and was found by nbgrader's id. The visible checks "
            f"need the tag: write {tag} under Cell Tags in JupyterLab's Property Inspector."
        )
    if len(defining) > 1:
        has = f"the tag {tag}" if tagged else "nbgrader's id of the exercise"
        notes.append(f"{len(defining)} cells have {has} and define the class. The last one counts.")
    return notes


def _put(submitted: _StudentCell, released: NotebookNode) -> None:
    """Put the text of a submitted cell in the place of a released one, as it may stand there."""
    if released.cell_type == "code":
        released.source = submitted.source
    elif released.cell_type == "markdown" and submitted.source != released.source:
        submitted.show(released)
    # Raw cells go into pages as they are.


def _plain(cells: list[_StudentCell], place: int) -> list[NotebookNode]:
    """Return cells of the student's own, with nothing but their type and their text."""
    plain = []
    for number, cell in enumerate(cells):
        name = f"own-{place}-{number}"
        if cell.cell_type == "code":
            plain.append(nbformat.v4.new_code_cell(cell.source, id=name))
        else:
            shown = nbformat.v4.new_markdown_cell(markdown.verbatim(cell.source), id=name)
            plain.append(cell.show(shown) if cell.cell_type == "markdown" else shown)
    return plain
