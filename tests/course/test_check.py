"""`make check`: each thing that must be in order before a release is broken once, and named."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rectify import settings
from rectify.cli import main
from rectify.course import check, leaks, lesson
from rectify.course.check import Audit
from rectify.course.finding import Finding
from rectify.sandbox import bubblewrap
from rectify.sandbox.process import Sandbox

ROOT = Path(__file__).resolve().parents[2]
SOURCE = "source/relu/relu.ipynb"
RELEASED = "release/relu/relu.ipynb"
HIDDEN = "test_exercise/hidden/test_relu.py"
VISIBLE = "test_exercise/test_relu.py"

Cell = dict[str, Any]


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of what make check reads, without the mutants."""
    for name in ("source", "test_exercise", "assets", "release"):
        ignore = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, tmp_path / name, symlinks=True, ignore=ignore)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def roomy() -> Iterator[Sandbox]:
    """A sandbox with the limits of grading: lessons may take their time."""
    with Sandbox() as sandbox:
        yield sandbox


def edit(path: Path, change: Callable[[dict[str, Any], dict[str, Cell]], None]) -> None:
    """Change a stored notebook: the whole of it, and its cells by their ids."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    change(notebook, {cell["id"]: cell for cell in notebook["cells"]})
    path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def only(found: Iterable[Finding]) -> Finding:
    """The one finding there is."""
    findings = list(found)
    assert len(findings) == 1, "\n".join(map(str, findings))
    assert findings[0].mend.endswith((".", ")"))
    return findings[0]


def about_lessons(course: Path) -> list[Finding]:
    """What the checks find that run nothing."""
    of_course = settings.load(course)
    lessons, unread = lesson.find(of_course)
    return [
        *unread,
        *(finding for of in lessons for finding in lesson.stored_clean(of)),
        *lesson.names(of_course, lessons),
        *lesson.figures(of_course, lessons),
        *lesson.links(lessons),
        *lesson.to_dos(of_course, lessons),
    ]


def leaked(course: Path) -> list[Finding]:
    of = settings.load(course)
    return list(leaks.findings(of, lesson.find(of)[0]))


def test_this_course_can_be_released(roomy: Sandbox) -> None:
    course = settings.load(ROOT)
    found = {
        title: list(map(str, findings)) for title, findings in check.run(course, roomy, quick=True)
    }
    assert len(found) == 9
    assert {title: findings for title, findings in found.items() if findings} == {}
    said = check.summary(course, quick=False)
    notebooks = len(list((ROOT / "source").glob("*/*.ipynb")))
    assert said.startswith(f"Nothing to mend. Checked: {notebooks} solved notebooks, ")
    assert f"{notebooks} hidden suites worth {10 * notebooks} points" in said


# --- Notebooks, names, figures, links ---


def set_metadata(notebook: dict[str, Any], _: dict[str, Cell]) -> None:
    notebook["metadata"]["widgets"] = {"state": {}}


def set_version(notebook: dict[str, Any], _: dict[str, Cell]) -> None:
    notebook["metadata"]["language_info"]["version"] = "3.11.7"


def old_format(notebook: dict[str, Any], _: dict[str, Cell]) -> None:
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        del cell["id"]


STORED = {
    "output": (
        lambda n, c: c["setup"].update(
            outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}]
        ),
        "setup",
        "stored with outputs",
    ),
    "count": (lambda n, c: c["setup"].update(execution_count=3), "setup", "execution count"),
    "attachment": (
        lambda n, c: c["title"].update(attachments={"a.png": {"image/png": "aaaa"}}),
        "title",
        "attachments: a.png",
    ),
    "collapsed": (
        lambda n, c: c["setup"]["metadata"].update(collapsed=True),
        "setup",
        "metadata holds collapsed",
    ),
    "widgets": (set_metadata, "", "metadata holds widgets"),
    "version": (set_version, "", "metadata holds language_info.version"),
    "two ids": (lambda n, c: c["setup"].update(id="title"), "title", "2 cells have one id"),
}


@pytest.mark.parametrize(("change", "cell", "fact"), STORED.values(), ids=STORED)
def test_a_notebook_is_stored_clean(
    course: Path, change: Callable[[Any, Any], None], cell: str, fact: str
) -> None:
    edit(course / SOURCE, change)
    finding = only(about_lessons(course))
    assert (finding.file, finding.cell) == (SOURCE, cell)
    assert fact in finding.fact


def test_cells_without_ids_and_files_that_are_no_notebook_are_named(course: Path) -> None:
    edit(course / SOURCE, old_format)
    facts = [finding.fact for finding in about_lessons(course) if finding.file == SOURCE]
    assert facts[0].startswith("Its format is older than 4.5")
    assert "cells have no id." in facts[1]
    (course / SOURCE).write_text("{", encoding="utf-8")
    assert "It is no notebook" in about_lessons(course)[0].fact


NAMES = {
    "tag": (
        lambda n, c: c["exercise"]["metadata"].update(tags=["relus"]),
        SOURCE,
        "exercise",
        "The answer cell relu has the tags ['relus'].",
    ),
    "stray tag": (
        lambda n, c: c["setup"]["metadata"].update(tags=["relu"]),
        SOURCE,
        "setup",
        "is no answer cell",
    ),
    "points": (
        lambda n, c: c["evaluation"]["metadata"]["nbgrader"].update(points=9),
        SOURCE,
        "evaluation",
        f"It is worth 9 points, and the groups of {HIDDEN} 10.",
    ),
    "last class": (
        lambda n, c: c["exercise"].update(source="class MyReLU: pass\nclass Other: pass"),
        SOURCE,
        "evaluation",
        "The last class of the answer cell relu is Other.",
    ),
    "class": (
        lambda n, c: c["exercise"].update(source="class Other: pass"),
        SOURCE,
        "evaluation",
        "The answer cell relu defines no class MyReLU.",
    ),
    "evaluation": (
        lambda n, c: c["evaluation"].update(source="test_exercise/test_leaky_relu.py"),
        SOURCE,
        "evaluation",
        "does not run its visible suite",
    ),
}


@pytest.mark.parametrize(("change", "file", "cell", "fact"), NAMES.values(), ids=NAMES)
def test_names_tags_and_points_match(
    course: Path, change: Callable[[Any, Any], None], file: str, cell: str, fact: str
) -> None:
    edit(course / SOURCE, change)
    finding = only(about_lessons(course))
    assert (finding.file, finding.cell) == (file, cell)
    assert fact in finding.fact


def test_suites_and_notebooks_belong_together(course: Path) -> None:
    replace(course / VISIBLE, 'CLASS_NAME = "MyReLU"', 'CLASS_NAME = "ReLU"')
    assert "It checks ReLU in the cell tagged relu" in only(about_lessons(course)).fact
    shutil.copy(ROOT / VISIBLE, course / VISIBLE)

    replace(course / HIDDEN, 'tag="relu"', 'tag="relus"')
    assert "It grades the tag relus" in only(about_lessons(course)).fact
    replace(course / HIDDEN, "EXERCISE = ", "EXERCISES = ")
    assert "no EXERCISE" in only(about_lessons(course)).fact

    (course / HIDDEN).rename(course / "test_exercise" / "hidden" / "test_other.py")
    missing, orphan = about_lessons(course)
    assert (missing.cell, missing.fact) == ("evaluation", f"Its suite {HIDDEN} is missing.")
    assert orphan.file == "test_exercise/hidden/test_other.py"


def test_a_name_is_used_once(course: Path) -> None:
    shutil.copytree(course / "source" / "relu", course / "source" / "relu2", symlinks=True)
    facts = [finding.fact for finding in about_lessons(course)]
    assert facts == [
        f"The name relu is taken by {SOURCE}, cell exercise.",
        f"The name test_relu is taken by {SOURCE}, cell evaluation.",
    ]


def test_a_figure_is_there_described_and_used(course: Path) -> None:
    (course / "assets" / "ReLU.png").rename(course / "assets" / "Other.png")
    missing, unused = about_lessons(course)
    assert (missing.file, missing.cell) == (SOURCE, "two-forms")
    assert "assets/ReLU.png, which is not there" in missing.fact
    assert (unused.file, unused.fact) == ("assets/Other.png", "No notebook uses it.")
    (course / "assets" / "Other.png").rename(course / "assets" / "ReLU.png")
    edit(
        course / SOURCE,
        lambda n, c: c["two-forms"].update(source="![a graph](assets/ReLU.png)"),
    )
    assert "has no description" in only(about_lessons(course)).fact
    edit(
        course / SOURCE,
        lambda n, c: c["two-forms"].update(source='<img src="assets/ReLU.png">'),
    )
    assert "has no description" in only(about_lessons(course)).fact


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[page](http:/example.org)", "is no address of a page."),
        ("[page](https://example)", "is no address of a page."),
        ("[page](htps://example.org/a)", "is no address of a page."),
        ("[page](https://exa mple.org)", "is no address of a page."),
        ("[page](http://[example.org)", "is no address."),
        ("[page]()", "leads nowhere."),
        ("[](https://example.org)", "has no text."),
        ("[file](../leaky_relu/leaky_relu.ipynb)", "leads to no file of the release."),
        ("[page](https://example.org/a_(b)) and [part](#Exercise) and `[x](y)`", ""),
        ("[checks](test_exercise/test_relu.py), [`where`](https://example.org/a.html#b)", ""),
    ],
)
def test_links_are_well_formed(course: Path, text: str, why: str) -> None:
    edit(course / SOURCE, lambda n, c: c["hand-in"].update(source=text))
    found = about_lessons(course)
    assert [finding.fact.endswith(why) for finding in found] == ([True] if why else []), found
    assert {(finding.file, finding.cell) for finding in found} <= {(SOURCE, "hand-in")}


# --- Leaks ---


def put(cell: str, text: str) -> Callable[[Path], None]:
    """Add a text to a released cell."""

    def change(course: Path) -> None:
        path = course / RELEASED
        edit(path, lambda n, c: c[cell].update(source="".join(c[cell]["source"]) + "\n" + text))

    return change


def beside(cell: str, **more: Any) -> Callable[[Path], None]:
    """Add something beside the text of a released cell."""
    return lambda course: edit(course / RELEASED, lambda n, c: c[cell].update(more))


def in_file(name: str, data: bytes) -> Callable[[Path], None]:
    """Add bytes to the end of a released file."""

    def change(course: Path) -> None:
        path = course / "release" / "relu" / name
        path.write_bytes(path.read_bytes() + data)

    return change


SOLVED = "return tinput.clamp_(min=0)"
ENCODED = base64.b64encode(f"import torch\n{SOLVED}\n".encode()).decode()
OUTPUT = {"output_type": "stream", "name": "stdout", "text": f"    {SOLVED}\n"}

LEAKS = {
    "solution": (put("exercise", f"            {SOLVED}"), "exercise", SOURCE),
    "indented and spaced otherwise": (
        put("setup", "\treturn  tinput.clamp_( min = 0 )"),
        "setup",
        SOURCE,
    ),
    "over several lines": (
        put("setup", "def f(tinput):\n  return tinput.clamp_(\n    min=0\n  )"),
        "setup",
        SOURCE,
    ),
    "renamed": (put("setup", "y = values.clamp_(min=0)"), "setup", SOURCE),
    "renamed, inside another expression": (
        put("setup", "print(f(values[0].clamp_(min=0)), (u - self.shift).clamp(min=0))"),
        "setup",
        "source/thresholded_relu/thresholded_relu.ipynb",
    ),
    "renamed, in markdown": (put("title", "Write `y.clamp_(min=0)`."), "title", SOURCE),
    "beside a magic": (put("setup", "!ls\nvalues.clamp_(min=0)"), "setup", SOURCE),
    "short": (put("setup", "    self.n = n"), "setup", "source/leaky_relu/leaky_relu.ipynb"),
    "as a comment": (put("setup", f"# {SOLVED}"), "setup", SOURCE),
    "in an output": (beside("setup", outputs=[OUTPUT]), "setup", SOURCE),
    "in metadata": (beside("setup", metadata={"note": SOLVED}), "setup", SOURCE),
    "in an attachment": (
        beside("title", attachments={"a.txt": {"text/plain": ENCODED}}),
        "title",
        SOURCE,
    ),
    "in base64": (put("title", f"![x](data:text/plain;base64,{ENCODED})"), "title", SOURCE),
    "in a figure": (in_file("assets/ReLU.png", SOLVED.encode()), "", SOURCE),
    "hidden check": (
        put(
            "setup",
            "with pytest.raises(Raised):\n    module(numbers(rng, 3, 4), requires_grad=True)",
        ),
        "setup",
        HIDDEN,
    ),
    "hidden check, renamed": (
        in_file(
            "test_exercise/test_relu.py",
            b"\n\ndef test_more(g):\n    x = torch.randint(-(2**50), 2**50, (20,), generator=g)\n",
        ),
        "",
        HIDDEN,
    ),
    "import of a hidden suite": (
        put("setup", "from rectify.suites import (  # noqa: F401"),
        "setup",
        "test_exercise/hidden/test_leaky_relu.py",
    ),
    "docstring of a hidden group": (
        put(
            "title",
            "NaN passes through; infinity stays, minus infinity becomes 0 "
            "(times 0 it would be NaN).",
        ),
        "title",
        HIDDEN,
    ),
}


@pytest.mark.parametrize(("change", "cell", "origin"), LEAKS.values(), ids=LEAKS)
def test_what_is_private_is_found_in_a_release(
    course: Path, change: Callable[[Path], None], cell: str, origin: str
) -> None:
    change(course)
    found = [finding for finding in leaked(course) if "keeps private" in finding.fact]
    assert origin in {finding.fact.split()[3] for finding in found}, found
    assert {finding.cell for finding in found} == {cell}
    assert {finding.file.split("/")[1] for finding in found} == {"relu"}
    assert all(finding.mend for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        "for inplace in (False, True):\n    print(inplace)",
        "import numpy as np\nfrom torch.testing import assert_close",
        "x = torch.tensor([-2.0, -1.0, 0.0, 1.0, 2.0])\nassert x.dtype == torch.float32",
        "return x\nsuper().__init__()\nraise NotImplementedError()",
        "y = torch.clamp(x, 0, 1) + x.clamp(max=6)",
    ],
)
def test_what_lessons_say_by_themselves_is_no_leak(course: Path, text: str) -> None:
    put("setup", text)(course)
    put("title", f"```python\n{text}\n```")(course)
    assert leaked(course) == []


@pytest.mark.parametrize(
    ("change", "cell", "fact"),
    [
        (put("setup", "### END SOLUTION"), "setup", "It holds 'END SOLUTION'"),
        (put("setup", "### BEGIN HIDDEN TESTS"), "setup", "It holds 'BEGIN HIDDEN TESTS'"),
        (put("setup", "# fails: all"), "setup", "It holds '# fails: '"),
        (put("setup", "# For instructors: shorten"), "setup", "comment for instructors: # For"),
        (put("title", "<!-- shorten this -->"), "title", "comment for instructors: <!--"),
        (beside("setup", outputs=[{**OUTPUT, "text": "1"}]), "setup", "It has outputs"),
        (beside("setup", execution_count=1), "setup", "It has outputs or an execution count"),
        (beside("setup", metadata={"scrolled": True}), "setup", "Its metadata holds scrolled"),
    ],
)
def test_marks_comments_outputs_and_metadata_are_found_in_a_release(
    course: Path, change: Callable[[Path], None], cell: str, fact: str
) -> None:
    change(course)
    finding = only(leaked(course))
    assert (finding.file, finding.cell) == (RELEASED, cell)
    assert fact in finding.fact


def test_metadata_of_a_released_notebook_is_looked_at(course: Path) -> None:
    edit(course / RELEASED, set_metadata)
    assert "Its metadata holds widgets" in only(leaked(course)).fact


# --- Solutions, stubs, releases ---


def looked_at(course: Path, sandbox: Sandbox) -> Audit:
    """A course of one exercise, for the checks that run something."""
    for folder in ("source", "release"):
        for name in ("leaky_relu", "thresholded_relu"):
            shutil.rmtree(course / folder / name)
    generated = course.parent / f"{course.name}-generated"
    generated.mkdir()
    of = settings.load(course)
    lessons, unread = lesson.find(of)
    return Audit(of, lessons, unread, generated, sandbox)


def test_a_solved_notebook_runs_clean(course: Path, roomy: Sandbox) -> None:
    def change(notebook: Any, cells: dict[str, Cell]) -> None:
        cells["setup"]["source"] += "\nimport sys; print('careful', file=sys.stderr)"
        cells["check-arange"]["source"] = "1 / 0"

    edit(course / SOURCE, change)
    warns, raises = check.solutions(looked_at(course, roomy))
    assert (warns.cell, warns.fact) == ("setup", "It warns: careful")
    assert (raises.cell, raises.fact) == (
        "check-arange",
        "It raises ZeroDivisionError: division by zero",
    )


def test_a_solution_earns_full_points_and_passes_the_visible_checks(
    course: Path, roomy: Sandbox
) -> None:
    replace(course / SOURCE, "return tinput.clamp(min=0)", "return tinput.clamp(min=0) + 0.5")
    hidden, visible = check.solutions(looked_at(course, roomy))
    assert hidden.cell == visible.cell == "exercise"
    assert "The solution earns 3.5 of 10 points: test_values" in hidden.fact
    assert visible.fact == f"The solution fails test_values of {VISIBLE}."


def test_a_visible_suite_that_does_not_run_is_named(course: Path, roomy: Sandbox) -> None:
    replace(course / VISIBLE, "import pytest\n", "import pytest\nimport nowhere\n")
    finding = only(check.solutions(looked_at(course, roomy)))
    assert finding.fact.startswith("The visible checks did not run.")


def test_a_stub_that_earns_points_is_named(course: Path, roomy: Sandbox) -> None:
    solved = json.loads((course / SOURCE).read_text(encoding="utf-8"))
    (source,) = [cell["source"] for cell in solved["cells"] if cell["id"] == "exercise"]
    edit(course / RELEASED, lambda n, c: c["exercise"].update(source=source))
    finding = only(check.stubs(looked_at(course, roomy)))
    assert (finding.file, finding.cell) == (SOURCE, "exercise")
    assert "The released stub earns 10 of 10 points" in finding.fact


def test_a_release_is_what_the_source_generates(course: Path, roomy: Sandbox) -> None:
    of = looked_at(course, roomy)
    (course / "release" / "relu" / "solution.py").write_text("x = 1")
    (course / "release" / "relu" / "assets" / "ReLU.png").unlink()
    edit(course / RELEASED, lambda n, c: c["title"].update(source="Another title"))
    found = {finding.file: finding for finding in check.releases(of)}
    assert {file: finding.fact for file, finding in found.items()} == {
        "release/relu/assets/ReLU.png": "It is missing.",
        RELEASED: "It is not what the source generates now.",
        "release/relu/solution.py": "No source generates it.",
    }
    assert found[RELEASED].mend == "Run `nbgrader generate_assignment relu --force`."


def test_a_source_that_cannot_be_released_is_named(course: Path, roomy: Sandbox) -> None:
    replace(course / SOURCE, "### END SOLUTION", "### THE END")
    finding = only(check.releases(looked_at(course, roomy)))
    assert finding.fact.startswith("No release can be generated: ")


# --- The command ---


def test_without_a_sandbox_the_command_says_why(
    course: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bubblewrap, "command", lambda size: ["/bin/false", "--"])
    assert main(["--course", str(course), "check", "--quick"]) == 2
    assert "The sandbox could not start" in capfd.readouterr().out


def test_the_command_groups_what_it_finds(course: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for folder in ("source", "release"):
        for name in ("leaky_relu", "thresholded_relu"):
            shutil.rmtree(course / folder / name)
    for suite in (course / "test_exercise").rglob("test_*relu.py"):
        if suite.name != "test_relu.py":
            suite.unlink()
    used = (course / SOURCE).read_text(encoding="utf-8")
    for figure in (course / "assets").iterdir():
        if figure.name not in used:
            figure.unlink()
    assert main(["--course", str(course), "check", "--quick"]) == 0
    said = capfd.readouterr().out
    assert "Checking relu\n" in said
    assert "Nothing to mend. Checked: 1 solved notebooks, 8 released files, " in said

    edit(course / SOURCE, lambda n, c: c["hand-in"].update(source="[a](b.html) To do: mend."))
    wrong = course / "mutants" / "relu" / "wrong" / "missed.py"
    wrong.parent.mkdir(parents=True)
    right = ROOT / "mutants" / "relu" / "right" / "expected.py"
    wrong.write_text(f"# fails: test_values\n# Nothing.\n\n{right.read_text()}", encoding="utf-8")
    assert main(["--course", str(course), "check"]) == 1
    lines = capfd.readouterr().out.splitlines()
    assert [line for line in lines if line and not line.startswith(" ")] == [
        "Checking relu; the mutants take minutes",
        "To do",
        "Links",
        "Releases",
        "Mutants",
        "To mend: 4.",
    ]
    place = f"  {SOURCE}, cell hand-in: "
    assert f"{place}Something is left to do. Mend." in lines
    assert f"{place}The link to b.html leads to no file of the release. Mend the link." in lines
