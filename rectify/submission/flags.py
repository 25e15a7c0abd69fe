"""Says what a human should look at: code and changes that no honest answer needs.

Nothing here costs points. Student code could patch the process that it runs in, and what it did
to its input is then still known, but not what it returned, nor what a grade cell without a hidden
suite would have found. So code that reaches beyond an answer is flagged, in the feedback and as
nbgrader's needs-manual-grade.
"""

from __future__ import annotations

import ast
import builtins
import re
import symtable
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from IPython.core.inputtransformer2 import (
    classic_prompt,
    ipython_prompt,
    leading_empty_lines,
    leading_indent,
)
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

_ORDINARY = _IMPORTS | frozenset(
    [
        *("bisect", "calendar", "cmath", "copy", "csv", "datetime", "decimal", "fractions"),
        *("heapq", "json", "matplotlib", "pandas", "random", "re", "scipy", "seaborn"),
        *("sklearn", "statistics", "string", "sympy", "textwrap", "time", "torchvision"),
    ]
)
"""What the cells of a notebook import, beside what its lesson does."""

_NAMES = frozenset(
    [
        "__builtins__",
        "__import__",
        "__loader__",
        "__spec__",
        "breakpoint",
        "compile",
        "delattr",
        "eval",
        "exec",
        "exit",
        "get_ipython",
        "globals",
        "input",
        "open",
        "quit",
        "setattr",
        "vars",
    ]
)
_ATTRIBUTES = frozenset({"__call__", "__class__", "__doc__", "__init__", "__name__", "__new__"})
"""Attributes with double underscores that answers use."""

_REACHING = frozenset(
    [
        # Modules that others have imported, and what finds an attribute by a text.
        *("_builtins", "_os", "_sys", "builtins", "ctypes", "ctypeslib", "gc", "importlib"),
        *("inspect", "os", "sys", "attrgetter", "methodcaller"),
        # Functions that are running.
        *("ag_frame", "cr_frame", "f_back", "f_builtins", "f_globals", "f_lineno", "f_locals"),
        *("f_trace", "gi_frame", "tb_frame", "tb_next", "_current_frames", "_getframe"),
        # How Python and IPython run code and show errors.
        *("addaudithook", "excepthook", "meta_path", "monitoring", "setprofile", "settrace"),
        *("_showtraceback", "ast_transformers", "display_formatter", "displayhook"),
        *("input_transformers_cleanup", "input_transformers_post", "run_cell", "run_code"),
        *("set_custom_exc", "showsyntaxerror", "showtraceback"),
    ]
)
"""Names by which code reaches what it has no business with, also without an import of its own."""

_COMPARED = frozenset(
    [
        *("__array__", "__array_function__", "__array_ufunc__", "__bool__", "__eq__", "__float__"),
        *("__ge__", "__getattr__", "__getattribute__", "__gt__", "__le__", "__lt__", "__ne__"),
        "__torch_function__",
    ]
)
"""Methods by which an object decides how a comparison with it comes out."""

_FLAGS = ("grade", "solution", "locked", "task", "points", "schema_version")
_NOT_SUMMED = ("locked", "task", "schema_version")
"""Those of the flags that nbgrader's checksum of a grade cell leaves out."""


_TAKEN_OFF: tuple[Callable[[list[str]], list[str]], ...] = (
    leading_empty_lines,
    leading_indent,
    classic_prompt,
    ipython_prompt,
)
"""What IPython takes off the lines of a cell, before it looks for magics."""

_USUAL_MAGICS = re.compile(
    r"^%matplotlib\s+\w+\s*$|^%%?time(it)?\b(\s+-\w\s*\d*)*", flags=re.MULTILINE
)
"""Magics that call for no look, and change nothing for the code behind them."""

_ESCAPED = re.compile(
    r"^([ \t]*(?![ \t])(?:[\w.,][\w., \t]*=[ \t]*(?![ \t]))?)(?:[%!?,;/].*|[^#\n]*\?[ \t]*$)",
    flags=re.MULTILINE,
)
"""A line with a magic, a shell command or a question, which Jupyter makes a call of."""


def code(source: str, forbidden: frozenset[str] = frozenset()) -> list[str]:
    """Return a note for each thing in an answer that a human should look at.

    `forbidden` are names that the exercise asks students not to use.
    """
    return _notes(_used(_python(source), forbidden), "The cell")


class Lesson:
    """A notebook's own cells, to compare a student's cells with.

    For grade cells without a hidden suite: they run in the student's process, among the student's
    names, and all the cells before them count. It is made from the texts of cells: `given` are
    those that students leave alone, `graded` the grade cells among them, and `stubs` those that
    they fill in.
    """

    def __init__(self, given: list[str], graded: list[str], stubs: list[str]) -> None:
        trees = [_python(source) for source in (*given, *stubs)]
        self._said = {name for tree in trees for node in ast.walk(tree) for name in _named(node)}
        self._modules = _ORDINARY | {name for tree in trees for name in _modules(tree)}
        self._imported = {found for tree in trees for found in _imports(tree)}
        ours = {name for source in given for name in _globals(source)[0]}
        asked = set()
        for source in graded:
            bound, read = _globals(source)
            asked |= read - bound
        to_fill_in = {name for source in stubs for name in _globals(source)[0]}
        self._relied_on = (asked & (ours | set(dir(builtins)))) - to_fill_in

    def code(self, source: str) -> list[str]:
        """Return a note for each thing in a student's cell that a human should look at.

        What the lesson itself uses is none. Give the cells in their order.
        """
        tree = _python(source)
        theirs = set(_imports(tree))
        again = {name for name, _ in theirs & self._imported}
        self._imported |= theirs
        roots = {name for name, _ in self._imported}
        found = [
            *_used(tree, frozenset(), self._modules, roots, self._said),
            *(
                (node.name, "which decides how comparisons come out")
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef) and node.name in _COMPARED - self._said
            ),
            *(
                (name, "in another meaning than a grade cell")
                for name in sorted((_globals(source)[0] & self._relied_on) - again)
            ),
        ]
        return _notes(found, "A cell")


def _notes(found: Iterable[tuple[str, str]], where: str) -> list[str]:
    """Return what readers are told about a cell. A few reasons are enough."""
    some = list(dict.fromkeys(found))[:5]
    return [f"{where} uses {name}, {why}. A human should look at it." for name, why in some]


@dataclass(frozen=True)
class Structure:
    """How a submitted notebook differs in what students are asked to leave alone.

    Attributes:
        changed: notes for who looks at the grade.
        older: the grade_ids of cells that are as another release had them, which calls for no look.
    """

    changed: list[str]
    older: list[str]


def structure(submitted: NotebookNode, released: NotebookNode) -> Structure:
    """Return what differs. It has no effect of its own: the released notebook is graded.

    A cell that fits its own checksum was written like this by nbgrader, in some release: after a
    new one, a whole class has such cells. A student who computes a checksum
    anew avoids the flag and gains nothing: the released cell is graded.
    """
    before = {cell.metadata.nbgrader.grade_id: cell for cell in released.cells if _marks(cell)}
    after: dict[object, list[NotebookNode]] = {}
    for cell in submitted.cells:
        marks = _marks(cell)
        if marks:
            after.setdefault(str(marks.get("grade_id")), []).append(cell)
    changed, older = [], []
    for grade_id, cell in before.items():
        found = after.get(grade_id, [])
        if not found:
            changed.append(f"the cell {grade_id} is missing or lost its metadata")
        if len(found) > 1:
            changed.append(f"the cell {grade_id} is there {len(found)} times")
        for other in found:
            marks = _marks(other)
            settings = any(marks.get(flag) != cell.metadata.nbgrader.get(flag) for flag in _FLAGS)
            edited = utils.is_locked(cell) and other.source.split() != cell.source.split()
            if other.get("cell_type") != cell.cell_type:
                changed.append(f"the cell {grade_id} has another type")
            elif (settings or edited) and _fits_its_checksum(other, cell):
                older.append(grade_id)
            elif settings:
                changed.append(f"the settings of the cell {grade_id} were changed")
            elif edited:
                changed.append(f"the locked cell {grade_id} was edited")
    if set(after) - set(before):
        changed.append("cells with grade ids of their own were added")
    notes = []
    if changed:
        notes.append(
            f"The notebook was changed where it should be left alone: {'; '.join(changed[:5])}. "
            "The released cells were graded instead. A human should look at it."
        )
    return Structure(notes, list(dict.fromkeys(older)))


def _fits_its_checksum(cell: NotebookNode, released: NotebookNode) -> bool:
    """Return whether a cell that nbgrader overwrites is as nbgrader wrote it into some release."""
    marks = _marks(cell)
    if any(marks.get(flag) != released.metadata.nbgrader.get(flag) for flag in _NOT_SUMMED):
        return False
    try:
        computed: object = utils.compute_checksum(cell)
    except (KeyError, TypeError, ValueError, AttributeError):
        return False  # its settings are no settings of nbgrader
    return bool(utils.is_locked(cell)) and marks.get("checksum") == computed


def _marks(cell: NotebookNode) -> dict[str, object]:
    """Return what nbgrader wrote into a cell's metadata, or an empty dict."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def _python(source: str) -> ast.Module:
    """Return a notebook's cell as Python; an empty module for code that cannot be read, nor run.

    What else Jupyter reads becomes a call of get_ipython(). This says less than IPython's own
    reading, whose time grows with the square of a text's length.
    """
    lines = f"{source}\n".splitlines(keepends=True)
    for take_off in _TAKEN_OFF:
        lines = take_off(lines)
    plain = _USUAL_MAGICS.sub("", "".join(lines))
    called = _ESCAPED.sub(r"\1get_ipython()", plain)
    for text in (source, plain, called, "get_ipython()" if called != plain else ""):
        with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            tree = compile(text, "<cell>", "exec", flags, dont_inherit=True)
            assert isinstance(tree, ast.Module)
            return tree
    return ast.Module([], [])


def _globals(source: str) -> tuple[set[str], set[str]]:
    """Return the global names that a cell gives a value, and those that it reads."""
    given: set[str] = set()
    read: set[str] = set()
    tables = []
    with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        tables.append(symtable.symtable(ast.unparse(_python(source)), "<cell>", "exec"))
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            if table.get_type() == "module" or symbol.is_global():
                if symbol.is_assigned() or symbol.is_imported():
                    given.add(symbol.get_name())
                if symbol.is_referenced():
                    read.add(symbol.get_name())
    return given, read


def _modules(tree: ast.AST) -> Iterator[str]:
    """Yield the packages that a cell imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def _imports(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Yield the names that a cell's imports bind, and what they bind them to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                package = alias.name.split(".")[0]
                yield (alias.asname, alias.name) if alias.asname else (package, package)


def _used(
    tree: ast.AST,
    forbidden: frozenset[str],
    imports: Iterable[str] = _IMPORTS,
    imported: Iterable[str] = (),
    said: Iterable[str] = (),
) -> Iterator[tuple[str, str]]:
    """Yield names in a cell that call for a look, with the reason.

    `imports` are modules that it may import, `imported` names under which others may have imported
    something, and `said` names that are no reason for a look.
    """
    foreign = "which no answer needs"
    imported = {*imported, *(name for name, _ in _imports(tree))}
    reaching, names = _REACHING.difference(said), _NAMES.difference(said)
    plain = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            found = [module] if module else [alias.name for alias in node.names]
            yield from ((name, foreign) for name in found if name.split(".")[0] not in imports)
            parts = {part for alias in node.names for part in f"{module}.{alias.name}".split(".")}
            yield from ((name, foreign) for name in sorted(parts & reaching) if name not in found)
        if isinstance(node, ast.Call) and _reads_plainly(node):
            plain.add(node.func)
    for node in ast.walk(tree):
        name = _name(node)
        if name in forbidden:
            yield name, "which the exercise asks to leave aside"
        if isinstance(node, ast.Name) and (
            name in names or (name == "getattr" and node not in plain)
        ):
            yield name, foreign
        if isinstance(node, ast.Attribute):
            hidden = name.startswith("__") and name.endswith("__") and name not in _ATTRIBUTES
            patched = isinstance(node.ctx, ast.Store) and _root(node) in imported
            if (hidden and name not in said) or patched or name in reaching:
                yield ast.unparse(node), foreign


def _reads_plainly(call: ast.Call) -> bool:
    """Return whether a call is one of getattr, for an attribute that could be named as well."""
    if _name(call.func) != "getattr" or len(call.args) < 2:
        return False
    name = getattr(call.args[1], "value", None)
    return isinstance(name, str) and name not in _REACHING and not name.startswith("__")


def _named(node: ast.AST) -> Iterator[str]:
    """Yield the names that stand in a node itself."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, ast.alias):
        yield from node.name.split(".")
    else:
        yield _name(node)


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
