"""What is handed in, read with limits and rebuilt on the complete notebook.

Rebuild, never repair: structure, ids, points, tags and locked cells come from the release and from
what nbgrader has stored of it.
Only the source text of answer cells, of plain cells and of the student's own cells is taken.
"""

from __future__ import annotations

import ast
import copy
import hashlib
import json
import re
import shlex
import stat
import textwrap
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader import utils

from grading import beside, markdown, reading, review, skim
from grading.attachments import Pictures, pasted
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
"""Characters of a cell. What is longer is refused if it is code, and cut if it is text."""

MAX_CHARS = 500_000
"""Characters of all code cells together, and of all others."""

FILE_TIMES = 5
"""How many times as large a file may be as what is read of it."""


NO_CHECK = "No check was run: the zero says nothing about the code. A human should look at it."
"""What is noted where there was no answer to grade."""


class Unreadable(StudentFault):
    """What was handed in is no notebook that can be read. `advice` is for the instructor."""

    def __init__(
        self,
        name: str,
        what: str,
        mend: str = "Open your notebook in JupyterLab, save it, and hand in the saved file.",
        advice: str = "",
    ) -> None:
        super().__init__(f"{name} {what}. {mend}")
        self.advice = advice


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
        content = parse_json(_skimmed(path.name, data, max_mb))
    except ProtocolError:
        raise Unreadable(
            path.name,
            "is damaged: it is not JSON text",
            "Open it in JupyterLab. If it opens, save it and hand in the saved file; if not, put "
            "your code into a new copy of the exercise.",
        ) from None
    _lighten(path.name, content)
    try:
        notebook = nbformat.reads(json.dumps(content), as_version=4)
        if not isinstance(notebook.cells, list):
            raise TypeError("cells")
    except Exception:
        # nbformat raises many kinds of errors on what is almost a notebook.
        raise Unreadable(
            path.name,
            "is no Jupyter notebook",
            "Put your code into the notebook of the exercise, and hand that in.",
        ) from None
    notebook.metadata = nbformat.from_dict({KEY: {"digest": _digest(data)}})
    return notebook


def differs(path: Path, graded: Path, max_mb: float, *, files: str = "") -> bool:
    """Tell whether a graded notebook is no grade of what is handed in now.

    It is of something else, or was not graded to the end.
    `graded` is the graded notebook, `files` a digest of what is taken beside the submitted one. A
    file that cannot be read is the same as before if the reason is.
    """
    try:
        known = json.loads(graded.read_text(encoding="utf-8"))["metadata"][KEY]
        digest, problems = str(known["digest"]), list(known["problems"].values())
        if not known[GRADED] or known.get("files", "") != files:
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
    """Return what is in a file. Raises Unreadable for what is no file of ordinary size.

    Raises Closed where the system does not let it be read.
    """
    kind = reading.mode(path, follow=False)
    if not kind:
        others = reading.astray(path)
        names = ", ".join(str(other.relative_to(path.parent)) for other in others[:5])
        raise Unreadable(
            path.name,
            f"was not handed in (found: {names})" if names else "was not handed in",
            "Hand your notebook in under that name.",
            _put_right(path, [other for other in others if reading.alike(path, other)]),
        )
    if not stat.S_ISREG(kind):
        raise Unreadable(
            path.name, "is no ordinary file", "Hand in the notebook itself, no link to it."
        )
    if path.stat().st_size > FILE_TIMES * max_mb * 1e6:
        raise Unreadable(
            path.name, f"is larger than the {FILE_TIMES * max_mb:g} MB that grading reads", _CLEAR
        )
    return reading.read(path)


def _put_right(path: Path, meant: list[Path]) -> str:
    """Return what tells an instructor how a notebook comes to its right place."""
    if len(meant) != 1:
        return ""
    command = shlex.join(["mv", "-n", str(meant[0]), str(path)])
    return f"If it is the student's notebook, run `{command}` and grade again."


_CLEAR = (
    "Choose Edit, Clear Outputs of All Cells in JupyterLab, take out large pictures, save, and "
    "hand in the saved file."
)


def _skimmed(name: str, data: bytes, max_mb: float) -> bytes:
    """Return a file without what nobody grades, where it is large. Raises Unreadable."""
    room = max_mb * 1e6
    try:
        for names in (skim.OUTPUTS, skim.PICTURES):
            if len(data) > room:
                data = skim.without(data, names)
    except skim.TooMuch:
        data = b" " * (int(room) + 1)
    if len(data) > room:
        raise Unreadable(
            name,
            f"holds more than the {max_mb:g} MB that grading reads, beside outputs and pictures",
            "Take what is large out of the cells, save, and hand in the saved file.",
        )
    return data


def _lighten(name: str, content: object) -> None:
    """Take out of a notebook what nobody grades. Raises Unreadable where too much is left.

    nbformat takes minutes to validate what is made to be slow, so this comes first.
    """
    sheets = _dict(content).get("worksheets")
    holders = [content, *(sheets if isinstance(sheets, list) else ())]
    cells: list[dict[str, Any]] = []
    for holder in holders:
        found = _dict(holder).get("cells")
        cells += map(_dict, found if isinstance(found, list) else ())
    if len(cells) > MAX_CELLS:
        raise Unreadable(
            name,
            f"has more than {MAX_CELLS} cells",
            "Put your code into the tagged cell of the released notebook, and hand that in.",
        )
    code_room = text_room = MAX_CHARS
    for number, cell in enumerate(cells, start=1):
        if "outputs" in cell:
            cell["outputs"] = []
        for key in ("source", "input"):  # as nbformat 4 and 3 name it
            if cell.get("cell_type") != "code":
                text_room -= _shorten(cell, key, text_room)
                continue
            size = len(_text(cell.get(key)))
            code_room -= size
            if size > MAX_CELL_CHARS:
                raise Unreadable(
                    name,
                    f"has a cell (number {number}) with more than {MAX_CELL_CHARS:,} characters "
                    "of code",
                    "Take data and printed output out of it, save, and hand in the saved file.",
                )
    if code_room < 0:
        raise Unreadable(
            name,
            f"has more than {MAX_CHARS:,} characters of code in its cells",
            "Delete cells that you do not need, save, and hand in the saved file.",
        )


def _shorten(cell: dict[str, Any], key: str, room: int) -> int:
    """Make attachments of the pictures in a text, cut the rest, and return the rest's length."""
    if not isinstance(cell.get(key), (str, list)):
        return 0
    text, pictures = pasted(_text(cell[key]))
    room = min(room, MAX_CELL_CHARS)
    if len(text) > room:
        cell[key] = f"{text[:room]}\n\n(Cut at {room:,} characters.)"
    elif pictures:
        cell[key] = text
    if pictures:
        cell["attachments"] = {**_dict(cell.get("attachments")), **pictures}
    return min(room, len(text))


def _text(source: object) -> str:
    """Return a cell's text, which files hold as a text or as a list of lines."""
    if isinstance(source, list):
        return "".join(line for line in source if isinstance(line, str))
    return source if isinstance(source, str) else ""


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags, leaving out what is no text."""
    found = _dict(cell.get("metadata")).get("tags")
    return [tag for tag in found if isinstance(tag, str)] if isinstance(found, list) else []


def classes(source: str) -> list[str]:
    """Return the names of the classes that a cell defines at its own level, in their order.

    Nothing is run. A class in a text, a comment, a function or another class is none of them. What
    Python cannot read, for a mistake, a magic or a prompt, is looked through line by line.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about the cell, which nobody has asked for here
            nodes: list[ast.AST] = [ast.parse(textwrap.dedent(source))]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        line = r"^(?:[ \t]|>>>|\.{3,}:?|In \[\d+\]:)*class[ \t]+(\w+)"
        return re.findall(line, source, flags=re.MULTILINE)
    found = []
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.ClassDef):
            found.append(node.name)
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            nodes += reversed(list(ast.iter_child_nodes(node)))
    return found


def language(notebook: NotebookNode) -> str:
    """Return the programming language of a lesson; Python where it says nothing."""
    kernel, info = (_dict(notebook.metadata.get(key)) for key in ("kernelspec", "language_info"))
    return str(kernel.get("language") or info.get("name") or "python").lower()


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
    structure = review.structure(submitted, released)
    rebuilt.metadata[KEY]["flags"] = structure.changed
    rebuilt.metadata[KEY]["older"] = structure.older
    rebuilt.metadata[KEY]["digest"] = _dict(submitted.metadata.get(KEY)).get("digest", "")
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
    known["files"] = beside.digest(files)
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
        metadata = _dict(cell.get("metadata"))
        keys = [("tag", tag) for tag in tags(cell) if cell["cell_type"] == "code"]
        keys.append(("grade_id", str(_dict(metadata.get("nbgrader")).get("grade_id"))))
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


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


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
