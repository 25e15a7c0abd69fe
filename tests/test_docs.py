"""What the documentation shows is what there is."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from rectify import settings
from rectify.course import samples
from rectify.sandbox.process import Sandbox
from rectify.settings import Rectify
from rectify.submission.rebuild import Answer
from rectify.suites import runner

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *(ROOT / folder / "README.md" for folder in (".", "samples", "mutants", "bench")),
    *sorted((ROOT / "docs").glob("*.md")),
]


def commands(path: Path) -> list[str]:
    """The lines of a page that are indented as commands are."""
    text = path.read_text(encoding="utf-8")
    return re.findall(r"^    ((?:make|nbgrader|pytest|pip|rectify) .*)$", text, re.MULTILINE)


def test_the_readme_shows_the_commands_and_ci_runs_the_tests() -> None:
    shown = ["make grade", "make test", "make test-long", "make check", "make new NAME=swish"]
    shown += [
        'pip install "rectify-course[torch]"',
        "rectify quickstart my-course",
        "rectify adopt",
    ]
    assert commands(ROOT / "README.md") == shown
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert ci.rstrip().endswith("\nmake test\nmake test-long")


def test_each_promise_of_the_sandbox_names_tests_that_exist() -> None:
    text = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    promises = text.partition("## What it promises")[2].partition("\n## ")[0]
    rows = [line for line in promises.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    for row in rows:
        *_, proof, tests = row.strip(" |").split(" | ")
        named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests)
        assert named, row
        for file, test in named:
            assert f"def {test}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), test
        source = "".join(
            (ROOT / "rectify" / file).read_text(encoding="utf-8")
            for file in ("sandbox/proof.py", "sandbox/witness.py", "worker/selftest.py")
        )
        for name in re.findall(r"`…?(\w+)`", proof):
            assert name in source, name


@pytest.mark.parametrize(
    "target", ["grade", "test", "test-long", "setup", "check", "new", "bench", "mutants", "figures"]
)
def test_make_knows_its_targets(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target, "NAME=swish", "QUICK=1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    expected = {
        "grade": "rectify grade",
        "test": '-m "not long" --cov',
        "test-long": "-m long",
        "check": "rectify check --quick",
        "new": "rectify new swish",
        "bench": "-m bench",
        "mutants": "rectify mutants",
        "figures": "assets/draw.py",
    }
    assert expected.get(target, "") in done.stdout


def test_make_new_asks_for_a_name() -> None:
    done = subprocess.run(
        ["make", "--dry-run", "new"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "make new NAME=swish" in done.stderr


def test_every_make_command_in_the_docs_has_a_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    shown = {c.split()[1] for page in PAGES for c in commands(page) if c.startswith("make")}
    assert {"grade", "test", "check", "new", "mutants"} <= shown <= targets


def test_every_command_of_ours_in_the_docs_is_one_that_there_is() -> None:
    pages = [*PAGES, ROOT / "CONTRIBUTING.md"]
    shown = {c.split()[1] for page in pages for c in commands(page) if c.startswith("rectify")}
    assert shown >= {"autograde", "quickstart", "adopt"}
    for command in shown:
        line = [sys.executable, "-m", "rectify", command, "--help"]
        done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, command


def test_the_help_page_names_every_command_and_is_there_at_once() -> None:
    line = [sys.executable, "-X", "importtime", "-m", "rectify", "--help"]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True)
    page = done.stdout
    named = set(re.findall(r"^  (\w+) .*   ?\w", page, re.MULTILINE))
    assert named >= {"quickstart", "adopt", "doctor", "new", "check", "mutants", "grade", "report"}
    assert "nbgrader.apps" not in done.stderr
    assert max(map(len, page.splitlines())) <= 100


def test_hidden_suites_run_as_the_docs_say(tmp_path: Path) -> None:
    """The two commands of docs/instructors.md, as they stand there but for the folder."""
    shown = [c for c in commands(ROOT / "docs" / "instructors.md") if c.startswith("pytest")]
    course = dataclasses.replace(settings.load(ROOT), submitted=f"{tmp_path}/submitted")
    ignored = [s for s in samples.find(ROOT / "samples") if s.name == "flag_ignored"]
    list(samples.hand_in(ignored, course))
    said = []
    for command in shown:
        arguments = command.replace("submitted/", f"{tmp_path}/submitted/").split()
        done = subprocess.run(
            [sys.executable, "-m", *arguments, "-p", "no:cacheprovider"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        said.append(done.stdout)
    with_notebook, in_place = said
    (points,) = {s.points for s in ignored if s.assignment == "relu"}
    assert f"{points:g} of 10 points" in with_notebook
    assert "FAILED test_exercise/hidden/test_relu.py::test_in_place" in with_notebook
    assert "4 passed" in in_place


def test_the_group_in_the_docs_has_five_lines_and_works(sandbox: Sandbox, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^    @group\(.*\n(?:    .*\n)+", page, re.MULTILINE)
    group = textwrap.dedent(block)
    assert len(group.splitlines()) == 5
    suite_file = tmp_path / "test_relu.py"
    hidden = ROOT / "test_exercise" / "hidden" / "test_relu.py"
    suite_file.write_text(f"{hidden.read_text(encoding='utf-8')}\n\n{group}", encoding="utf-8")
    source = (ROOT / "samples/relu/10/right_answer.py").read_text(encoding="utf-8")
    result = runner.grade(suite_file, {"relu": Answer(source)}, sandbox=sandbox, seed="1")
    assert (result.groups[-1].name, result.score) == ("test_rows", 10.5)


def test_nbgrader_commands_in_the_docs_are_those_that_are_tested() -> None:
    shown = {c.split()[1] for page in PAGES for c in commands(page) if c.startswith("nbgrader")}
    tested = (ROOT / "tests" / "system" / "test_nbgrader.py").read_text(encoding="utf-8")
    tested += (ROOT / "rectify" / "cli.py").read_text(encoding="utf-8")
    assert shown == {"generate_assignment", "autograde", "generate_feedback", "export"}
    assert [command for command in shown if f'"{command}"' not in tested] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def test_contributing_names_files_and_what_is_in_them() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith("| ")][1:]
    assert len(rows) >= 15
    for _, where, tests in rows:
        files = re.findall(r"`([\w./-]*/[\w./-]*)`", where)
        assert [name for name in files if not (ROOT / name).exists()] == [], where
        for name, file in re.findall(r"`(\w+)`(?:, `\w+`| or `\w+`)* (?:in|of) `([\w/.]+)`", where):
            assert re.search(rf"\b{name}\b", (ROOT / file).read_text(encoding="utf-8")), where
        named = re.findall(r"`(tests/[\w/.]+)`", tests)
        assert [name for name in named if not (ROOT / name).is_file()] == [], tests
        assert named or "make " in tests, tests


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    limits = set(Rectify.class_traits(config=True)) - {
        "isolation",
        "hidden_directory",
        "demonstrations",
        "secret_file",
        "submitted_files",
    }
    shown = dict(re.findall(r"`c\.Rectify\.(\w+)` \| ([\d.]+)", text))
    assert set(shown) == limits
    defaults = {name: Rectify.class_traits()[name].default_value for name in limits}
    assert {name: float(value) for name, value in shown.items()} == defaults


def test_pins_have_reasons_and_name_what_is_required() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    names = {re.match(r"[\w-]+", line).group() for line in pins}  # type: ignore[union-attr]
    assert {"jupyterlab", "nbgrader", "torch", "matplotlib", "pytest"} <= names
    assert "torch==2.13.0" in "\n".join(pins)
    assert all(re.match(r"[\w-]+==[\d.]+", line) for line in pins)
    assert all("# " in line for line in pins if "< " not in line)
