"""What is handed in, read with limits and rebuilt on the released notebook.

Rebuild, never repair: structure, ids, points, tags and locked cells come from the release.
Only the source text of answer cells, of plain cells and of the student's own cells is taken.
"""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils

from grading import markdown, review
from grading.faults import StudentFault
from grading.worker.protocol import ProtocolError, parse_json

KEY = "rectify"
"""Where a rebuilt notebook's metadata holds what grading should know of the submission."""

GRADED = "graded"
"""Below `KEY`: whether the notebook has its grade, or was only rebuilt."""

_CELL_TYPES = ("code", "markdown", "raw")

MAX_CELLS = 1000
"""Cells of a notebook that is read."""

MAX_CELL_CHARS = 50_000
"""Characters of a cell's text. Rendering markdown takes time that grows with its square."""

MAX_CHARS = 500_000
"""Characters of all cells' text together."""


class Unreadable(StudentFault):
    """What was handed in is no notebook that can be read."""

    def __init__(
        self,
        name: str,
        what: str,
        mend: str = "Open it in JupyterLab, save it, and hand in the saved file.",
    ) -> None:
        super().__init__(f"{name} {what}. {mend}")


@dataclass(frozen=True)
class Answer:
    """What was handed in for one exercise.

    `problem` says why there is nothing to grade, if so; `notes` what a reader should know.
    """

    source: str
    problem: str = ""
    notes: tuple[str, ...] = ()


def read(path: Path, max_mb: float) -> NotebookNode:
    """Return the notebook in a file, upgraded to nbformat 4.

    Of its own metadata nothing is kept; a digest of the file takes the place. Raises Unreadable
    when the file is too large or holds no notebook.
    """
    data = _bytes(path, max_mb)
    try:
        content = parse_json(data)
    except ProtocolError:
        raise Unreadable(path.name, "is damaged: it is not JSON text") from None
    _measure(path.name, content)
    try:
        notebook = nbformat.reads(data.decode("utf-8"), as_version=4)
        if not isinstance(notebook.cells, list):
            raise TypeError("cells")
    except Exception:
        # nbformat raises many kinds of errors on what is almost a notebook.
        raise Unreadable(path.name, "is no Jupyter notebook") from None
    notebook.metadata = nbformat.from_dict({KEY: {"digest": _digest(data)}})
    return notebook


def differs(path: Path, graded: Path, max_mb: float) -> bool:
    """Tell whether a graded notebook is no grade of what is handed in now.

    It is of something else, or was not graded to the end.
    `graded` is the graded notebook. A file that cannot be read is the same as before if the
    reason is.
    """
    try:
        known = json.loads(graded.read_text(encoding="utf-8"))["metadata"][KEY]
        digest, problems = str(known["digest"]), list(known["problems"].values())
        if not known[GRADED]:
            return True
    except (OSError, ValueError, KeyError):
        return True
    try:
        if digest:
            return _digest(_bytes(path, max_mb)) != digest
        read(path, max_mb)
    except Unreadable as problem:
        return str(problem) not in problems
    return True


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _bytes(path: Path, max_mb: float) -> bytes:
    """Return what is in a file. Raises Unreadable for what is no file of ordinary size."""
    if not os.path.lexists(path):
        beside = sorted(other.name for other in path.parent.glob("*.ipynb"))[:5]
        found = f" (found: {', '.join(beside)})" if beside else ""
        raise Unreadable(
            path.name, f"was not handed in{found}", "Hand your notebook in under that name."
        )
    if not path.is_file() or path.is_symlink():
        raise Unreadable(path.name, "is no ordinary file")
    if path.stat().st_size > max_mb * 1e6:
        raise Unreadable(path.name, f"is larger than the {max_mb:g} MB that grading reads")
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(path.name, f"cannot be opened: {error.strerror}") from None


def _measure(name: str, content: object) -> None:
    """Raise Unreadable when a notebook is larger than grading reads.

    nbformat takes minutes to validate what is made to be slow, so this comes first.
    """
    sheets = _dict(content).get("worksheets")
    holders = [content, *(sheets if isinstance(sheets, list) else ())]
    cells = []
    for holder in holders:
        found = _dict(holder).get("cells")
        cells += found if isinstance(found, list) else []
    if len(cells) > MAX_CELLS:
        raise Unreadable(name, f"has more than {MAX_CELLS} cells")
    sizes = [len(_text(_dict(cell).get("source", _dict(cell).get("input")))) for cell in cells]
    if max(sizes, default=0) > MAX_CELL_CHARS:
        raise Unreadable(name, f"has a cell with more than {MAX_CELL_CHARS:,} characters of text")
    if sum(sizes) > MAX_CHARS:
        raise Unreadable(name, f"has more than {MAX_CHARS:,} characters of text in its cells")


def _text(source: object) -> str:
    """Return a cell's text, which files hold as a text or as a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags, leaving out what is no text."""
    found = _dict(cell.get("metadata")).get("tags")
    return [tag for tag in found if isinstance(tag, str)] if isinstance(found, list) else []


def rebuild(submitted: NotebookNode, released: NotebookNode) -> NotebookNode:
    """Return the released notebook with the student's answers and the student's own cells."""
    cells = [cell for cell in map(_StudentCell.of, submitted.cells) if cell is not None]
    places = _places(released)
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
    rebuilt = _empty_copy(released)
    rebuilt.metadata[KEY]["flags"] = review.structure(submitted, released)
    rebuilt.metadata[KEY]["digest"] = _dict(submitted.metadata.get(KEY)).get("digest", "")
    rebuilt.cells += _plain(own.get(-1, []), 0)
    for place, cell in enumerate(released.cells):
        kept, others = _kept(cell, matches.get(place, []), rebuilt.metadata[KEY])
        rebuilt.cells += [*kept, *_plain([*others, *own.get(place, [])], place + 1)]
    return rebuilt


def untouched(released: NotebookNode, problem: str) -> NotebookNode:
    """Return the released notebook for a submission that holds nothing to rebuild."""
    rebuilt = _empty_copy(released)
    rebuilt.cells = copy.deepcopy(released.cells)
    exercises = [tag for cell in released.cells if utils.is_solution(cell) for tag in tags(cell)]
    rebuilt.metadata[KEY]["problems"] = dict.fromkeys(exercises, problem)
    return rebuilt


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
    """What is taken of a submitted cell: its type, its text, and the keys it is found by."""

    cell_type: str
    source: str
    keys: tuple[tuple[str, str], ...]

    @staticmethod
    def of(cell: Any) -> _StudentCell | None:
        """Return what is taken of a cell, or None for what is no cell."""
        if not isinstance(cell, dict) or cell.get("cell_type") not in _CELL_TYPES:
            return None
        source = cell.get("source")
        if not isinstance(source, str):
            return None
        # A lone surrogate can be neither stored nor sent.
        source = source.encode("utf-8", "replace").decode("utf-8")
        metadata = _dict(cell.get("metadata"))
        keys = [("tag", tag) for tag in tags(cell) if cell["cell_type"] == "code"]
        keys.append(("grade_id", str(_dict(metadata.get("nbgrader")).get("grade_id"))))
        keys.append(("id", str(cell.get("id"))))
        return _StudentCell(cell["cell_type"], source, tuple(keys))


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _places(released: NotebookNode) -> dict[tuple[str, str], int]:
    """Return where a submitted cell belongs, by what can identify it.

    The answer of an exercise is found by its tag alone; any other cell of nbgrader by its
    grade_id; a plain cell of the lesson by its cell id.
    """
    places: dict[tuple[str, str], int] = {}
    for place, cell in enumerate(released.cells):
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if utils.is_solution(cell) and tags(cell):
            places.update({("tag", tag): place for tag in tags(cell)})
        elif grade_id:
            places["grade_id", grade_id] = place
        elif cell.get("id"):
            places["id", cell["id"]] = place
    return places


def _empty_copy(released: NotebookNode) -> NotebookNode:
    """Return the released notebook without its cells, with room for what grading should know."""
    rebuilt = copy.deepcopy(released)
    rebuilt.cells = []
    known = {"problems": {}, "notes": {}, "flags": [], "digest": ""}
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
        result.source = _safe(fitting[-1], cell)
        return [result], []
    tag = next(iter(tags(cell)), None)
    if not found:
        if tag:
            known["problems"][tag] = (
                f"The notebook has no code cell with the tag {tag}, so there is no answer to "
                "grade. Take the released notebook, put your code into its tagged cell, and hand "
                "it in again."
            )
        return [result], []
    classes = re.findall(r"^class\s+(\w+)", cell.source, flags=re.MULTILINE)
    defining = [other for other in found if _defines(other.source, classes)]
    counted = (defining or found)[-1]
    if tag and len(defining) > 1:
        known["notes"][tag] = [
            f"{len(defining)} cells have the tag {tag} and define the class. The last one counts."
        ]
    result.source = _safe(counted, cell)
    # Answers that do not count stay in the notebook, for whoever looks at it.
    return [result], [other for other in found if other is not counted]


def _safe(submitted: _StudentCell, released: NotebookNode) -> str:
    """Return the text of a submitted cell as it may stand in the place of a released one."""
    if submitted.source == released.source or released.cell_type == "code":
        return submitted.source
    # Raw cells go into pages as they are.
    return markdown.inert(submitted.source) if released.cell_type == "markdown" else released.source


def _defines(source: str, classes: list[str]) -> bool:
    return any(re.search(rf"^class\s+{name}\b", source, flags=re.MULTILINE) for name in classes)


def _plain(cells: list[_StudentCell], place: int) -> list[NotebookNode]:
    """Return cells of the student's own, with nothing but their type and their text."""
    plain = []
    for number, cell in enumerate(cells):
        name = f"own-{place}-{number}"
        if cell.cell_type == "code":
            plain.append(nbformat.v4.new_code_cell(cell.source, id=name))
        else:
            show = markdown.inert if cell.cell_type == "markdown" else markdown.verbatim
            plain.append(nbformat.v4.new_markdown_cell(show(cell.source), id=name))
    return plain
