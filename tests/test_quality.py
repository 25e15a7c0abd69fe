"""Formatting, lint and types, as part of the tests."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize(
    "command",
    [["ruff", "format", "--check", "."], ["ruff", "check", "."], ["mypy"]],
    ids=["format", "lint", "types"],
)
def test_code_is_clean(command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_runs_before_a_commit_is_what_is_pinned_and_finds_nothing() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    (repo,) = yaml.safe_load(text)["repos"]
    for hook in repo["hooks"]:
        for pin in hook["additional_dependencies"]:
            assert f"\n{pin} " in pins, pin
    assert [hook["id"] for hook in repo["hooks"]] == ["ruff-format", "ruff-check", "nbstripout"]
    checks = [
        ["pre_commit", "validate-config", ".pre-commit-config.yaml"],
        ["nbstripout", "--keep-id", "--verify", *map(str, sorted(ROOT.glob("source/*/*.ipynb")))],
    ]
    for command in checks:
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("folder", ["tests", "test_exercise", "test_exercise/hidden"])
def test_an_assert_that_was_forgotten_is_found(folder: str) -> None:
    """A bare comparison in a suite would pass whatever it compares."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--stdin-filename", f"{folder}/test_new.py", "-"],
        cwd=ROOT,
        input='"""New checks."""\n\n\ndef test_sum() -> None:\n    1 + 1 == 3\n',
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "B015" in done.stdout
