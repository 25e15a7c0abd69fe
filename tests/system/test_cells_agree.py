"""The visible checks, the hidden checks and Jupyter read a tagged cell alike.

Jupyter's own kernel is the reference. One that ends itself, as `exit()` has it do, is left out.
"""

from __future__ import annotations

import sys
from xml.etree import ElementTree

import nbformat
import pytest
from nbclient import NotebookClient

from rectify.sandbox.process import Sandbox
from rectify.suites.student import Allowance, Raised, Student
from tests.lessons import test_visible_suites as visible

ANSWER = visible.answer("relu")
_LINES = ANSWER.splitlines()

CELLS = {
    "plain": ANSWER,
    "tabs": ANSWER.replace("    ", "\t"),
    "blank-lines-first": f"\n\n  \n{ANSWER}",
    "windows-line-ends": ANSWER.replace("\n", "\r\n"),
    "a-type-hint-that-was-not-imported": ANSWER.replace("(self, tinput)", "(self, tinput: Tensor)"),
    "a-type-hint-for-later": "from __future__ import annotations\n"
    + ANSWER.replace("(self, tinput)", "(self, tinput: Tensor)"),
    "indented": "\n".join(f"    {line}" for line in _LINES),
    "indented-by-a-tab": "\n".join(f"\t{line}" for line in _LINES),
    "indented-badly": ANSWER.replace("import torch", "  import torch", 1),
    "prompts": "\n".join(f"{'...' if n else '>>>'} {line}" for n, line in enumerate(_LINES)),
    "prompts-of-ipython": "In [1]: scratch: int = 5\n   ...: " + "\n   ...: ".join(_LINES),
    "a-prompt-that-python-reads": f"In [1]: int\n{ANSWER}",
    "an-annotation-like-a-prompt": f"In = [1, 2]\nIn[1]: int = 5\n{ANSWER}",
    "line-magic": f"%matplotlib inline\n{ANSWER}",
    "line-magic-in-a-block": f"if True:\n    %time x = 1\n{ANSWER}",
    "cell-magic": f"%%time\n{ANSWER}",
    "cell-magic-behind-blank-lines": f"\n%%time\n{ANSWER}",
    "magic-that-is-not-there": f"%nosuchmagic\n{ANSWER}",
    "magic-that-writes-no-python": f"%%html\n{ANSWER}",
    "magic-that-stores": f"%%capture out\n{ANSWER}",
    "get_ipython": f"get_ipython().run_line_magic('time', 'x = 1')\n{ANSWER}",
    "get_ipython-imported": "from IPython import get_ipython as f\nf().user_ns['x'] = 1\nx\n"
    + ANSWER,
    "display": f"{ANSWER}\ndisplay(MyReLU()(torch.tensor([-1.0, 1.0])))",
    "display-imported": f"from IPython.display import display\n{ANSWER}\ndisplay(MyReLU())",
    "a-last-value": f"{ANSWER}\nMyReLU()",
    "help": f"?len\n{ANSWER}\nMyReLU??",
    "await": f"import asyncio\nawait asyncio.sleep(0)\n{ANSWER}",
    "async-for": f"async def f():\n    yield 1\nasync for x in f():\n    pass\n{ANSWER}",
    "return-at-the-top": f"{ANSWER}\nreturn",
    "shell": f"!echo hello\n{ANSWER}",
    "shell-into-a-name": f"found = !echo hello\n{ANSWER}",
    "shell-that-fails": f"!no-such-command\n{ANSWER}",
    "magic-in-a-text": f'{ANSWER}\ntext = """\n%nosuchmagic\n!ls\n>>> x\n"""',
    "modulo-at-the-start-of-a-line": f"x = (7\n%nosuchmagic) if False else 1\n{ANSWER}",
    "syntax-error": f"def f(:\n{ANSWER}",
    "error-behind-the-class": f"{ANSWER}\nnowhere",
    "stops-itself": f"{ANSWER}\nraise SystemExit",
}


@pytest.fixture(scope="module")
def jupyter() -> dict[str, bool]:
    """Whether a kernel of Jupyter runs a cell without an error, and has the class then."""
    notebook = nbformat.v4.new_notebook()
    for cell in CELLS.values():
        has_class = "isinstance(globals().get('MyReLU'), type)"
        for source in ("%reset -f", cell, has_class):
            notebook.cells.append(nbformat.v4.new_code_cell(source))
    NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=600).execute()
    ran = iter(notebook.cells)
    verdicts = {}
    for name, _, cell, check in zip(CELLS, ran, ran, ran, strict=True):
        failed = any(output.output_type == "error" for output in cell.outputs)
        verdicts[name] = not failed and check.outputs[0].data["text/plain"] == "True"
    return verdicts


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bool]:
    """Whether the visible checks pass."""
    top = tmp_path_factory.mktemp("cells")
    for name, cell in CELLS.items():
        visible.make_folder(top / name, "relu", cell)
    files = [f"{name}/test_exercise/test_relu.py" for name in CELLS]
    visible.run(top, "--rootdir=.", "--import-mode=importlib", "--junitxml=report.xml", *files)
    verdicts = dict.fromkeys(CELLS, True)
    for case in ElementTree.parse(top / "report.xml").getroot().iter("testcase"):
        verdicts[case.attrib["classname"].split(".")[0]] &= not list(case)
    return verdicts


@pytest.mark.long
def test_jupyter_takes_some_cells_and_refuses_others(jupyter: dict[str, bool]) -> None:
    assert jupyter["plain"]
    assert jupyter["line-magic"]
    assert jupyter["await"]
    assert not jupyter["syntax-error"]
    assert not jupyter["magic-that-is-not-there"]


@pytest.mark.long
@pytest.mark.parametrize("name", CELLS)
def test_the_visible_checks_agree_with_jupyter(
    name: str, seen: dict[str, bool], jupyter: dict[str, bool]
) -> None:
    assert seen[name] == jupyter[name]


@pytest.mark.long
@pytest.mark.parametrize("name", CELLS)
def test_the_hidden_checks_agree_with_jupyter(
    name: str, sandbox: Sandbox, jupyter: dict[str, bool]
) -> None:
    with sandbox.session("calls") as session:
        student = Student(session, call_seconds=5, allowance=Allowance(60))
        try:
            found = student.load(CELLS[name], "MyReLU", 10)
        except Raised:
            found = False
    assert found == jupyter[name]


@pytest.mark.parametrize(
    ("cell", "taken"),
    [
        ("class A:\n    def f(self, x: Missing): pass", sys.version_info >= (3, 14)),
        ("  class A:\n      pass", True),
        ("%matplotlib inline\nclass A: pass", True),
        ("!echo hello\nclass A: pass\ndisplay(A())", True),
        ("import asyncio\nawait asyncio.sleep(0)\nclass A: pass", True),
        ("class A: pass\nexit()", False),
    ],
)
def test_hidden_checks_take_what_jupyter_takes(sandbox: Sandbox, cell: str, taken: bool) -> None:
    with sandbox.session("calls") as session:
        student = Student(session, call_seconds=5, allowance=Allowance(60))
        if taken:
            assert student.load(cell, "A", 5)
        else:
            with pytest.raises(Raised):
                student.load(cell, "A", 5)
