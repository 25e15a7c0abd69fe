"""nbgrader's own tests, run with this course's settings: what nbgrader promises is so here, too.

They come with the installed nbgrader and know nothing of this course. Each one passes, or stands
in `DIFFERENT` with the reason why this course answers otherwise on purpose.
"""

from __future__ import annotations

import getpass
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import nbgrader
import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = Path(nbgrader.__file__).parent.parent
FILES = ("autograde", "generate_assignment", "generate_feedback", "validate", "export")
FILES += ("zip_collect", "releasefeedback", "fetchfeedback")


class Difference(NamedTuple):
    """Why a test of nbgrader fails here on purpose, and the line at which it does."""

    line: str
    why: str


DIFFERENT = {
    ("autograde", "test_filter_notebook"): Difference(
        'assert not os.path.isfile(join(course_dir, "autograded", "foo", "ps1", "p1.ipynb"))',
        "A graded folder without its notebook is what an interruption leaves, so it is graded "
        "again. nbgrader takes it for done.",
    ),
    ("autograde", "test_side_effects"): Difference(
        'assert os.path.isfile(join(course_dir, "autograded", "foo", "ps1", "side-effect.txt"))',
        "Files that a student's cells write stay in the sandbox and go away with it. nbgrader "
        "keeps them in autograded/.",
    ),
    ("autograde", "test_handle_failure"): Difference(
        'run_nbgrader(["autograde", "ps1"], retcode=1)',
        "Cells that the course does not know are the student's own: they earn nothing. nbgrader "
        "stops at a notebook that belongs to another assignment.",
    ),
    ("autograde", "test_handle_failure_single_notebook"): Difference(
        'run_nbgrader(["autograde", "ps1", "--notebook", "p*"], retcode=1)',
        "As test_handle_failure, for one notebook.",
    ),
    ("autograde", "test_missing_source_kernelspec"): Difference(
        'run_nbgrader(["autograde", "ps1"], retcode=1)',
        "Cells run in the sandbox's Python, whatever kernel a submission names. nbgrader stops at "
        "one that this machine does not have.",
    ),
    ("autograde", "test_no_execute"): Difference(
        "assert orig_cell.outputs == new_cell.outputs",
        "Outputs that were handed in prove nothing and are not kept, also where no cell is run.",
    ),
    ("autograde", "test_missing_files"): Difference(
        'assert not os.path.exists(join(course_dir, "autograded", "bar"))',
        "A folder without a notebook was handed in: its student gets zero and a page that says "
        "why. nbgrader overlooks it.",
    ),
    ("autograde", "test_grade_missing_notebook"): Difference(
        'assert not os.path.isfile(join(course_dir, "autograded", "foo", "ps1", "p2.ipynb"))',
        "A missing notebook has a page that says so, with its zero. nbgrader gives the zero alone.",
    ),
    ("zip_collect", "test_collect_timestamp_bad_str"): Difference(
        'run_nbgrader(["zip_collect", "ps1"], retcode=1)',
        "A file whose time is none is left out and named. nbgrader ends the collecting for "
        "everybody.",
    ),
    ("zip_collect", "test_collect_duplicate_fail"): Difference(
        'run_nbgrader(["zip_collect", "ps1"], retcode=1)',
        "Of two notebooks for one place one is taken, and the other named. nbgrader ends the "
        "collecting for everybody.",
    ),
}
"""What fails with this course's settings, by nbgrader's file and test."""

TOO_LONG = {"test_many_students", "test_infinite_loop_with_output"}
"""Tests that nbgrader itself skips always."""

SETTINGS = f"""
load_subconfig({str(ROOT / "nbgrader_config.py")!r})
# The engine's own limit. This course's is shorter, for its lessons, than a test's cell takes.
del c.Rectify.cell_seconds
"""
"""The course's settings as nbgrader's tests find them: they write a config of their own."""


@dataclass(frozen=True)
class Outcome:
    """How one test of nbgrader ended: "passed", "failed" or "skipped", and what it said."""

    node: str
    what: str
    said: str


def run(folder: Path, settings: str, nodes: list[str]) -> dict[tuple[str, str], Outcome]:
    """Run tests of nbgrader below a folder; return how they ended, by file and name."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))}
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "HOME", "TMPDIR"):
        environment[name] = str(folder / name.lower())
        (folder / name.lower()).mkdir(parents=True)
    (folder / "jupyter_config_dir" / "nbgrader_config.py").write_text(settings, encoding="utf-8")
    environment["USER"] = getpass.getuser()  # which containers leave out, and a test reads
    # Without the course's settings, nbgrader finds `alembic` only on the search path.
    environment["PATH"] = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-n", "2", "-p", "no:cacheprovider"]
    command += ["-c", os.devnull, f"--rootdir={PACKAGES}", f"--junit-xml={report}", *nodes]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=1800,
    )
    assert done.returncode in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED), (
        done.stdout + done.stderr
    )
    return dict(map(_outcome, ElementTree.parse(report).iter("testcase")))


def _outcome(case: ElementTree.Element) -> tuple[tuple[str, str], Outcome]:
    module, _, group = case.attrib["classname"].rpartition(".")
    node = f"{PACKAGES / module.replace('.', '/')}.py::{group}::{case.attrib['name']}"
    key = (module.rpartition("test_nbgrader_")[2], case.attrib["name"])
    ended = {child.tag: child.text or "" for child in case}
    said = ended.get("failure", "") + ended.get("error", "")
    if "failure" in ended or "error" in ended:
        return key, Outcome(node, "failed", said)
    return key, Outcome(node, "skipped" if "skipped" in ended else "passed", said)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Outcome]:
    """How nbgrader's tests end with this course's settings."""
    tests = PACKAGES / "nbgrader" / "tests" / "apps"
    nodes = [str(tests / f"test_nbgrader_{name}.py") for name in FILES]
    return run(tmp_path_factory.mktemp("ours"), SETTINGS, nodes)


def test_all_of_them_run(outcomes: dict[tuple[str, str], Outcome]) -> None:
    assert {file for file, _ in outcomes} == set(FILES)
    skipped = {name for (_, name), outcome in outcomes.items() if outcome.what == "skipped"}
    assert skipped == TOO_LONG


def test_each_passes_or_differs_for_a_reason(
    outcomes: dict[tuple[str, str], Outcome], record_property: Callable[[str, object], None]
) -> None:
    """A reason that no test needs any more is out of date, and fails here as well."""
    failed = {key: outcome for key, outcome in outcomes.items() if outcome.what == "failed"}
    for file in FILES:
        ran = [o for (of, _), o in outcomes.items() if of == file and o.what != "skipped"]
        passed = sum(outcome.what == "passed" for outcome in ran)
        record_property("figure", f"nbgrader's own {file}: {passed} of {len(ran)} pass here")
    for key in sorted(failed.keys() - DIFFERENT.keys()):
        print(*key, failed[key].said, sep="\n")
    assert failed.keys() - DIFFERENT.keys() == set(), (
        "nbgrader promises this, and it is not so here"
    )
    assert DIFFERENT.keys() - failed.keys() == set(), "nothing differs: take it out of the table"


@pytest.mark.parametrize("key", DIFFERENT, ids="-".join)
def test_it_differs_at_its_line_only(
    outcomes: dict[tuple[str, str], Outcome], key: tuple[str, str]
) -> None:
    """A test that fails for another reason than the table gives hides a fault."""
    at = rf"^>\s+{re.escape(DIFFERENT[key].line)}$"
    assert re.search(at, outcomes[key].said, flags=re.MULTILINE), outcomes[key].said


def test_what_differs_is_this_course_and_not_the_machine(
    outcomes: dict[tuple[str, str], Outcome], tmp_path: Path
) -> None:
    """Without the course's settings, the same tests pass here."""
    stock = run(tmp_path, "", [outcomes[key].node for key in DIFFERENT])
    assert {key: outcome.what for key, outcome in stock.items()} == dict.fromkeys(
        DIFFERENT, "passed"
    )
