"""The package as its users have it: built, installed in an empty environment, far from the course.

Nothing of the checkout is on the path there, and no development tool.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook

from tests.system.test_ordinary_course import RIGHT, SOLVED, cell, hand_in, test_cell

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
PACKAGED = ("rectify", "pyproject.toml", "README.md", "LICENSE")


def run(place: Path, *command: str, code: int = 0) -> str:
    """Run a command there, without what leads to the checkout; return what it says."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "COV", "PYTHON"))}
    done = subprocess.run(
        command,
        cwd=place,
        env={**kept, "PATH": "/usr/bin:/bin", "COLUMNS": "160"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that a sandbox which root starts can read, too: pytest's own are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="installed-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def copied(place: Path) -> Path:
    """Copy what the package is built from."""
    folder = place / "checkout"
    folder.mkdir()
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "rectify", folder / "rectify", ignore=ignored)
    for name in PACKAGED[1:]:
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def packages(place: Path) -> tuple[Path, Path]:
    """The wheel and the sdist."""
    run(place, sys.executable, "-m", "build", "--outdir", "dist", str(copied(place)))
    (wheel,), (sdist,) = (list((place / "dist").glob(end)) for end in ("*.whl", "*.tar.gz"))
    return wheel, sdist


@pytest.fixture(scope="module")
def rectify(place: Path, packages: tuple[Path, Path]) -> str:
    """The command, from the wheel, in an environment that holds what the wheel asks for."""
    mask = os.umask(0o022)
    try:
        venv.create(place / "environment", with_pip=True)
        pip = (str(place / "environment/bin/python"), "-m", "pip", "install", "--quiet")
        run(place, *pip, str(packages[0]))
    finally:
        os.umask(mask)
    return str(place / "environment" / "bin" / "rectify")


def test_both_hold_all_of_the_package_and_nothing_of_the_course(
    packages: tuple[Path, Path],
) -> None:
    ours = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "rectify").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    with zipfile.ZipFile(packages[0]) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    with tarfile.open(packages[1]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    assert held == ours
    assert ours <= names
    assert not {name.split("/")[0] for name in names} & {"source", "test_exercise", "tests"}


def test_the_command_is_there_and_says_what_it_can_do(place: Path, rectify: str) -> None:
    assert "quickstart FOLDER" in run(place, rectify, "--help")
    assert run(place, str(Path(rectify).parent / "python"), "-m", "rectify", "--help")


def test_an_existing_course_is_adopted_and_graded_without_torch(place: Path, rectify: str) -> None:
    python = str(Path(rectify).parent / "python")
    run(place, python, "-c", "import torch", code=1)
    course = place / "older"
    source = course / "source" / "ordinary"
    source.mkdir(parents=True)
    cells = [cell(SOLVED, "double", solution=True), test_cell("assert double(1) == 2", "part")]
    kernel = {"name": "python3", "display_name": "", "language": "python"}
    solved = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    nbformat.write(solved, source / "ordinary.ipynb")
    (source / "data.csv").write_text("one\n")
    run(course, rectify, "adopt", "--write")
    run(course, python, "-m", "nbgrader", "generate_assignment", "ordinary")
    hand_in(course, "right", RIGHT)
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    assert "1 cells, 0 with other points." in run(course, rectify, "adopt")
    run(course, rectify, "adopt", "--write")
    assert (course / "nbgrader_config.before-rectify.py").read_text() == "c = get_config()\n"
    run(course, rectify, "autograde", "ordinary")
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        assert [s.score for s in gradebook.assignment_submissions("ordinary")] == [1]


def test_a_new_course_checks_itself_and_is_graded(
    place: Path, packages: tuple[Path, Path], rectify: str
) -> None:
    python = str(Path(rectify).parent / "python")
    mask = os.umask(0o022)
    try:
        run(place, python, "-m", "pip", "install", "--quiet", f"{packages[0]}[torch]")
    finally:
        os.umask(mask)
    run(place, rectify, "quickstart", "course")
    course = place / "course"
    assert "Nothing to mend." in run(course, rectify, "check", "--quick")
    run(course, rectify, "grade")
    with Gradebook(f"sqlite:///{course}/gradebook.db", course_id="course") as gradebook:
        scores = {s.student.id: s.score for s in gradebook.assignment_submissions("double")}
    assert scores == {"sample-right-answer": 10, "sample-not-started": 0}
