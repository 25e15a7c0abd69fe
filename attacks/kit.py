"""What attacks are written with: from a few lines of a student's code to what is handed in.

An attack is a file `attacks/<class>/<name>.py`. The first line of its docstring says what it
tries. `OUTCOME` says what grading has to make of it. What is handed in follows from

- `ANSWER`: the text of the tagged cell, written for the class `MyReLU`; the right answer if it
  is left out;
- `CELLS`: code cells of the student's own, put behind all others;
- `ASSIGNMENT`: `PLAIN` for the notebook of `plain`, whose grade cells have no hidden suite and run
  in the student's process; then `ANSWER` is for the function `double`;
- or `hand_in(released, tag, folder)`, which writes whatever it likes into the student's folder
  (an archive: into the folder that the instructor downloaded archives to);
- `STUDENT`: the student's id, where the id itself is the attack.

A file in `attacks/channels/` is a way to send from one sandbox to another. Two of them run it at
once. It holds

- `SENDS`: functions `on()` and `off()`, which an answer calls while it is given hidden inputs;
- `RECEIVES`: a function `seen()`, by which a cell of another student finds out which was called;
- `LIFTED`: what has to be taken out of the sandbox for this to work. The test does so, too.

`SHARED` is a file that both see, and `PORT` a number that both know.

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
CHANNELS = "Channels from one sandbox to another"

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


PLAIN = "plain"
"""The assignment whose grade cells run in the student's process."""

PLAIN_WRONG = """
def double(x):
    return x
"""
"""A wrong answer to it. It earns one point, because twice 0 is 0."""

_PLAIN_ANSWER = """\
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION
"""

_PLAIN_CELLS = {
    "values": """\
import math

for x in (1, 2.5, -3):
    result = double(x)
    assert isinstance(result, (int, float)), f"double({x}) is no number"
    assert math.isclose(result, 2 * x), f"double({x}) is {result}"
""",
    "in_a_function": """\
def check(x):
    result = double(x)
    expected = 2 * x
    if abs(result - expected) > 0:
        raise AssertionError(f"double({x}) is {result}")


check(4)
check(5)
""",
    "partly": "sum(double(x) == 2 * x for x in (0, 1, 2, 3))",
}
"""Its grade cells: two are right or wrong, for 3 points each; the value of one is its points."""


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
    assignment: str
    hand_in: Callable[[NotebookNode, str, Path], None]
    student: str

    @property
    def row(self) -> str:
        """The attack's row of the table in README.md."""
        link = f"[{self.name}]({self.kind}/{self.name}.py)"
        return f"| {link} | {self.tries} | {self.outcome} | {self.outcome.evidence} |"


@dataclass(frozen=True)
class Lifted:
    """What keeps a channel closed.

    Attributes:
        calls: names in `REFUSED` of rectify/worker/seccomp.py.
        rules: names in its `RULES`.
        landlock: whether Landlock does.
        namespaces: options of bwrap.
        apart: what keeps it closed all the same where those are lifted; empty if nothing does.
        apart_as_root: the same, where root grades.
    """

    calls: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    landlock: bool = False
    namespaces: tuple[str, ...] = ()
    apart: str = ""
    apart_as_root: str = ""

    def __str__(self) -> str:
        """Return what is lifted as README.md shows it."""
        named = (*self.calls, *self.rules, *(["Landlock"] if self.landlock else []))
        also = self.apart or (self.apart_as_root and f"as root: {self.apart_as_root}")
        return ", ".join((*named, *self.namespaces)) + (f"; {also}" if also else "")


@dataclass(frozen=True)
class Channel:
    """One way to send from one sandbox to another."""

    name: str
    tries: str
    sends: str
    receives: str
    lifted: Lifted

    @property
    def row(self) -> str:
        """The channel's row of the table in README.md."""
        return f"| [{self.name}](channels/{self.name}.py) | {self.tries} | {self.lifted} |"


def channels() -> list[Channel]:
    """Return the channels, in the order of their names."""
    found = []
    for path in sorted(FOLDER.glob("channels/*.py")):
        module = importlib.import_module(f"attacks.channels.{path.stem}")
        tries = (module.__doc__ or "").splitlines()[0].removesuffix(".")
        channel = Channel(path.stem, tries, module.SENDS, module.RECEIVES, module.LIFTED)
        found.append(channel)
    return found


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
    lines += [
        f"## {CHANNELS}",
        "",
        "| channel | sends and receives by | closed by |",
        "|---|---|---|",
    ]
    lines += [*(channel.row for channel in channels()), ""]
    return "\n".join(lines)


def answered(released: NotebookNode, tag: str, source: str = RIGHT) -> NotebookNode:
    """Return a released notebook with `source` as the cell of the exercise."""
    notebook = copy.deepcopy(released)
    cell = answer_cell(notebook, tag)
    if tag != PLAIN:
        source = source.replace("MyReLU", class_name(released, tag))
    cell.source = source
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


def plain() -> NotebookNode:
    """Return the source of the assignment whose grade cells have no hidden suite."""
    answer = nbformat.v4.new_code_cell(_PLAIN_ANSWER, id="answer", metadata={"tags": [PLAIN]})
    answer.metadata["nbgrader"] = _flags("answer", solution=True)
    notebook = nbformat.v4.new_notebook(cells=[answer])
    for name, source in _PLAIN_CELLS.items():
        cell = nbformat.v4.new_code_cell(source, id=name.replace("_", "-"))
        cell.metadata["nbgrader"] = _flags(name, points=4 if name == "partly" else 3)
        notebook.cells.append(cell)
    return notebook


def _flags(grade_id: str, *, solution: bool = False, points: int = 0) -> dict[str, Any]:
    flags = {"grade_id": grade_id, "solution": solution, "grade": not solution, "task": False}
    return {**flags, "locked": not solution, "schema_version": 3} | (
        {} if solution else {"points": points}
    )


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
        assignment=getattr(module, "ASSIGNMENT", "relu"),
        hand_in=getattr(module, "hand_in", from_text),
        student=getattr(module, "STUDENT", f"{kind}-{name.replace('_', '-')}"),
    )


def _code(pattern: str) -> str:
    return "`" + pattern.replace("|", "\\|") + "`"
