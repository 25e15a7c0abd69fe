"""What the documentation shows is what there is."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from grading.preprocessors import Rectify

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *(ROOT / folder / "README.md" for folder in (".", "samples", "mutants", "bench")),
    *sorted((ROOT / "docs").glob("*.md")),
]


def commands(path: Path) -> list[str]:
    """The lines of a page that are indented as commands are."""
    text = path.read_text(encoding="utf-8")
    return re.findall(r"^    ((?:make|nbgrader|pytest|pip) .*)$", text, re.MULTILINE)


def test_the_readme_shows_the_two_commands_and_ci_runs_the_second() -> None:
    assert commands(ROOT / "README.md") == ["make grade", "make test"]
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert ci.rstrip().endswith("\nmake test")


@pytest.mark.parametrize("target", ["grade", "test", "setup", "bench", "mutants", "figures"])
def test_make_knows_its_targets(target: str) -> None:
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=True
    )
    expected = {
        "grade": "-m grading grade",
        "test": "-m pytest",
        "bench": "-m bench",
        "mutants": "-m grading mutants",
        "figures": "assets/draw.py",
    }
    assert expected.get(target, "") in done.stdout


def test_nbgrader_commands_in_the_docs_are_those_that_are_tested() -> None:
    shown = {c.split()[1] for page in PAGES for c in commands(page) if c.startswith("nbgrader")}
    tested = (ROOT / "tests" / "test_nbgrader.py").read_text(encoding="utf-8")
    tested += (ROOT / "grading" / "__main__.py").read_text(encoding="utf-8")
    assert shown == {"generate_assignment", "autograde", "generate_feedback", "export"}
    assert [command for command in shown if f'"{command}"' not in tested] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
    limits = set(Rectify.class_traits(config=True)) - {
        "isolation",
        "hidden_directory",
        "secret_file",
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
