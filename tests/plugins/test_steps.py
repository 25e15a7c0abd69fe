"""nbgrader's lists of steps: ours differ where a reason is given, and nowhere else."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from rectify.plugins import steps
from rectify.plugins.steps import CHANGES, Change

ROOT = Path(__file__).resolve().parents[2]


def names(found: list[str]) -> list[str]:
    return [name.rpartition(".")[2] for name in found]


def config() -> Config:
    return PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.trait)
def test_each_difference_from_nbgrader_has_a_reason(change: Change) -> None:
    nbgraders = [step.__name__ for step in steps.default_steps(change.converter, change.trait)]
    ours = names(change.steps())
    assert set(ours) ^ set(nbgraders) == set(change.reasons)
    kept = [name for name in nbgraders if name in ours]
    assert [name for name in ours if name in nbgraders] == kept, "in nbgrader's order"
    assert all(re.fullmatch(r".{20,}", reason) for reason in change.reasons.values())


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.trait)
def test_the_course_uses_these_lists(change: Change) -> None:
    assert config()[change.converter.__name__][change.trait] == change.steps()


def test_the_course_sets_no_other_list_of_steps() -> None:
    def lists(tree: Config, above: str = "") -> Iterator[str]:
        for name, value in tree.items():
            if isinstance(value, Config):
                yield from lists(value, name)
            elif "preprocessors" in name:
                yield f"{above}.{name}"

    known = {f"{change.converter.__name__}.{change.trait}" for change in CHANGES}
    assert set(lists(config())) == known


def test_an_nbgrader_without_a_step_that_is_replaced_is_refused() -> None:
    change = dataclasses.replace(
        steps.AUTOGRADE, replaced={"Run": "rectify.plugins.preprocessors.Grade"}
    )
    with pytest.raises(RuntimeError, match=r"has no step Run\. Install the nbgrader"):
        change.steps()
