"""Says what a human should look at: code and changes that no honest answer needs.

Nothing here costs points. Student code could patch the process that it runs in, and what it did
to its input is then still known, but not what it returned. So code that reaches beyond an answer
is flagged, in the feedback table and as nbgrader's needs-manual-grade.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from nbformat import NotebookNode
from nbgrader import utils

_IMPORTS = frozenset(
    [
        "__future__",
        "abc",
        "collections",
        "dataclasses",
        "enum",
        "functools",
        "itertools",
        "math",
        "numbers",
        "numpy",
        "operator",
        "torch",
        "typing",
        "typing_extensions",
        "warnings",
    ]
)
"""What answers import."""

_NAMES = frozenset(
    [
        "__builtins__",
        "__import__",
        "__loader__",
        "__spec__",
        "breakpoint",
        "compile",
        "eval",
        "exec",
        "exit",
        "get_ipython",
        "globals",
        "input",
        "open",
        "quit",
        "vars",
    ]
)
_ATTRIBUTES = frozenset({"__call__", "__class__", "__doc__", "__init__", "__name__", "__new__"})
"""Attributes with double underscores that answers use."""

_FLAGS = ("grade", "solution", "locked", "task", "points", "schema_version")


def code(source: str, forbidden: frozenset[str] = frozenset()) -> list[str]:
    """Return a note for each thing in an answer that a human should look at.

    `forbidden` are names that the exercise asks students not to use.
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        # What does not parse does not run either.
        return []
    found = list(dict.fromkeys(_used(tree, forbidden)))
    return [f"The cell uses {name}, {why}. A human should look at it." for name, why in found[:5]]


def structure(submitted: NotebookNode, released: NotebookNode) -> list[str]:
    """Return a note for each kind of change to what students are asked to leave alone.

    The change itself has no effect: the released notebook was graded.
    """
    before = {cell.metadata.nbgrader.grade_id: cell for cell in released.cells if _marks(cell)}
    after: dict[object, list[NotebookNode]] = {}
    for cell in submitted.cells:
        marks = _marks(cell)
        if marks:
            after.setdefault(str(marks.get("grade_id")), []).append(cell)
    notes = []
    for grade_id, cell in before.items():
        found = after.get(grade_id, [])
        if not found:
            notes.append(f"the cell {grade_id} is missing or lost its metadata")
        if len(found) > 1:
            notes.append(f"the cell {grade_id} is there {len(found)} times")
        for other in found:
            marks = _marks(other)
            if other.get("cell_type") != cell.cell_type:
                notes.append(f"the cell {grade_id} has another type")
            elif any(marks.get(flag) != cell.metadata.nbgrader.get(flag) for flag in _FLAGS):
                notes.append(f"the settings of the cell {grade_id} were changed")
            elif utils.is_locked(cell) and other.source.split() != cell.source.split():
                notes.append(f"the locked cell {grade_id} was edited")
    if set(after) - set(before):
        notes.append("cells with grade ids of their own were added")
    if not notes:
        return []
    return [
        f"The notebook was changed where it should be left alone: {'; '.join(notes[:5])}. "
        "The released cells were graded instead. A human should look at it."
    ]


def _marks(cell: NotebookNode) -> dict[str, object]:
    """Return what nbgrader wrote into a cell's metadata, or an empty dict."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def _used(tree: ast.AST, forbidden: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield names in a cell that call for a look, with the reason."""
    foreign = "which no answer needs"
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imported |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            names = [module] if module else [alias.name for alias in node.names]
            yield from ((name, foreign) for name in names if name.split(".")[0] not in _IMPORTS)
    for node in ast.walk(tree):
        name = _name(node)
        if name in forbidden:
            yield name, "which the exercise asks to leave aside"
        if isinstance(node, ast.Name) and name in _NAMES:
            yield name, foreign
        if isinstance(node, ast.Attribute):
            hidden = name.startswith("__") and name.endswith("__") and name not in _ATTRIBUTES
            patched = isinstance(node.ctx, ast.Store) and _root(node) in imported
            if hidden or patched:
                yield ast.unparse(node), foreign


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.name.split(".")[-1] if isinstance(node, ast.alias) else ""


def _root(node: ast.expr) -> str:
    """Return the name that a chain of attributes starts from."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
