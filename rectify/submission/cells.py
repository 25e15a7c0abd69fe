"""What a cell of a notebook says of itself: its tags, the classes that it defines, its language."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from typing import Any

from nbformat import NotebookNode


def tags(cell: NotebookNode) -> list[str]:
    """Return a cell's tags, leaving out what is no text."""
    found = as_dict(cell.get("metadata")).get("tags")
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
    kernel, info = (as_dict(notebook.metadata.get(key)) for key in ("kernelspec", "language_info"))
    return str(kernel.get("language") or info.get("name") or "python").lower()


def as_dict(value: object) -> dict[str, Any]:
    """Return a value if it is a dict, and else an empty one: of a submission, nothing is sure."""
    return value if isinstance(value, dict) else {}
