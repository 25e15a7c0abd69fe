"""Cells run in order in the sandbox; grade cells without a hidden suite are graded by nbgrader."""

from __future__ import annotations

import base64
import io
from dataclasses import replace

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.utils import determine_grade
from PIL import Image

from rectify.faults import Misbehaved
from rectify.notebook import execution, feedback
from rectify.sandbox.process import Sandbox
from rectify.worker.protocol import Frame


def graded(source: str, grade_id: str = "cell", points: float = 4) -> NotebookNode:
    metadata = {"grade": True, "grade_id": grade_id, "points": points, "solution": False}
    return new_code_cell(source, metadata={"nbgrader": metadata})


def run(sandbox: Sandbox, *cells: NotebookNode, skip: tuple[str, ...] = ()) -> list[NotebookNode]:
    notebook = new_notebook(cells=list(cells))
    execution.run(notebook, sandbox, skip=set(skip))
    return notebook.cells


def test_outputs_are_those_of_a_kernel(sandbox: Sandbox) -> None:
    sources = [
        "x = 2\nprint('a'); print('b')",
        "x ** 3",
        "1/0",
        "import sys; sys.stderr.write('w')",
    ]
    cells = run(sandbox, *map(new_code_cell, sources))
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4]
    assert cells[0].outputs == [{"output_type": "stream", "name": "stdout", "text": "a\nb\n"}]
    assert cells[1].outputs[0].data["text/plain"] == "8"
    assert cells[2].outputs[0].ename == "ZeroDivisionError"
    assert cells[3].outputs[0].name == "stderr"


def test_a_lesson_can_ask_whether_it_is_graded(sandbox: Sandbox) -> None:
    """As nbgrader documents."""
    asked = "import os; print(os.environ['NBGRADER_EXECUTION'])"
    assert run(sandbox, new_code_cell(asked))[0].outputs[0].text == "autograde\n"


def test_only_text_and_images_are_kept(sandbox: Sandbox) -> None:
    html = (
        "from IPython.display import *\ndisplay(HTML('<script>alert(1)</script>'))\nSVG('<svg/>')"
    )
    figure = "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"
    cells = run(sandbox, new_code_cell(html), new_code_cell(figure))
    kinds = [set(output.data) for cell in cells for output in cell.outputs]
    assert kinds == [{"text/plain"}, {"text/plain"}, {"text/plain", "image/png"}]


def test_a_figure_keeps_its_size_unless_something_would_be_cut_off(sandbox: Sandbox) -> None:
    figure = "import matplotlib.pyplot as plt; plt.plot([1, 2])"
    beside = "plt.figtext(1.1, 0.5, 'beside the figure')"
    drawn = [
        Image.open(io.BytesIO(base64.b64decode(cell.outputs[-1].data["image/png"])))
        for cell in run(sandbox, new_code_cell(figure), new_code_cell(f"{figure}; {beside}"))
    ]
    assert drawn[0].size == (640, 480)
    assert drawn[1].width > 700
    margin = drawn[1].convert("L").crop((640, 0, drawn[1].width, drawn[1].height))
    assert margin.getextrema()[0] < 128, "the text is there"


def test_an_empty_figure_shows_nothing(sandbox: Sandbox) -> None:
    [cell] = run(
        sandbox, new_code_cell("import matplotlib.pyplot as plt; plt.figure(); plt.show()")
    )
    assert set(cell.outputs[0].data) == {"text/plain"}


def test_a_figure_that_is_too_large_is_left_out_and_named(sandbox: Sandbox) -> None:
    huge = "import matplotlib.pyplot as p; p.figure(figsize=(80, 1)); p.plot([1]); p.show()"
    cells = run(sandbox, new_code_cell(huge), new_code_cell("'next'"))
    assert "pixels was left out: 4096 are shown at most" in str(cells[0].outputs)
    assert set(cells[0].outputs[0].data) == {"text/plain"}
    assert cells[1].outputs[0].data["text/plain"] == "'next'"


@pytest.mark.parametrize(
    ("source", "points"),
    [
        ("assert True", 4),
        ("assert False", 0),
        ("2.5", 2.5),
        ("float('nan')", 0),
        ("-1", 0),
        ("5", 0),
        ("import warnings; warnings.warn('harmless')", 4),
    ],
)
def test_a_grade_cell_without_a_suite_is_graded_as_nbgrader_grades_but_never_fails_open(
    sandbox: Sandbox, source: str, points: float
) -> None:
    (cell,) = run(sandbox, graded(source))
    assert determine_grade(cell)[0] == points


@pytest.mark.parametrize(
    "source",
    [
        "def check():\n    x = 1\n    assert x == 2\n\n\ncheck()",
        "x = 1\n\n(1 +\n 1 / 0)",
        "1/0",
        "def f(:",
        "import asyncio\nawait asyncio.sleep(0)\n1/0",
    ],
)
def test_an_error_looks_the_same_in_a_grade_cell_as_in_any_other(
    sandbox: Sandbox, source: str
) -> None:
    (ordinary,), (grade,) = run(sandbox, new_code_cell(source)), run(sandbox, graded(source))
    assert grade.outputs == ordinary.outputs


@pytest.mark.parametrize(
    "source",
    [
        *("x = 2; x + 1", "x = 2\nx + 1;", "(1 +\n 2)", "'é'; 2.5", "None", "print(1)", "# none"),
        *("import asyncio\nawait asyncio.sleep(0, 3)", "%matplotlib inline\n4", "if 1:\n    3"),
        "import doctest; doctest.testmod().failed",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()",
    ],
)
def test_a_grade_cell_shows_what_any_other_shows(sandbox: Sandbox, source: str) -> None:
    (ordinary,), (grade,) = run(sandbox, new_code_cell(source)), run(sandbox, graded(source))
    assert grade.outputs == ordinary.outputs


PATCHES = {
    "showtraceback": "from IPython.core.interactiveshell import InteractiveShell as S\n"
    "S.showtraceback = S.showsyntaxerror = lambda *a, **k: None",
    "run_cell": "type(get_ipython()).run_cell = lambda *a, **k: None",
    "input": "get_ipython().input_transformers_post.append(lambda lines: ['pass'])",
    "builtins": "import builtins; builtins.abs = lambda x: 0; builtins.AssertionError = Warning",
    "handler": "get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)",
    "outputs": "from rectify.worker import cells; cells._recorded = lambda: []",
}


@pytest.mark.parametrize("patch", PATCHES.values(), ids=PATCHES)
def test_no_change_of_the_shell_hides_that_a_grade_cell_ended_with_an_error(
    sandbox: Sandbox, patch: str
) -> None:
    cells = run(sandbox, new_code_cell(patch), graded("assert abs(1) == 0"), graded("2", "other"))
    assert determine_grade(cells[1])[0] == 0
    assert cells[1].outputs[-1].output_type == "error"
    assert determine_grade(cells[2])[0] in (0, 2)


def test_a_number_that_a_student_shows_is_no_points(sandbox: Sandbox) -> None:
    shows = "def f():\n    __import__('sys').displayhook(4)\n    get_ipython().displayhook(4)"
    cells = run(sandbox, new_code_cell(shows), graded("f()\n1"))
    assert determine_grade(cells[1])[0] == 1


def test_an_answer_without_the_question_s_token_is_no_answer() -> None:
    for header in ({}, {"ended": True}, {"ended": True, "token": "other"}, {"token": "t"}):
        with pytest.raises(Misbehaved):
            execution._graded(Frame(header, b"[]"), "t", 1)


def test_code_is_not_traced_where_grade_cells_run(sandbox: Sandbox) -> None:
    for name in ("settrace", "setprofile"):
        cells = run(sandbox, new_code_cell(f"import sys; sys.{name}(print)"), graded("1"))
        assert "neither traced nor profiled" in cells[0].outputs[0].evalue


def flagged(*sources: str, given: str = "import numpy as np") -> list[str]:
    """Return the notes on a grade cell behind a lesson's cell and a student's cells."""
    test = graded("assert abs(f(np.pi)) < 4", "check")
    test.metadata.nbgrader.locked = True
    lesson = new_code_cell(given)
    released = new_notebook(cells=[lesson, test])
    notebook = new_notebook(cells=[lesson, *map(new_code_cell, sources), test])
    execution.flag(notebook, released, set())
    return feedback.notes(notebook.cells[-1])


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return x",
        "import numpy as np, pandas as pd, random",
        "def f(abs):\n    np = abs\n    return np",
        "%matplotlib inline\nf = len",
        "%%time\nf = 1",
        "class A:\n    def __init__(self): self.x = getattr(self, 'y', 1)",
    ],
)
def test_ordinary_cells_are_not_flagged(source: str) -> None:
    assert flagged(source) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("abs = len", "abs"),
        ("def g():\n    global abs\n    abs = len", "abs"),
        ("from math import fabs as abs", "abs"),
        ("np = 3", "np"),
        ("np.isclose = print", "np.isclose"),
        ("import sys", "sys"),
        ("np.sys.settrace(f)", "np.sys.settrace"),
        ("from typing import sys", "sys"),
        ("%%time\nimport os", "os"),
        ("!ls", "get_ipython"),
        ("getattr(np, 's' + 'ys')", "getattr"),
        ("g = (1 for _ in ())\ng.gi_frame.f_back", "g.gi_frame.f_back"),
        ("class A:\n    def __eq__(self, other): return True", "__eq__"),
    ],
)
def test_what_reaches_a_grade_cell_is_flagged(source: str, name: str) -> None:
    assert any(f"A cell uses {name}, " in note for note in flagged("x = 1", source))


def test_what_the_lesson_itself_uses_is_not_flagged() -> None:
    assert flagged("import os\nos.getcwd()", given="import numpy as np\nimport os") == []


def test_a_cell_with_a_suite_is_not_run(sandbox: Sandbox) -> None:
    (cell,) = run(sandbox, graded("print('run')", "test_relu"), skip=("test_relu",))
    assert cell.outputs == []


def test_after_a_cell_that_does_not_come_back_nothing_runs_and_nothing_is_earned(
    sandbox: Sandbox,
) -> None:
    cells = run(sandbox, new_code_cell("while True: pass"), graded("1"), new_code_cell("2"))
    assert "did not finish within 3 s" in cells[0].outputs[0].evalue
    assert "not run" in cells[0].outputs[0].evalue
    assert determine_grade(cells[1])[0] == 0
    assert cells[2].outputs == []


def test_all_cells_together_have_a_limit(sandbox: Sandbox) -> None:
    limits = replace(sandbox.limits, notebook_seconds=3)
    with Sandbox(limits=limits) as small:
        cells = run(small, *[new_code_cell("import time; time.sleep(2)") for _ in range(3)])
    assert cells[0].outputs == []
    assert "All cells together may take 3 s" in cells[1].outputs[0].evalue
    assert cells[2].outputs == []


@pytest.mark.parametrize(
    ("source", "limit"),
    [
        ("open('/tmp/a', 'wb').write(bytes(200_000_000))", "64 MB for a file"),
        (
            "import threading, time\nfor _ in range(200):\n"
            "    threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
            "64 processes and threads",
        ),
    ],
)
def test_a_refusal_of_the_system_names_the_limit(sandbox: Sandbox, source: str, limit: str) -> None:
    (cell,) = run(sandbox, new_code_cell(source))
    assert f"Grading allows {limit}" in cell.outputs[-1].evalue
