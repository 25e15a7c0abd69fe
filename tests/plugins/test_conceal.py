"""What students see of a cell with hidden tests."""

from __future__ import annotations

import pytest
from IPython.core.ultratb import FormattedTB
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from rectify.plugins.conceal import FAILED, LEFT_OUT, ConcealHidden, split

SOURCE = """assert double(1) == 2, "one"
### BEGIN HIDDEN TESTS
result = double(21)
assert result == 42, f"42 expected, not {result}"
### END HIDDEN TESTS
assert double(3) == 6, "three\""""


def raised(source: str, double: object) -> NotebookNode:
    """The error that running a cell ends with, formatted as IPython does, colours included."""
    import linecache

    linecache.cache["<cell>"] = (len(source), None, source.splitlines(True), "<cell>")
    formatter = FormattedTB(mode="Context", theme_name="linux", tb_offset=1)
    try:
        exec(compile(source, "<cell>", "exec"), {"double": double})  # noqa: S102
    except Exception as error:
        lines = formatter.structured_traceback(type(error), error, error.__traceback__)
        return new_output("error", ename=type(error).__name__, evalue=str(error), traceback=lines)
    raise AssertionError("nothing was raised")


def seen(source: str, *outputs: NotebookNode) -> NotebookNode:
    """The cell as a feedback page shows it."""
    cell = new_code_cell(source, outputs=list(outputs))
    notebook, _ = ConcealHidden().preprocess(new_notebook(cells=[cell]), {})
    return notebook.cells[0]


def test_hidden_lines_are_cut() -> None:
    assert seen(SOURCE).source.splitlines() == [SOURCE.splitlines()[0], SOURCE.splitlines()[-1]]


def test_a_region_without_an_end_goes_to_the_end() -> None:
    assert split("a\n### BEGIN HIDDEN TESTS\nb", "BEGIN HIDDEN", "END HIDDEN") == ("a", ["b"])


def test_mark_schemes_are_cut_from_texts() -> None:
    text = "Why?\n### BEGIN MARK SCHEME\nTwo reasons.\n### END MARK SCHEME"
    cell = new_markdown_cell(text)
    notebook, _ = ConcealHidden().preprocess(new_notebook(cells=[cell]), {})
    assert notebook.cells[0].source == "Why?"


@pytest.mark.parametrize(
    "double",
    [lambda x: {1: 2}.get(x, 0), lambda x: 2 if x == 1 else None, lambda x: {1: 2}[x]],
    ids=["wrong", "nothing", "raises"],
)
def test_an_error_in_a_hidden_line_shows_neither_lines_nor_message(double: object) -> None:
    output = raised(SOURCE, double)
    assert "21" in str(output)
    shown = seen(SOURCE, output).outputs[0]
    assert not any(secret in str(shown) for secret in ("21", "42", "result"))
    assert shown.traceback == [f"{output.ename}: {FAILED}"]


@pytest.mark.parametrize(("wrong", "message"), [(1, "one"), (3, "three")])
def test_an_error_in_a_visible_line_keeps_its_message(wrong: int, message: str) -> None:
    output = raised(SOURCE, lambda x: 0 if x == wrong else 2 * x)
    shown = seen(SOURCE, output).outputs[0]
    assert shown.evalue == message
    assert f"assert double({wrong})" in str(shown).replace("\\x1b[", "").replace("39m", "") or (
        message in "".join(shown.traceback)
    )
    assert "21" not in str(shown)
    assert "42" not in str(shown)


def test_what_a_hidden_test_makes_an_answer_print_is_left_out() -> None:
    printed = new_output("stream", name="stdout", text="given 21")
    drawn = new_output("display_data", data={"text/plain": "<Figure 21>"})
    value = new_output("execute_result", data={"text/plain": "'21'"})
    points = new_output("execute_result", data={"text/plain": "0.5"})
    shown = seen(SOURCE, printed, drawn, value, points).outputs
    assert [output.get("text") or output.data["text/plain"] for output in shown] == [
        LEFT_OUT,
        "0.5",
    ]


def test_a_cell_without_hidden_lines_stays_as_it_is() -> None:
    printed = new_output("stream", name="stdout", text="given 21")
    assert seen("assert True", printed).outputs == [printed]
