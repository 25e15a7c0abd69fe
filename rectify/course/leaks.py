"""Looks for what must stay private in what is released, by its content.

A line is found wherever it stands: in a cell, a figure, an attachment or an output, also when it is
encoded as base64, indented in another way, or spread over several lines. Code is found under other
names, too: names are replaced by their order of appearance before two pieces are compared.

What is so short or so common that a lesson may say it by itself is left alone.
"""

from __future__ import annotations

import ast
import base64
import binascii
import builtins
import itertools
import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import nbformat

from rectify import reading
from rectify.course.finding import Finding
from rectify.course.lesson import Lesson
from rectify.settings import Course

_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)\s*### END SOLUTION", re.DOTALL)
_MARKS = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)|# fails: ")
_COMMENT = re.compile(r"^\s*#.*\binstructors?\b", re.IGNORECASE | re.MULTILINE)
_MARKDOWN_COMMENT = re.compile(r"<!--")
_FENCED = re.compile(r"```\w*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]{24,}={0,2}")
_WORD = 20
_SHARED = re.compile(r"(from|import)\b(?!.*\brectify\b)|return \w+$|(for|if|elif|while|with)\b.*:$")
"""Lines that lessons and suites have in common: imports, and the heads of loops and branches."""
_MAGIC = re.compile(r"^(\s*)[!%].*$", re.MULTILINE)

_SOLUTION_CHARS, _SUITE_CHARS = 8, 16
"""A shorter line, without its spaces, is no secret. Lessons say short things by themselves."""

_WHOLE_LINE = 12
"""A line shorter than this must stand by itself to be found; a longer one can be part of a text."""

_SOLUTION_NODES, _SUITE_NODES = 5, 10
"""Code with fewer nodes in its syntax tree is not looked for under other names."""

_KEPT = frozenset(("torch", "nn", "F", "np", "numpy", "math", "self", "super", *dir(builtins)))
"""Names that say what is meant. All others can be replaced."""


@dataclass(frozen=True)
class Secret:
    """One line or expression that no student should read.

    Attributes:
        file: where it stands in the course.
        text: the line as its author wrote it.
        squeezed: the line without spaces, or nothing where only the form counts.
        form: the code with its names replaced, or nothing where only the line counts.
    """

    file: str
    text: str
    squeezed: str = ""
    form: str = ""


@dataclass(frozen=True)
class Piece:
    """A piece of a release: a cell's text, something beside it, or a file."""

    file: str
    cell: str
    text: str
    code: bool


def secrets(course: Course, lessons: Sequence[Lesson]) -> list[Secret]:
    """Return what must be in no release: the solutions, and the hidden suites."""
    found: list[Secret] = []
    for lesson in lessons:
        for cell in lesson.notebook.cells:
            for region in _SOLUTION.findall(cell.source):
                code = textwrap.dedent(region)
                found += _lines(lesson.file, code, _SOLUTION_CHARS)
                found += _forms(lesson.file, code, _SOLUTION_NODES)
    for path in (p for p in reading.inside(course.hidden) if p.match("test_*.py")):
        file = course.label(path)
        code = path.read_text(encoding="utf-8")
        found += _lines(file, code, _SUITE_CHARS)
        found += _forms(file, code, _SUITE_NODES)
    return found


def findings(course: Course, lessons: Sequence[Lesson]) -> Iterator[Finding]:
    """Say what in the releases should not be there."""
    known = secrets(course, lessons)
    for piece in _pieces(course):
        for text in (piece.text, *_decoded(piece.text)):
            yield from _leaked(piece, text, known)
        if found := _MARKS.search(piece.text):
            fact = f"It holds {found.group()!r}, a mark for nbgrader or for the mutants."
            yield Finding(piece.file, fact, "Take it out of the source.", piece.cell)
        comment = _COMMENT if piece.code else _MARKDOWN_COMMENT
        if (piece.code or piece.cell) and (found := comment.search(piece.text)):
            line = piece.text[found.start() :].lstrip().split("\n", 1)[0]
            fact = f"It has a comment for instructors: {_short(line)}"
            mend = "Take it out of the source, or put it between the marks of the solution."
            yield Finding(piece.file, fact, mend, piece.cell)
    yield from _strays(course)


def _leaked(piece: Piece, text: str, known: Sequence[Secret]) -> Iterator[Finding]:
    """Say which secrets a text holds: the first of each file, as one leads to the others."""
    squeezed, lines = _squeeze(text), set(map(_squeeze, text.splitlines()))
    forms = set(_code_forms(text, markdown=not piece.code))
    told = set()
    for secret in known:
        whole = len(secret.squeezed) < _WHOLE_LINE
        as_it_is = secret.squeezed and secret.squeezed in (lines if whole else squeezed)
        if secret.file not in told and (as_it_is or secret.form in forms):
            told.add(secret.file)
            how = "" if as_it_is else ", in other names"
            fact = f"It holds what {secret.file} keeps private{how}: {_short(secret.text)}"
            mend = "Take it out of the source, and release again."
            yield Finding(piece.file, fact, mend, piece.cell)


def _strays(course: Course) -> Iterator[Finding]:
    """Outputs, and metadata that nbgrader does not need."""
    known = {"nbgrader", "tags", "deletable", "editable"}
    for path in course.files(course.release):
        if path.suffix != ".ipynb":
            continue
        file = course.label(path)
        notebook = nbformat.read(path, as_version=4)
        for key in sorted(notebook.metadata.keys() - {"kernelspec", "language_info"}):
            yield Finding(file, f"Its metadata holds {key}.", "Take it out of the source.")
        for cell in notebook.cells:
            if cell.get("outputs") or cell.get("execution_count") is not None:
                fact = "It has outputs or an execution count."
                yield Finding(file, fact, "Clear the outputs of the source.", cell.get("id", ""))
            for key in sorted(cell.metadata.keys() - known):
                fact, mend = f"Its metadata holds {key}.", "Take it out of the source."
                yield Finding(file, fact, mend, cell.get("id", ""))


def _pieces(course: Course) -> Iterator[Piece]:
    """Yield all that has been released: cells by themselves, and what stands beside their text."""
    for path in course.files(course.release):
        file = course.label(path)
        if path.suffix == ".ipynb":
            notebook = nbformat.read(path, as_version=4)
            for cell in notebook.cells:
                name = cell.get("id", "")
                code = cell.cell_type == "code"
                yield Piece(file, name, cell.source, code)
                beside = {key: value for key, value in cell.items() if key != "source"}
                yield Piece(file, name, _texts(beside), code=False)
            yield Piece(file, "", _texts(notebook.metadata), code=False)
        else:
            # Whatever the bytes mean, each is one character: lines are found in binary files, too.
            encoding = "utf-8" if path.suffix in (".py", ".md", ".txt", ".svg") else "latin-1"
            text = path.read_bytes().decode(encoding, "replace")
            yield Piece(file, "", text, code=path.suffix == ".py")


def _texts(value: Any) -> str:
    """Return all keys and texts in a value that JSON can hold, one below the other."""
    if isinstance(value, dict):
        return "\n".join(_texts(part) for item in value.items() for part in item)
    if isinstance(value, (list, tuple)):
        return "\n".join(map(_texts, value))
    return value if isinstance(value, str) else json.dumps(value)


def _decoded(text: str) -> Iterator[str]:
    """Yield what runs of base64 in a text stand for: each line, and all lines as one."""
    for run in _BASE64.findall(text):
        # Short words in front, which base64 could hold as well, are none of it.
        parts = list(itertools.dropwhile(lambda part: len(part) < _WORD, run.split()))
        for letters in {*parts, "".join(parts)}:
            letters = letters.rstrip("=")
            with suppress(binascii.Error, ValueError):
                data = base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
                # The bytes of a figure are looked through, too.
                yield data.decode("utf-8", "replace")


def _lines(file: str, code: str, characters: int) -> Iterator[Secret]:
    """Yield the lines that say enough to give something away."""
    for line in code.splitlines():
        squeezed = _squeeze(line.strip().strip("\"'#"))
        shared = _SHARED.match(line.strip())
        if len(squeezed) >= characters and not shared:
            yield Secret(file, line.strip(), squeezed=squeezed)


def _forms(file: str, code: str, nodes: int) -> Iterator[Secret]:
    """Yield the forms of the values that a piece of code computes, returns or asserts."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        value = None
        if isinstance(node, (ast.Return, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr)):
            value = node.value
        elif isinstance(node, ast.Assert):
            value = node.test
        if value is not None and _size(value) >= nodes and not isinstance(value, ast.Constant):
            yield Secret(file, ast.unparse(node), form=_form(value))


def _code_forms(text: str, *, markdown: bool) -> Iterator[str]:
    """Yield the forms of all expressions in a text."""
    parts = ["".join(found) for found in _FENCED.findall(text)] if markdown else [text]
    for part in parts:
        try:
            tree = ast.parse(textwrap.dedent(_MAGIC.sub(r"\1pass", part)))
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.expr) and _size(node) >= _SOLUTION_NODES:
                yield _form(node)


def _size(tree: ast.AST) -> int:
    return sum(not isinstance(node, ast.expr_context) for node in ast.walk(tree))


def _form(tree: ast.expr) -> str:
    """Return an expression with its names replaced by numbers, in their order of appearance.

    An attribute of `self` is a name like any other.
    """
    numbers: dict[str, int] = {}

    def write(node: Any) -> str:
        if isinstance(node, ast.Attribute) and _is_self(node.value):
            return write(ast.Name(f"self.{node.attr}"))
        if isinstance(node, ast.Name):
            if node.id in _KEPT:
                return node.id
            return f"name{numbers.setdefault(node.id, len(numbers))}"
        if isinstance(node, ast.AST):
            fields = [write(value) for _, value in ast.iter_fields(node)]
            return f"{type(node).__name__}({', '.join(fields)})"
        if isinstance(node, list):
            return f"[{', '.join(map(write, node))}]"
        return repr(node)

    return write(tree)


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _short(text: str) -> str:
    first = " ".join(text.split())
    return first if len(first) <= 80 else f"{first[:77]}..."
