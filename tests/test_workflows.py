"""The workflows of GitHub Actions run the commands that there are, on the versions promised."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent
PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def jobs(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]
    return found


STEPS = [(job, step) for path in WORKFLOWS for job in jobs(path).values() for step in job["steps"]]


def test_pushes_and_pull_requests_are_checked() -> None:
    (path,) = WORKFLOWS
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    assert set(workflow[True]) == {"push", "pull_request"}
    assert workflow["permissions"] == {"contents": "read"}
    assert set(workflow["jobs"]) == {"test", "course", "visible"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())


def test_each_command_is_a_target_of_make() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    runs = [step.get("run", "") for _, step in STEPS]
    called = [name for run in runs for name in re.findall(r"^make ([\w-]+)", run)]
    assert called == ["test", "test-long", "check", "grade"]
    assert set(called) <= targets


def test_actions_are_pinned_by_their_major_version() -> None:
    used = [step["uses"] for _, step in STEPS if "uses" in step]
    assert used
    assert [name for name in used if not re.fullmatch(r"actions/[\w-]+@v\d+", name)] == []


@pytest.mark.parametrize("job", ["test", "visible"])
def test_all_versions_of_python_that_are_promised_are_tested(job: str) -> None:
    versions = jobs(WORKFLOWS[0])[job]["strategy"]["matrix"]["python"]
    assert versions == ["3.10", "3.11", "3.12", "3.13"]
    (oldest,) = re.findall(r'requires-python = ">=([\d.]+)"', PROJECT)
    assert versions[0] == oldest


def test_packages_are_cached_by_the_pins() -> None:
    setups = [step["with"] for _, step in STEPS if "setup-python" in step.get("uses", "")]
    assert len(setups) == 3
    for setup in setups:
        assert (setup["cache"], setup["cache-dependency-path"]) == ("pip", "requirements.txt")


@pytest.mark.parametrize("job", ["test", "course"])
def test_the_sandbox_is_allowed_before_it_is_needed(job: str) -> None:
    """Ubuntu's runners forbid user namespaces."""
    commands = [step.get("run", "") for step in jobs(WORKFLOWS[0])[job]["steps"]]
    allowed = [number for number, run in enumerate(commands) if "apparmor_restrict" in run]
    made = [number for number, run in enumerate(commands) if run.startswith("make")]
    assert allowed[0] < made[0]


def test_what_comes_of_it_is_kept() -> None:
    kept = {
        step["with"]["name"]: step["with"]["path"]
        for _, step in STEPS
        if "upload-artifact" in step.get("uses", "")
    }
    assert kept == {"release": "release/", "feedback": "feedback/", "mutants": "docs/mutants.md"}


def test_the_visible_checks_run_as_the_workflow_runs_them() -> None:
    (command,) = [step["run"] for _, step in STEPS if "--notebook" in step.get("run", "")]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))}
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", command],
        cwd=ROOT,
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("4 passed") == len(list(ROOT.glob("source/*/*.ipynb")))


def test_the_packages_of_the_visible_side_are_pinned() -> None:
    (command,) = [step["run"] for _, step in STEPS if "--constraint" in step.get("run", "")]
    pins = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    names = command.split("requirements.txt")[1].split()
    assert names == ["jupyterlab", "torch", "pytest"]
    assert [name for name in names if f"\n{name}==" not in pins] == []
