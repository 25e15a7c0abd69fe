"""Mechanical mutants: each right answer with each small change is caught, or named equivalent."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from rectify import settings
from rectify.cli import main
from rectify.course import mechanical, mutants
from rectify.course.mechanical import Changed, Tried
from rectify.course.mutants import Mutant
from rectify.faults import GraderError
from rectify.sandbox.process import Sandbox
from rectify.submission.rebuild import Answer
from rectify.suites import runner

ROOT = Path(__file__).resolve().parents[2]
COURSE = settings.load(ROOT)
NAMED = mechanical.equivalents(COURSE)
RIGHT = [answer for answer in mutants.find(ROOT / "mutants") if answer.right]


def answer(source: str = "a = 1\nb = 2") -> Mutant:
    return Mutant(Path("mutants", "double", "right", "plain.py"), source)


def tried(source: str, *, caught: bool) -> Tried:
    return Tried(Changed(answer(), source, "NumberReplacer"), caught)


# --- The whole course ---


@pytest.fixture(scope="module")
def all_of_them(sandbox: Sandbox) -> list[Tried]:
    return list(mechanical.measure(COURSE, sandbox=sandbox))


@pytest.mark.long
def test_each_is_caught_or_named_equivalent_and_no_name_is_stale(all_of_them: list[Tried]) -> None:
    assert "\n".join(map(str, mechanical.judge(all_of_them, NAMED))) == ""


@pytest.mark.long
def test_the_page_says_how_many_are_caught(all_of_them: list[Tried]) -> None:
    page = (ROOT / mutants.PAGE).read_text(encoding="utf-8")
    assert page.endswith(mechanical.section(all_of_them, NAMED)), "make mutants writes it again"


@pytest.fixture(scope="module")
def made() -> dict[Mutant, list[Changed]]:
    """All changes of all right answers."""
    return {right: list(mechanical.changes(right)) for right in RIGHT}


def test_every_name_is_a_change_that_is_made_and_its_reason_a_sentence(
    made: dict[Mutant, list[Changed]],
) -> None:
    keys = {one.key for changed in made.values() for one in changed}
    assert NAMED.keys() - keys == set()
    assert all(reason.endswith(".") for reason in NAMED.values())


def test_each_change_is_a_program_of_its_own_and_has_a_name_of_its_own(
    made: dict[Mutant, list[Changed]],
) -> None:
    for right, changed in made.items():
        assert changed, right.label
        assert len({one.key for one in changed}) == len(changed)
        trees = [ast.dump(ast.parse(one.source)) for one in changed]
        assert ast.dump(ast.parse(right.source)) not in trees


# --- One answer ---


def test_what_is_changed_where() -> None:
    changed = list(mechanical.changes(answer("def f(x):\n    return x > 0")))
    assert ("double/plain", "2: return x >= 0") in [one.key for one in changed]
    assert ("double/plain", "2: return x > 1") in [one.key for one in changed]
    assert {one.operator for one in changed} >= {
        "NumberReplacer",
        "ReplaceComparisonOperator_Gt_GtE",
    }


def test_a_suite_stops_at_the_first_group_that_fails(sandbox: Sandbox) -> None:
    stub = (ROOT / "mutants/relu/wrong/stub.py").read_text(encoding="utf-8")
    zeros = (ROOT / "mutants/relu/wrong/zeros.py").read_text(encoding="utf-8")
    last = (ROOT / "mutants/relu/wrong/to_cpu.py").read_text(encoding="utf-8")
    right = (ROOT / "mutants/relu/right/expected.py").read_text(encoding="utf-8")
    path = COURSE.suite("test_relu")
    for source, fails in ((stub, True), (zeros, True), (last, True), (right, False)):
        answers = {"relu": Answer(source)}
        assert runner.fails(path, answers, sandbox=sandbox, seed="test") is fails


# --- The findings ---


def test_what_is_neither_caught_nor_named_is_found() -> None:
    survivor, caught = tried("a = 1\nb = 3", caught=False), tried("a = 1\nb = 1", caught=True)
    (found,) = mechanical.judge([survivor, caught], {})
    assert found.file == "mutants/double/right/plain.py"
    assert "'2: b = 3' (NumberReplacer) it still earns all points" in found.fact
    assert list(mechanical.judge([survivor, caught], {("double/plain", "2: b = 3"): "Odd."})) == []


@pytest.mark.parametrize("key", [("double/plain", "2: b = 1"), ("double/gone", "2: b = 3")])
def test_a_name_of_what_is_caught_or_not_made_is_stale(key: tuple[str, str]) -> None:
    (found,) = mechanical.judge([tried("a = 1\nb = 1", caught=True)], {key: "Odd."})
    assert found.file == "mutants/equivalent.json"
    assert "is caught or is not made" in found.fact


def test_the_page_counts_them_and_gives_the_reasons() -> None:
    some = [
        tried("a = 1\nb = 3", caught=False),
        tried("a = 1\nb = 1", caught=True),
        tried("a = 2\nb = 2", caught=True),
    ]
    text = mechanical.section(some, {("double/plain", "2: b = 3"): "Nobody reads b."})
    assert "| double | 3 | 2 | 1 |" in text
    assert "- Nobody reads b. (1)" in text


def test_without_cosmic_ray_the_command_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source").symlink_to(ROOT / "source")
    mechanical.operators.cache_clear()
    monkeypatch.setitem(sys.modules, "cosmic_ray.plugins", None)
    with pytest.raises(GraderError, match="cosmic-ray, which is not installed here"):
        list(mechanical.changes(answer()))
    assert main(["--course", str(tmp_path), "mutants"]) == 2
    assert "with `make setup`" in capfd.readouterr().out


def test_the_command_names_what_is_not_caught(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "source").symlink_to(ROOT / "source")
    for name in ("docs", "mutants"):
        (tmp_path / name).mkdir()
    stale = {"Nobody reads b.": {"double/plain": ["2: b = 3"]}}
    (tmp_path / mechanical.EQUIVALENT).write_text(json.dumps(stale), encoding="utf-8")
    monkeypatch.setattr(mutants, "measure", lambda *_, **__: [])
    monkeypatch.setattr(
        mechanical, "measure", lambda *_, **__: [tried("a = 2\nb = 2", caught=False)]
    )
    assert main(["--course", str(tmp_path), "mutants"]) == 1
    said = capfd.readouterr().out
    assert "mutants/double/right/plain.py: With line '1: a = 2'" in said
    assert "mutants/equivalent.json: double/plain with line '2: b = 3'" in said
    assert "| double | 1 | 0 | 0 |" in (tmp_path / mutants.PAGE).read_text(encoding="utf-8")
