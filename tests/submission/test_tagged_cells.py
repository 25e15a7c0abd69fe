"""Which of several cells with the tag counts: one rule, for the visible checks and for grading.

The last cell that defines the class counts. Where none does, the last one counts.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType

import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_code_cell, new_notebook

from rectify.submission import cells, rebuild

SOLUTION = {
    "schema_version": 3,
    "grade": False,
    "solution": True,
    "locked": False,
    "task": False,
    "grade_id": "a",
}

PLAIN = "class A: pass"
OTHER = "print('scratch')"

DEFINING = {
    "plain": PLAIN,
    "with-a-base": "class A(object):\n    pass",
    "indented": "    class A:\n        pass",
    "indented-by-a-tab": "\n\tclass A:\n\t\tpass",
    "indented-and-behind-blank-lines": "\n\n  import math\n  class A: pass",
    "under-an-if": "if True:\n    class A: pass",
    "under-try-and-with": "import contextlib\ntry:\n    with contextlib.suppress(OSError):\n"
    "        class A: pass\nexcept ValueError:\n    pass",
    "in-a-handler": "try:\n    raise ValueError\nexcept ValueError:\n    class A: pass",
    "in-a-match": "match 1:\n    case 1:\n        class A: pass",
    "behind-a-semicolon": "x = 1; y = 2\nclass B: pass\nclass A(B): pass",
    "decorated": "import functools\n@functools.total_ordering\nclass A:\n"
    "    def __lt__(self, other): return True",
    "a-wide-head": "class  A (\n    object,\n):\n    pass",
    "a-line-continued": "class \\\n    A: pass",
    "with-umlauts": "class Größe: pass\nclass A(Größe): pass",
    "windows-line-ends": "x = 1\r\nclass A:\r\n    pass\r\n",
    "a-text-with-an-escape": "x = '\\d'\nclass A: pass",
}
"""Cells that define A when they run."""

NOT_DEFINING = {
    "nothing": "",
    "another": "class B: pass",
    "a-longer-name": "class AB: pass",
    "in-a-text": 'x = """\nclass A: pass\n"""',
    "in-a-comment": "# class A: pass\nx = 1",
    "in-a-function": "def f():\n    class A: pass\n    return A",
    "in-a-coroutine": "async def f():\n    class A: pass",
    "in-a-class": "class B:\n    class A: pass",
    "in-a-method": "class B:\n    def f(self):\n        class A: pass",
}
"""Cells that run, and do not define A."""

JUPYTER_OR_MISTAKEN = {
    "a-magic": "%matplotlib inline\nclass A: pass",
    "a-cell-magic": "%%time\nclass A: pass",
    "a-prompt": ">>> class A:\n...     pass",
    "a-prompt-of-ipython": "In [1]: class A:\n   ...:     pass",
    "a-prompt-of-ipython-further-down": "In [1]: x = 1\n   ...: class A: pass",
    "a-mistake": "class A:\n    def f(self)\n        pass",
    "a-mistake-in-the-head": "class A\n    pass",
    "indented-badly": "import math\n  class A: pass",
    "a-nul": "class A: pass\n\0",
    "too-deep-for-the-parser": "class A: pass\nx = " + "-" * 40_000 + "1",
    "await": "await f()\nclass A: pass",
}
"""Cells that Python cannot read or run, and that are there to define A."""

NEITHER = {
    "another-with-a-magic": "%time\nclass B: pass",
    "a-name-with-a-mistake": "x = A(\nclassA",
    "a-comment-with-a-mistake": "# class A\nx = (",
}
"""Cells that Python cannot read, and that are not there to define A."""

COUNTING = {**DEFINING, **JUPYTER_OR_MISTAKEN}
OTHERS = {**NOT_DEFINING, **NEITHER}

CASES = {
    **{f"{name}-before-another": ([cell, OTHER], 0) for name, cell in COUNTING.items()},
    **{f"{name}-behind-a-plain-one": ([PLAIN, cell], 1) for name, cell in COUNTING.items()},
    **{f"{name}-does-not-count": ([PLAIN, cell], 0) for name, cell in OTHERS.items()},
    **{f"{name}-alone": ([cell], 0) for name, cell in {**COUNTING, **OTHERS}.items()},
    "none-defines-it": (["x = 1", "class B: pass", OTHER], 2),
    "only-broken-ones": (["x = (", "y = ["], 1),
    "three-define-it": ([PLAIN, OTHER, "  class A: pass", "if 1:\n  class A: pass", OTHER], 3),
}
"""Cells with the tag, and the number of the one that counts."""


@pytest.fixture(scope="module")
def visible(root: Path) -> ModuleType:
    """What the visible checks share."""
    path = root / "test_exercise" / "conftest.py"
    spec = importlib.util.spec_from_file_location("conftest_of_the_visible_checks", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("cells", "counts"), CASES.values(), ids=CASES)
def test_the_visible_checks_take_the_last_that_defines_the_class(
    visible: ModuleType, cells: list[str], counts: int
) -> None:
    tagged = [visible.Cell(source, ("a",), None) for source in cells]
    assert visible.choose_cell(tagged, "a", "A")[0] is tagged[counts]


@pytest.mark.parametrize(("cells", "counts"), CASES.values(), ids=CASES)
def test_grading_takes_the_same(cells: list[str], counts: int) -> None:
    metadata = {"tags": ["a"], "nbgrader": SOLUTION}
    released = new_notebook(
        cells=[new_code_cell("class Helper: pass\nclass A: pass", metadata=metadata)]
    )
    submitted = new_notebook(
        cells=[new_code_cell(source, metadata={"tags": ["a"]}) for source in cells]
    )
    rebuilt = rebuild.rebuild(submitted, released, released)
    assert rebuild.answers(rebuilt)["a"].source == cells[counts]


def test_both_read_a_cell_by_the_same_lines(visible: ModuleType) -> None:
    """The visible checks need nothing of grading, so they hold a copy of it."""
    assert inspect.getsource(visible.classes) == inspect.getsource(cells.classes)


@pytest.mark.filterwarnings("ignore:.*invalid escape sequence")
@pytest.mark.parametrize("cell", [*DEFINING.values(), *NOT_DEFINING.values()])
def test_what_a_cell_is_read_to_define_is_what_it_defines(cell: str) -> None:
    """Jupyter takes the indentation off, Python does the rest."""
    namespace: dict[str, object] = {"__name__": "cell"}
    exec(TransformerManager().transform_cell(cell), namespace)  # noqa: S102 - our own
    found = [name for name, value in namespace.items() if isinstance(value, type)]
    assert cells.classes(cell) == found


def test_nothing_is_run() -> None:
    assert cells.classes("raise SystemExit\nclass A: pass") == ["A"]
    assert cells.classes("class A(print('run')): pass") == ["A"]
