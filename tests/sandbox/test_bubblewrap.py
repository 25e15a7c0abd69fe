"""The sandbox starts on ordinary machines; where it cannot, each cause has its own sentence."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rectify import doctor
from rectify.faults import GraderError
from rectify.sandbox import bubblewrap
from rectify.sandbox.process import Sandbox
from tests.sandbox.test_process import run

OLD = """#!/bin/sh
# Answers as bubblewrap 0.6.1 does.
for word in "$@"; do
    case $word in
        --version) echo "bubblewrap 0.6.1"; exit 0 ;;
        --size) echo "bwrap: Unknown option --size" >&2; exit 1 ;;
    esac
done
"""


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An old bubblewrap that is the system's."""
    program = tmp_path / "system" / "bwrap"
    program.parent.mkdir()
    program.write_text(OLD)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    return program


def test_an_old_bubblewrap_of_the_system_gives_way_to_the_one_of_the_package(old: Path) -> None:
    assert bubblewrap.programs()[0] == str(old)
    with Sandbox() as sandbox:
        assert run(sandbox, "6 * 7") == "42"


def test_an_old_bubblewrap_alone_is_refused_for_its_age(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bubblewrap, "programs", lambda: (str(old),))
    with pytest.raises(GraderError, match=r"too old: it does not know --size\. Install") as refusal:
        Sandbox().start()
    assert str(old) in str(refusal.value)
    assert "Nothing was graded." in str(refusal.value)
    assert "sysctl" not in str(refusal.value)
    assert "isolation" not in str(refusal.value)


@pytest.mark.parametrize(
    ("said", "mend"),
    [
        ("bwrap: Unknown option --disable-userns", "does not know --disable-userns"),
        ("bwrap: No permissions to create new namespace", "sysctl"),
        ("bwrap: setting up uid map: Permission denied", "sysctl"),
        ("bwrap: Can't mount proc on /newroot/proc: Operation not permitted", "systempaths"),
        ("bwrap: execvp /x/bin/python: No such file or directory", "shows which Python"),
        ("ImportError: libffi.so.8: cannot open shared object file: No", "library libffi.so.8"),
        ("ModuleNotFoundError: No module named 'torch'", "and torch is not among them"),
        ("OSError: [Errno 12] Cannot allocate memory", "too little memory"),
        ("[Errno 11] Resource temporarily unavailable", "ulimit -a"),
        ("something nobody has seen", "doctor"),
    ],
)
def test_each_cause_has_its_own_mend(said: str, mend: str) -> None:
    assert mend in bubblewrap.explain(said)
    assert ("isolation" in bubblewrap.explain(said)) == (mend == "sysctl")


def environment(folder: Path, python: Path) -> Path:
    """Make a virtual environment with a Python, which sees the packages of this one."""
    subprocess.run([python, "-m", "venv", "--without-pip", folder], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    shutil.rmtree(packages)
    source = next(path for path in map(Path, sys.path) if path.name == "site-packages")
    # Hard links: a sandbox follows no link out of the environment.
    shutil.copytree(source, packages, copy_function=os.link, symlinks=True)
    return folder / "bin" / "python"


@pytest.mark.long
def test_a_python_behind_a_link_is_found(root: Path) -> None:
    """As with uv's alias of a version, Homebrew's opt/, and pyenv's prefixes."""
    folder = root / ".link-test"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        alias = folder / "cpython-3"
        alias.symlink_to(Path(os.path.realpath(sys.base_prefix)))
        python = environment(folder / "venv", alias / "bin" / f"python3.{sys.version_info.minor}")
        code = (
            "import sys; print(sys.base_prefix)\nfrom rectify.sandbox.process import Sandbox\n"
            "with Sandbox() as sandbox: sandbox.start(); print('holds')"
        )
        done = subprocess.run(
            [python, "-c", code], cwd=root, capture_output=True, text=True, check=False
        )
    finally:
        shutil.rmtree(folder)
    assert done.stdout == f"{alias}\nholds\n", done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's sandbox reads what the user can")
class TestUmask:
    """What root has written under `umask 077` is closed to the user that a sandbox runs as."""

    def test_the_package_is_read_all_the_same(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        package = tmp_path / "rectify"
        shutil.copytree(bubblewrap.WORKER, package / "worker")
        shutil.copy(bubblewrap.WORKER.parent / "__init__.py", package)
        for path in (package, *package.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)
        monkeypatch.setattr(bubblewrap, "WORKER", package / "worker")
        bubblewrap._worker.cache_clear()
        try:
            with Sandbox() as sandbox:
                assert run(sandbox, "6 * 7") == "42"
        finally:
            monkeypatch.undo()
            bubblewrap._worker.cache_clear()

    def test_an_environment_that_is_closed_is_refused_with_the_command_that_opens_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        packages = tmp_path / "venv" / "lib"
        packages.mkdir(parents=True)
        packages.parent.chmod(0o700)
        monkeypatch.setattr(sys, "prefix", str(packages.parent))
        monkeypatch.setattr(bubblewrap, "_package_folders", lambda: {str(packages)})
        bubblewrap._first_that_works.cache_clear()
        with pytest.raises(GraderError, match=r"umask 077.*`chmod -R go\+rX .*/venv`"):
            Sandbox().start()
        (fact,) = doctor._readable()
        assert "chmod -R go+rX" in fact.found


def test_a_proof_that_fails_leaves_no_warm_process(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = Sandbox()

    def refuse() -> None:
        raise GraderError("It does not hold.")

    monkeypatch.setattr(sandbox, "_prove", refuse)
    with pytest.raises(GraderError, match="does not hold"):
        sandbox.start()
    assert sandbox._process is None


def examined(root: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    return subprocess.run(
        [sys.executable, "-m", "rectify", "doctor"],
        cwd=root,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_doctor_shows_what_was_found_and_what_mends_it(root: Path, old: Path) -> None:
    done = examined(root)
    assert done.returncode == 0, done.stdout
    for name in ("Python", "torch", "nbgrader", "memory", "bubblewrap", "course", "sandbox"):
        assert f"ok   {name}: " in done.stdout, name
    assert f"{old}, 0.6.1: bwrap: Unknown option --size" in done.stdout
    assert "Nothing is in the way of grading." in done.stdout
    done = examined(root, PYTHONOPTIMIZE="1")
    assert done.returncode == 1
    assert "look inherited: Python runs without assertions" in done.stdout
