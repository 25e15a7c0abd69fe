"""What the checks share: find the notebook, run its tagged cell, explain a failure.

Needs jupyterlab, torch and pytest, nothing else of this course. The checks are in `test_*.py`.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import json
import linecache
import os
import re
import textwrap
import time
import traceback
import warnings
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

import pytest
import torch


class Problem(Exception):
    """Something about the notebook that its author can mend: fact, cause, next step."""


# --- The notebook ---


@dataclass(frozen=True)
class Cell:
    """One code cell: its text, its tags and the id that nbgrader gave it."""

    source: str
    tags: tuple[str, ...]
    grade_id: str | None

    def defines(self, class_name: str) -> bool:
        """Whether the text has a class of this name, which can be told without running it."""
        return class_name in classes(self.source)


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


def read_cells(path: Path) -> list[Cell]:
    """Read the code cells of a notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return [
            Cell(
                source="".join(cell["source"]),  # a string or a list of lines
                tags=tuple(cell["metadata"].get("tags", ())),
                grade_id=cell["metadata"].get("nbgrader", {}).get("grade_id"),
            )
            for cell in cells
            if cell["cell_type"] == "code"
        ]
    except OSError as error:
        raise Problem(
            f"{path} cannot be opened: {error.strerror}.\n"
            "Check that the file is still there and that you may read it."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise Problem(
            f"{path.name} cannot be read as a notebook.\n"
            "The file is damaged or was not saved completely.\n"
            "Open it in JupyterLab and save it again. If it does not open, fetch a new copy of\n"
            "the exercise and paste your code into its cell."
        ) from None


def belongs_to(path: Path, tag: str) -> bool:
    """Whether a notebook is one of this exercise, also when its cell has lost the tag."""
    try:
        cells = read_cells(path)
    except Problem:
        return False
    return any(tag in cell.tags or cell.grade_id in (tag, f"test_{tag}") for cell in cells)


def find_notebook(
    tag: str, beside: Path, started_in: Path, option: str | None, session: str | None
) -> Path:
    """Return what `--notebook` names, else the kernel's notebook, else the one beside the checks.

    `beside` is the folder that holds `test_exercise`, `session` the value of JPY_SESSION_NAME.
    """
    if option:
        path = started_in / option
        if not path.is_file():
            raise Problem(f"There is no notebook {path}.\nCheck the path after --notebook.")
        return path
    if session:
        # Some servers give the whole path, others the path below the folder they serve. The
        # value may also be old, or name a console or the notebook of another exercise.
        named = Path(session)
        for folder in (started_in, beside):
            path = folder / named.name
            same = not named.is_absolute() or named.resolve() == path.resolve()
            if same and path.is_file() and belongs_to(path, tag):
                return path
    path = beside / f"{tag}.ipynb"
    if path.is_file():
        return path
    notebooks = sorted(beside.glob("*.ipynb"))
    candidates = [path for path in notebooks if belongs_to(path, tag)]
    if len(candidates) == 1:
        return candidates[0]
    command = f"pytest -v test_exercise/test_{tag}.py --notebook"
    if candidates:
        names = "".join(f"    {path.name}\n" for path in candidates)
        raise Problem(
            f"It is not clear which notebook to check. Several are for the exercise {tag}:\n"
            f"{names}Name yours: {command} {candidates[0].name}"
        )
    names = ", ".join(path.name for path in notebooks) or "none"
    raise Problem(
        f"There is no {tag}.ipynb in {beside}\n"
        f"and no other notebook with a cell tagged {tag} (notebooks there: {names}).\n"
        f"Put test_exercise beside your notebook, or name it: {command} PATH"
    )


def notebook_for(module: ModuleType, path: Path, config: pytest.Config) -> Path:
    """Find the notebook that a file of checks is about; `path` is the file as the user sees it."""
    # Not `module.__file__`: test_exercise may be a symbolic link, and its target lies elsewhere.
    return find_notebook(
        module.TAG,
        beside=path.parent.parent,
        started_in=config.invocation_params.dir,
        option=config.getoption("notebook"),
        session=os.environ.get("JPY_SESSION_NAME"),
    )


def ago(seconds: float) -> str:
    """Say how long ago something was, in the largest unit that fits."""
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count = int(seconds // length)
        if count >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


# --- The tagged cell ---


def choose_cell(cells: list[Cell], tag: str, class_name: str) -> tuple[Cell, str]:
    """Return the tagged cell that counts, and a note when there was a choice."""
    tagged = [cell for cell in cells if tag in cell.tags]
    if not tagged:
        lost = any(cell.defines(class_name) for cell in cells)
        cause = (
            f"The cell that defines {class_name} has lost its tag."
            if lost
            else "The cell was deleted, or it has lost its tag."
        )
        raise Problem(
            f"No cell of the notebook has the tag {tag}. {cause}\n"
            "Select the cell in JupyterLab, open the Property Inspector (the gear wheels at the\n"
            f"right), write {tag} under Cell Tags, save, and run again."
        )
    defining = [cell for cell in tagged if cell.defines(class_name)]
    note = ""
    if len(defining) > 1:
        note = f"{len(defining)} cells tagged {tag} define {class_name}: the last one counts."
    return (defining or tagged)[-1], note


def cell_name(tag: str) -> str:
    """Return the name that the tagged cell bears in tracebacks."""
    return f"your cell tagged {tag}"


def to_python(source: str) -> str:
    """Turn what only Jupyter reads into Python: indented cells, prompts, magics.

    Plain Python and its line numbers are left alone, and so is what nobody can read. Without
    IPython, which each Jupyter kernel has, everything is.
    """
    if is_python(source) and not re.match(r"\s*\[?In \[", source):
        return source
    try:
        from IPython.core.inputtransformer2 import TransformerManager
    except ImportError:
        return source
    # IPython drops blank lines at the beginning; the lines keep their numbers.
    blank = len(source) - len(source.lstrip())
    lines = "\n" * source.count("\n", 0, blank)
    transformed = lines + TransformerManager().transform_cell(source)
    return transformed if is_python(transformed) or "get_ipython()" in transformed else source


def is_python(source: str) -> bool:
    """Whether Python can read a cell."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def use_jupyter(module: ModuleType) -> None:
    """Put into the module what Jupyter has besides Python: get_ipython(), display()."""
    try:
        from IPython.core import page
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config
    except ImportError:
        return  # each Jupyter kernel has them

    class Shell(InteractiveShell):
        def enable_gui(self, gui: object = None) -> None:
            """Open no window: %matplotlib inline asks for none."""

    config = Config()
    config.HistoryManager.enabled = False  # the checks are no session of the student's
    InteractiveShell.clear_instance()
    shell = Shell.instance(config=config, user_module=module)
    shell.set_hook("show_in_pager", page.as_hook(page.display_page), 90)
    for name in ("exit", "quit"):
        del module.__dict__[name]  # IPython's end nothing here, Python's do


def run_cell(cell: Cell, tag: str, class_name: str) -> type:
    """Run the cell alone and return the class that it defines."""
    name, source = cell_name(tag), to_python(cell.source)
    lines = source.splitlines(keepends=True)
    linecache.cache[name] = (len(source), None, lines, name)  # for tracebacks
    # In Jupyter, a cell may await.
    code = compile(source, name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    module = ModuleType("__main__")
    if re.search("[iI][pP]ython|display", source):
        use_jupyter(module)
    namespace = module.__dict__
    try:
        result = eval(code, namespace)  # noqa: S307 - the student's own code on their computer
        if inspect.iscoroutine(result):
            asyncio.run(result)
    except SystemExit:
        raise Problem(
            f"Your cell tagged {tag} ends Python.\nTake exit(), quit() or sys.exit() out of it."
        ) from None
    found = namespace.get(class_name)
    if isinstance(found, type):
        return found
    classes = [key for key, value in namespace.items() if isinstance(value, type)]
    own = [key for key in classes if namespace[key].__module__ == "__main__"]
    raise Problem(
        f"Your cell tagged {tag} defines no class {class_name}.\n"
        f"Classes that it defines: {', '.join(own) or 'none'}.\n"
        f"Name the class {class_name}, in the cell with the tag, save, and run again."
    )


# --- The explanation of a failure ---


def hint(error: BaseException) -> str:
    """Say what to look at, for errors that beginners meet often."""
    if isinstance(error, NotImplementedError):
        return "This part is not written yet. Put your code in place of this line, and save."
    if type(error) is NameError and error.name in ("get_ipython", "display"):
        return (
            "Magics such as %time, lines with ! or ?, and display() need IPython, which is not\n"
            "installed here. Run the checks with the Python that your notebook runs with."
        )
    if type(error) is NameError:
        return (
            "Is the name spelled right? The tagged cell runs alone: what other cells import or\n"
            "define is not there. Everything that it needs must stand in it, imports too."
        )
    if isinstance(error, AttributeError) and re.search(r"_hooks'|__init__\(\)", summary(error)):
        return "Does your __init__ begin with super().__init__()?"
    return ""


def summary(error: BaseException) -> str:
    """Return type and message of an error, as Python prints them."""
    return "".join(traceback.format_exception_only(type(error), error)).rstrip()


def explain_error(error: BaseException, tag: str) -> str:
    """Show what was raised, the line of the student's cell, and what to look at."""
    if isinstance(error, SyntaxError) and error.filename == cell_name(tag):
        return (
            f"Python cannot read {cell_name(tag)}:\n\n{summary(error)}\n\n"
            "The mark ^ shows where Python stopped. Look there, and just before."
        )
    frames = traceback.extract_tb(error.__traceback__)
    parts = [summary(error), hint(error)]
    for frame in reversed(frames):
        if frame.filename == cell_name(tag):
            parts[0] = f"Your code raised {parts[0]}"
            parts.insert(1, f"Line {frame.lineno} of {cell_name(tag)}:\n\n    {frame.line}")
            break
        if frame.name.startswith("test_"):  # the call itself failed, before your code began
            name = Path(frame.filename).name
            parts.insert(1, f"Line {frame.lineno} of {name}:\n\n    {frame.line}")
            break
    return "\n\n".join(part for part in parts if part)


def show(value: object) -> str:
    """Write a value in one line: a tensor as its numbers, and numbers without a tail of digits."""
    if isinstance(value, torch.Tensor):
        if value.dim() != 1 or value.is_meta:
            return f"a tensor of shape {tuple(value.shape)} and dtype {value.dtype}"
        value = value.tolist()
    if isinstance(value, list):
        return f"[{', '.join(map(show, value))}]"
    try:
        return f"{value:g}" if isinstance(value, float) else repr(value)
    except Exception:  # a class of the student's may have a faulty __repr__
        return f"{type(value).__name__} object"


def explain(check: pytest.Function, error: BaseException) -> str:
    """Write the message about a check that failed."""
    frames = [
        frame
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if frame.f_code.co_filename == cell_name(check.module.TAG)
        or frame.f_code is check.function.__code__
    ]
    if isinstance(error, Problem):
        return str(error)
    if not frames or frames[-1].f_code is not check.function.__code__:
        return explain_error(error, check.module.TAG)  # raised by the student's code
    variables = {
        name: value
        for name, value in frames[-1].f_locals.items()
        if not name.startswith("@")  # pytest's own
        and not isinstance(value, (type, torch.nn.Module))
    }
    if not isinstance(variables.get("result", torch.empty(0)), torch.Tensor):
        reason = "What forward returned is not a tensor. Do all its branches end with return?"
    elif isinstance(error, AssertionError):
        message = str(error).split("\nassert ")[0]  # pytest adds the rest, and indents
        reason = "\n".join(line.strip() for line in message.splitlines())
    else:
        return explain_error(error, check.module.TAG)
    width = max(map(len, variables))
    parameter_first = sorted(variables, key=lambda name: not isinstance(variables[name], float))
    shown = "".join(f"    {name:{width}}  {show(variables[name])}\n" for name in parameter_first)
    where = f"{check.path.parent.name}/{check.path.name}, {check.name}"
    return f"{check.function.__doc__}\n\n{shown}\n{reason}\n\n(The check: {where})"


# --- Pytest's side ---


def is_check(item: pytest.Item) -> TypeGuard[pytest.Function]:
    """Whether an item is one of the checks here: other tests may lie in folders below."""
    return isinstance(item, pytest.Function) and hasattr(item.module, "TAG")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --notebook."""
    with suppress(ValueError):  # the plugin that grades has the same option and may come first
        parser.addoption("--notebook", metavar="PATH", help="the notebook to check")


def pytest_report_collectionfinish(config: pytest.Config, items: list[pytest.Item]) -> list[str]:
    """Say which notebook is read and how old its last save is."""
    lines = []
    modules = {item.module: item.path for item in items if is_check(item)}
    for module, path in modules.items():
        with suppress(Problem, OSError):  # each check reports it
            notebook = notebook_for(module, path, config)
            saved = ago(time.time() - notebook.stat().st_mtime)
            folder = config.invocation_params.dir
            shown = notebook.relative_to(folder) if folder in notebook.parents else notebook
            lines.append(
                f"Checking {shown}, saved {saved}. Not your latest? Save (Ctrl+S) and run again."
            )
            lines.append(choose_cell(read_cells(notebook), module.TAG, module.CLASS_NAME)[1])
    return [line for line in lines if line]


@pytest.fixture(scope="module")
def student_class(request: pytest.FixtureRequest) -> type:
    """Return the class under test, defined by the tagged cell of the notebook."""
    module = request.module
    notebook = notebook_for(module, request.path, request.config)
    cell, _ = choose_cell(read_cells(notebook), module.TAG, module.CLASS_NAME)
    return run_cell(cell, module.TAG, module.CLASS_NAME)


reported = pytest.StashKey[set[str]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the explanation in the place of pytest's traceback; `--tb=long` keeps the traceback."""
    report = yield
    if is_check(item) and report.failed and call.excinfo and item.config.option.tbstyle != "long":
        text = explain(item, call.excinfo.value)
        # One fault often fails all four checks: explain it once.
        before = item.session.stash.setdefault(reported, set())
        report.longrepr = "The same as above." if text in before else text
        before.add(text)
    return report
