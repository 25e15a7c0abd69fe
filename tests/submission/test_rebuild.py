"""What is handed in is read with limits, and its text is put into the released notebook."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from rectify.submission import cells, markdown, rebuild, submitted
from rectify.submission.submitted import Unreadable


def nbgrader(grade_id: str, **flags: Any) -> dict[str, Any]:
    flags = {"grade": False, "solution": False, "locked": False, "task": False, **flags}
    return {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **flags}}


def released() -> NotebookNode:
    """A release with a lesson, an answer, a plain cell, a locked test and a written answer."""
    return new_notebook(
        cells=[
            new_markdown_cell("# Lesson", id="lesson"),
            new_code_cell(
                "class Double:\n    raise NotImplementedError()",
                id="answer",
                metadata={"tags": ["double"], **nbgrader("double", solution=True)},
            ),
            new_code_cell("Double()", id="try"),
            new_code_cell(
                "!pytest",
                id="test",
                metadata=nbgrader("test_double", grade=True, locked=True, points=10),
            ),
            new_markdown_cell(
                "YOUR ANSWER",
                id="essay",
                metadata=nbgrader("essay", grade=True, solution=True, points=2),
            ),
        ]
    )


def handed_in(**sources: str) -> NotebookNode:
    """The release with other text in the cells named by their ids."""
    notebook = released()
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    return notebook


def rebuilt(notebook: NotebookNode) -> NotebookNode:
    result = rebuild.rebuild(notebook, released(), released())
    nbformat.validate(result)
    return result


def sources(notebook: NotebookNode) -> dict[str, str]:
    return {cell.id: cell.source for cell in notebook.cells}


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({}, "python"),
        ({"kernelspec": {"name": "python3", "language": "Python"}}, "python"),
        ({"kernelspec": {"name": "ir", "language": "R"}}, "r"),
        ({"kernelspec": {"name": "ir"}, "language_info": {"name": "R"}}, "r"),
        ({"kernelspec": "python3"}, "python"),
    ],
)
def test_a_lesson_says_its_language(metadata: dict[str, Any], language: str) -> None:
    assert cells.language(nbformat.from_dict({"metadata": metadata})) == language


def test_the_students_text_stands_in_the_released_structure() -> None:
    answer = "class Double:\n    pass"
    result = rebuilt(handed_in(answer=answer, essay="Because.", **{"try": "Double(3)"}))
    assert sources(result) == {
        "lesson": "# Lesson",
        "answer": answer,
        "try": "Double(3)",
        "test": "!pytest",
        "essay": "Because.",
    }
    assert [c.metadata for c in result.cells] == [c.metadata for c in released().cells]
    assert rebuild.answers(result) == {"double": rebuild.Answer(answer)}


def test_locked_cells_and_everything_but_text_come_from_the_release() -> None:
    notebook = handed_in(test="assert True")
    for cell in notebook.cells:
        cell.metadata.get("nbgrader", {}).update(points=1000, locked=False, grade=True)
        cell.attachments = {"a.png": {"image/png": "AAAA"}}
    notebook.cells[3].outputs = [
        nbformat.v4.new_output("execute_result", {"text/plain": "10"}, execution_count=1)
    ]
    notebook.metadata = {"kernelspec": {"name": "evil"}, submitted.KEY: {"problems": {}}}
    result = rebuilt(notebook)
    assert sources(result) == sources(released())
    assert [c.metadata for c in result.cells] == [c.metadata for c in released().cells]
    assert all(not cell.get("outputs") for cell in result.cells)
    assert "kernelspec" not in result.metadata
    assert all("attachments" not in cell for cell in result.cells)


def test_the_students_own_cells_stay_where_they_were() -> None:
    notebook = handed_in()
    notebook.cells.insert(0, new_markdown_cell("first"))
    notebook.cells.insert(3, new_code_cell("mine = 1", metadata=nbgrader("mine", grade=True)))
    notebook.cells.append(new_code_cell("last"))
    result = rebuilt(notebook)
    texts = [cell.source for cell in result.cells]
    assert texts[0] == "first"
    assert texts[3] == "mine = 1"
    assert texts[-1] == "last"
    assert result.cells[3].metadata == {}, "a cell cannot make itself a graded one"


def test_deleted_cells_come_back_unless_they_are_plain() -> None:
    notebook = handed_in()
    notebook.cells = [new_code_cell("only mine")]
    result = rebuilt(notebook)
    assert [cell.source for cell in result.cells] == [
        "only mine",
        released().cells[1].source,
        "!pytest",
        "YOUR ANSWER",
    ]
    assert "no code cell with the tag double" in rebuild.answers(result)["double"].problem


def test_an_answer_that_has_lost_its_tag_is_found_by_nbgraders_id() -> None:
    notebook = handed_in(answer="class Double: pass")
    notebook.cells[1].metadata.tags = []
    answer = rebuild.answers(rebuilt(notebook))["double"]
    assert (answer.source, answer.problem) == ("class Double: pass", "")
    (note,) = answer.notes
    assert note.startswith("The cell has lost its tag double and was found by nbgrader's id.")
    notebook.cells.append(new_code_cell("class Double: tagged = 1", metadata={"tags": ["double"]}))
    result = rebuilt(notebook)
    assert rebuild.answers(result)["double"] == rebuild.Answer("class Double: tagged = 1")
    assert "class Double: pass" in [cell.source for cell in result.cells]


def test_without_tag_and_id_there_is_no_answer_and_the_text_is_kept_for_readers() -> None:
    notebook = handed_in(answer="class Double: pass")
    notebook.cells[1].metadata = {}
    result = rebuilt(notebook)
    answer = rebuild.answers(result)["double"]
    assert "no code cell with the tag double" in answer.problem
    assert rebuild.NO_CHECK in answer.notes, "a zero without a check is for a human"
    assert "class Double: pass" in [cell.source for cell in result.cells]


def test_what_cannot_be_read_is_a_zero_for_a_human() -> None:
    answer = rebuild.answers(rebuild.untouched(released(), "It is damaged."))["double"]
    assert (answer.problem, answer.notes) == ("It is damaged.", (rebuild.NO_CHECK,))


def test_of_several_tagged_cells_the_last_that_defines_the_class_counts() -> None:
    notebook = handed_in(answer="class Double: first = 1")
    for source in ("class Double: second = 2", "Double()"):
        notebook.cells.append(new_code_cell(source, metadata={"tags": ["double"]}))
    result = rebuilt(notebook)
    answer = rebuild.answers(result)["double"]
    assert answer.source == "class Double: second = 2"
    assert answer.notes == (
        "2 cells have the tag double and define the class. The last one counts.",
    )
    assert "class Double: first = 1" in [cell.source for cell in result.cells]
    assert [cells.tags(cell) for cell in result.cells].count(["double"]) == 1


def test_a_renamed_class_still_counts_as_the_answer() -> None:
    result = rebuilt(handed_in(answer="class Twice: pass"))
    assert rebuild.answers(result) == {"double": rebuild.Answer("class Twice: pass")}


@pytest.mark.parametrize(
    "metadata",
    [{}, {"tags": "double"}, {"tags": {"double": 1}}, {"tags": [["double"]]}, {"nbgrader": []}],
    ids=str,
)
def test_metadata_of_any_type_is_taken_for_what_it_is(metadata: dict[str, Any]) -> None:
    notebook = handed_in()
    notebook.cells[1].metadata = nbformat.from_dict(metadata)
    assert "no code cell" in rebuild.answers(rebuilt(notebook))["double"].problem


def test_markdown_cannot_be_the_answer() -> None:
    notebook = handed_in()
    tagged = notebook.cells[1]
    notebook.cells[1] = new_markdown_cell(tagged.source, metadata=tagged.metadata)
    assert "no code cell" in rebuild.answers(rebuilt(notebook))["double"].problem


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    result = rebuilt(handed_in(answer="x = '\ud800'"))
    assert rebuild.answers(result)["double"].source == "x = '?'"


def test_an_older_notebook_is_read(tmp_path: Path) -> None:
    path = tmp_path / "old.ipynb"
    old = {
        "nbformat": 3,
        "nbformat_minor": 0,
        "metadata": {"name": ""},
        "worksheets": [
            {
                "metadata": {},
                "cells": [
                    {
                        "cell_type": "code",
                        "language": "python",
                        "input": "x = 1",
                        "outputs": [],
                        "collapsed": False,
                        "metadata": {},
                        "prompt_number": 1,
                    }
                ],
            }
        ],
    }
    path.write_text(json.dumps(old))
    assert submitted.read(path, 1).cells[0].source == "x = 1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is damaged: it is not JSON text"),
        (b"\x89PNG\0\xff", "is damaged"),
        (b"[" * 100_000, "is damaged"),
        (b'{"cells": NaN}', "is damaged"),
        (b"[]", "is no Jupyter notebook"),
        (b"{}", "is no Jupyter notebook"),
        (b'{"nbformat": 99, "nbformat_minor": 0, "metadata": {}, "cells": []}', "is no Jupyter"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": {}}', "is no Jupyter"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}', "is no Jupyter"),
        (b" " * 2_000_000, "holds more than the 1 MB"),
        (b" " * 6_000_000, "is larger than the 5 MB"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_notebook_is_refused_by_name(
    tmp_path: Path, content: bytes, message: str
) -> None:
    path = tmp_path / "relu.ipynb"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=message) as caught:
        submitted.read(path, 1)
    fact, _, mend = str(caught.value).partition(". ")
    assert fact.startswith("relu.ipynb ")
    assert mend.endswith(".")


def test_what_is_no_ordinary_file_is_refused_without_opening_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "other.ipynb").write_text("{}")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "other.ipynb")
    for name in ("fifo", "folder", "link"):
        with pytest.raises(Unreadable, match="is no ordinary file"):
            submitted.read(tmp_path / f"{name}.ipynb", 1)


def test_a_renamed_notebook_is_named(tmp_path: Path) -> None:
    (tmp_path / "my relu.ipynb").touch()
    with pytest.raises(Unreadable, match=r"was not handed in \(found: my relu.ipynb\)\. Hand"):
        submitted.read(tmp_path / "relu.ipynb", 1)


@pytest.mark.parametrize(
    "name",
    [
        *("Relu.ipynb", "relu (1).ipynb", "relu-Copy1.ipynb", "relu.ipynb.txt", "relu.IPYNB"),
        *("my/relu.ipynb", "relu/relu/relu.ipynb", "__MACOSX/../relu/relu(2).ipynb"),
    ],
)
def test_a_notebook_that_is_nearly_right_comes_with_the_command_that_puts_it_right(
    tmp_path: Path, name: str
) -> None:
    meant, right = tmp_path / "a b" / name, tmp_path / "a b" / "relu.ipynb"
    meant.parent.mkdir(parents=True)
    for folder in ("__MACOSX", "relu", ".ipynb_checkpoints"):
        (tmp_path / "a b" / folder).mkdir(exist_ok=True)
    (tmp_path / "a b" / ".ipynb_checkpoints" / "relu-checkpoint.ipynb").write_text("{}")
    meant.write_text("{}")
    with pytest.raises(Unreadable, match=re.escape(meant.name)) as problem:
        submitted.read(right, 1)
    # The student is told the name, the instructor the command.
    assert "mv" not in str(problem.value)
    command = re.findall("`(.*)`", problem.value.advice)
    subprocess.run(shlex.split(command[0]), check=True)
    assert right.read_text() == "{}"


def test_there_is_no_command_where_it_could_be_the_wrong_notebook(tmp_path: Path) -> None:
    for names in (["mine.ipynb"], ["relu (1).ipynb", "relu (2).ipynb"]):
        for name in names:
            (tmp_path / name).touch()
        with pytest.raises(Unreadable, match=re.escape(names[0])) as problem:
            submitted.read(tmp_path / "relu.ipynb", 1)
        assert problem.value.advice == ""


@pytest.mark.parametrize(
    ("texts", "message"),
    [(["x" * 50_001], r"number 1\) with more than 50,000"), (["x" * 40_000] * 13, "than 500,000")],
)
def test_code_is_limited(tmp_path: Path, texts: list[str], message: str) -> None:
    path = tmp_path / "relu.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell(text) for text in texts]), path)
    with pytest.raises(Unreadable, match=message):
        submitted.read(path, 10)


def test_text_that_nobody_grades_is_cut_and_not_refused(tmp_path: Path) -> None:
    path = tmp_path / "relu.ipynb"
    cells = [new_markdown_cell("x" * 60_000), new_raw_cell("y" * 60_000)]
    cells += [new_markdown_cell("z" * 40_000) for _ in range(13)]
    nbformat.write(new_notebook(cells=[*cells, new_code_cell("1")]), path)
    read = submitted.read(path, 10).cells
    assert read[0].source == "x" * 50_000 + "\n\n(Cut at 50,000 characters.)"
    assert read[1].source == "y" * 50_000 + "\n\n(Cut at 50,000 characters.)"
    assert sum(cell.source.count("z") for cell in read) == submitted.MAX_CHARS - 100_000
    assert read[-1].source == "1"


@pytest.mark.parametrize("large", ["outputs", "attachments", "metadata"])
def test_a_file_may_be_large_by_what_nobody_grades(tmp_path: Path, large: str) -> None:
    path = tmp_path / "double.ipynb"
    notebook = handed_in(answer="class Double: outputs = '[\\\"{'")
    more: dict[str, Any] = {"image/png": "A" * 1_100_000, "text/plain": '"}] \\" \\'}
    if large == "outputs":
        notebook.cells[1].outputs = [{"data": more, "outputs": [[]]}]
    elif large == "attachments":
        notebook.cells[0].attachments = {"a.png": more}
    else:
        notebook.metadata["widgets"] = more
    path.write_text(json.dumps(notebook))
    answer = rebuild.answers(rebuilt(submitted.read(path, 1)))["double"]
    assert answer == rebuild.Answer(notebook.cells[1].source)
    path.write_text(json.dumps(notebook) + " " * 6_000_000)
    with pytest.raises(Unreadable, match="larger than the 5 MB that grading"):
        submitted.read(path, 1)


def test_a_picture_that_a_large_file_has_lost_is_named_where_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "double.ipynb"
    own = nbformat.v4.new_markdown_cell("![plot](attachment:plot.png)")
    own.attachments = {"plot.png": {"image/png": "A" * 1_100_000}}
    notebook = handed_in()
    notebook.cells.append(own)
    path.write_text(json.dumps(notebook))
    shown = rebuilt(submitted.read(path, 1)).cells[-1].source
    assert "Left out: plot.png (it is not in the file, or the file is too large" in shown


def test_a_file_that_is_large_by_what_is_graded_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "double.ipynb"
    for content in (nbformat.writes(handed_in(answer="x" * 1_100_000)), '"' * 4_000_000):
        path.write_text(content)
        with pytest.raises(Unreadable, match="more than the 1 MB that grading reads, beside outpu"):
            submitted.read(path, 1)


def test_no_page_has_to_render_more_markdown_of_a_cell_than_it_can() -> None:
    """Rendering takes time that grows with the square of a cell's markdown."""
    long = "[" * submitted.MAX_CELL_CHARS
    notebook = handed_in(lesson=long, essay=long)
    notebook.cells += [new_markdown_cell(long), new_code_cell(long), new_raw_cell(long)]
    result = rebuilt(notebook)
    shown = {
        cell.id: cell.source
        for cell in result.cells
        # Text that is indented takes time that grows with its length only.
        if cell.cell_type == "markdown" and not cell.source.startswith("    ")
    }
    assert set(shown) == {"lesson", "essay", "own-5-0"}
    assert {len(text.partition("\n")[0]) for text in shown.values()} == {markdown.MAX_CHARS}
    assert all(len(text) < markdown.MAX_CHARS + 50 for text in shown.values())


def test_a_notebook_of_thousands_of_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "relu.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1") for _ in range(1001)]), path)
    with pytest.raises(Unreadable, match="more than 1000 cells"):
        submitted.read(path, 10)


def graded(path: Path) -> Path:
    """What grading would leave of a submission."""
    try:
        notebook = rebuild.rebuild(submitted.read(path, 1), released(), released())
    except Unreadable as problem:
        notebook = rebuild.untouched(released(), str(problem))
    notebook.metadata[submitted.KEY][submitted.GRADED] = True
    result = path.parent / "graded.ipynb"
    nbformat.write(notebook, result)
    return result


@pytest.mark.parametrize("content", [b"", b"damaged", nbformat.writes(handed_in()).encode()])
def test_a_submission_differs_from_what_was_graded_when_its_file_does(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "double.ipynb"
    path.write_bytes(content)
    before = graded(path)
    assert not submitted.differs(path, before, 1)
    path.write_text(nbformat.writes(handed_in(answer="class Double: pass")))
    assert submitted.differs(path, before, 1)
    after = graded(path)
    assert not submitted.differs(path, after, 1)
    path.write_bytes(b"damaged in another way" * 100_000)
    assert submitted.differs(path, before, 1)
    assert submitted.differs(path, after, 1)
    path.unlink()
    assert submitted.differs(path, after, 1)
    assert submitted.differs(path, tmp_path / "never-graded.ipynb", 1)


def test_a_notebook_that_was_only_rebuilt_is_no_grade(tmp_path: Path) -> None:
    path = tmp_path / "double.ipynb"
    nbformat.write(handed_in(), path)
    rebuilt = rebuild.rebuild(submitted.read(path, 1), released(), released())
    nbformat.write(rebuilt, tmp_path / "graded.ipynb")
    assert submitted.differs(path, tmp_path / "graded.ipynb", 1)


def test_a_student_cannot_claim_that_nothing_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "double.ipynb"
    notebook = handed_in()
    notebook.metadata[submitted.KEY] = {"digest": "0" * 64}
    nbformat.write(notebook, path)
    assert submitted.read(path, 1).metadata[submitted.KEY]["digest"] != "0" * 64


def test_an_unreadable_submission_stands_for_an_untouched_release() -> None:
    result = rebuild.untouched(released(), "It is damaged.")
    assert sources(result) == sources(released())
    assert rebuild.answers(result)["double"].problem == "It is damaged."
