"""What attacks are written with: from a few lines of a student's code to what is handed in.

An attack is a file `attacks/<class>/<name>.py`. The first line of its docstring says what it
tries. `OUTCOME` says what grading has to make of it. What is handed in follows from

- `ANSWER`: the text of the tagged cell, written for the class `MyReLU`; the right answer if it
  is left out;
- `CELLS`: code cells of the student's own, put behind all others;
- or `hand_in(released, tag, folder)`, which writes whatever it likes into the student's folder
  (an archive: into the folder that the instructor downloaded archives to);
- `STUDENT`: the student's id, where the id itself is the attack.

In `ANSWER` and `CELLS`, `@COURSE@` stands for the path of the course folder: an attacker may know
it. What an attack could steal, it prints behind the word `LOOT`, which it puts together only when
it runs, so that the word on a page tells of a theft.
"""

from __future__ import annotations

import copy
import importlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

FOLDER = Path(__file__).parent

CLASSES = {
    "forging": "Forging a pass",
    "stealing": "Stealing",
    "breaking": "Breaking",
    "notebooks": "Notebook tricks",
    "files": "Files",
    "pages": "Pages",
    "archives": "Archives, through nbgrader's zip_collect",
}

LOOT = "STOLEN"

RIGHT = '''\
import torch
from torch import nn


class MyReLU(nn.Module):
    """A right answer."""

    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        return tinput.clamp_(min=0) if self.inplace else tinput.clamp(min=0)
'''
"""A right answer to the exercise relu."""

WRONG = """\
import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        return tinput
"""
"""An answer to any exercise that earns nothing: it returns its input."""


@dataclass(frozen=True)
class Earns:
    """The submission is graded.

    Attributes:
        points: what it earns.
        says: a regular expression that the text of the feedback page matches.
        flagged: whether a human is asked to look, on the page and in the gradebook.
        or_less: whether fewer points are right, too.
    """

    points: float
    says: str = ""
    flagged: bool = False
    or_less: bool = False

    def __str__(self) -> str:
        """Return the outcome as README.md shows it."""
        text = f"{'at most ' if self.or_less and self.points else ''}{self.points:g} points"
        return text + (", flagged for a human" if self.flagged else "")

    @property
    def evidence(self) -> str:
        """How the test knows, as README.md shows it."""
        return f"page: {_code(self.says)}" if self.says else "points"


@dataclass(frozen=True)
class Refused:
    """The submission is not graded, and what autograde prints matches `says`."""

    says: str

    def __str__(self) -> str:
        """Return the outcome as README.md shows it."""
        return "refused by name"

    @property
    def evidence(self) -> str:
        """How the test knows, as README.md shows it."""
        return f"log: {_code(self.says)}"


@dataclass(frozen=True)
class Collected:
    """The submission is an archive, and so it goes with `nbgrader zip_collect`.

    Attributes:
        what: "right" if the right notebook in it is collected, "refused" if nothing is.
        says: a regular expression that what zip_collect prints matches.
    """

    what: str
    says: str = ""

    def __str__(self) -> str:
        """Return the outcome as README.md shows it."""
        return {"right": "notebook collected", "refused": "refused by name"}.get(
            self.what, self.what
        )

    @property
    def evidence(self) -> str:
        """How the test knows, as README.md shows it."""
        return f"log: {_code(self.says)}" if self.says else "files"


@dataclass(frozen=True)
class Attack:
    """One bad submission. `hand_in` writes it for a released notebook and its exercise's tag."""

    kind: str
    name: str
    tries: str
    outcome: Earns | Refused | Collected
    hand_in: Callable[[NotebookNode, str, Path], None]
    student: str

    @property
    def row(self) -> str:
        """The attack's row of the table in README.md."""
        link = f"[{self.name}]({self.kind}/{self.name}.py)"
        return f"| {link} | {self.tries} | {self.outcome} | {self.outcome.evidence} |"


def find(kind: str = "*", name: str = "*") -> list[Attack]:
    """Return the attacks of a class and with a name, in the order of CLASSES and of their names."""
    paths = [path for one in CLASSES for path in sorted(FOLDER.glob(f"{one}/{name}.py"))]
    return [_load(path) for path in paths if kind in ("*", path.parent.name)]


def table() -> str:
    """Return what README.md says of all attacks."""
    lines = []
    for kind, title in CLASSES.items():
        lines += [f"## {title}", "", "| attack | tries | right outcome | how the test knows |"]
        lines += ["|---|---|---|---|", *(attack.row for attack in find(kind)), ""]
    return "\n".join(lines)


def answered(released: NotebookNode, tag: str, source: str = RIGHT) -> NotebookNode:
    """Return a released notebook with `source` as the cell of the exercise."""
    notebook = copy.deepcopy(released)
    cell = answer_cell(notebook, tag)
    cell.source = source.replace("MyReLU", class_name(released, tag))
    return notebook


def answer_cell(notebook: NotebookNode, tag: str) -> NotebookNode:
    """Return the cell of the exercise."""
    return next(cell for cell in notebook.cells if tag in cell.metadata.get("tags", []))


def grade_cell(notebook: NotebookNode, tag: str) -> NotebookNode:
    """Return the cell that a hidden suite grades."""
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == f"test_{tag}"
    )


def class_name(released: NotebookNode, tag: str) -> str:
    """Return the name of the class that the exercise asks for."""
    found = re.search(r"^class (\w+)", answer_cell(released, tag).source, re.MULTILINE)
    assert found, "the released answer cell defines a class"
    return found[1]


def markdown(*sources: str) -> list[NotebookNode]:
    """Return markdown cells of the student's own."""
    return [nbformat.v4.new_markdown_cell(source) for source in sources]


def code(*sources: str) -> list[NotebookNode]:
    """Return code cells of the student's own."""
    return [nbformat.v4.new_code_cell(source) for source in sources]


def text(notebook: Any) -> str:
    """Return a notebook as JSON, without a check: it need not be one."""
    return json.dumps(notebook)


def write(folder: Path, notebook: Any) -> None:
    """Write a notebook, or text or bytes in its place, into the folder of an assignment."""
    if not isinstance(notebook, (str, bytes)):
        notebook = text(notebook)
    if isinstance(notebook, str):
        notebook = notebook.encode("utf-8")
    (folder / f"{folder.name}.ipynb").write_bytes(notebook)


def _load(path: Path) -> Attack:
    kind, name = path.parent.name, path.stem
    module = importlib.import_module(f"attacks.{kind}.{name}")
    tries = (module.__doc__ or "").splitlines()[0].removesuffix(".")

    def from_text(released: NotebookNode, tag: str, folder: Path) -> None:
        course = str(folder.parents[2])
        answer = getattr(module, "ANSWER", RIGHT).replace("@COURSE@", course)
        notebook = answered(released, tag, answer)
        cells = [source.replace("@COURSE@", course) for source in getattr(module, "CELLS", ())]
        notebook.cells += code(*cells)
        write(folder, notebook)

    return Attack(
        kind=kind,
        name=name,
        tries=tries,
        outcome=module.OUTCOME,
        hand_in=getattr(module, "hand_in", from_text),
        student=getattr(module, "STUDENT", f"{kind}-{name.replace('_', '-')}"),
    )


def _code(pattern: str) -> str:
    return "`" + pattern.replace("|", "\\|") + "`"
