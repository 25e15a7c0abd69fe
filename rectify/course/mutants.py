"""Tests the suites themselves: a wrong answer must fail what it gets wrong, a right one nothing.

A mutant is a file `mutants/<assignment>/wrong/<name>.py`, and a right answer that is written in
another way a file `mutants/<assignment>/right/<name>.py`. Each is the text of a tagged cell. A
wrong answer says in its first line which groups of the hidden suite must fail, by the names of
their test functions, and in its second what is wrong:

    # fails: test_input_left_alone, test_in_place
    # The condition is the wrong way round.

Where it must earn nothing at all, the first line is `# fails: all`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import nbformat

from rectify import scratch
from rectify.course.finding import Finding
from rectify.faults import GraderError
from rectify.result import Group, Outcome, Result
from rectify.sandbox.process import Sandbox
from rectify.settings import Course
from rectify.submission.rebuild import Answer
from rectify.suites import runner

PAGE = Path("docs", "mutants.md")
"""Where the table of what is caught stands, in the course folder."""

_ALL = "all"
_MARK = "# fails: "


@dataclass(frozen=True)
class Mutant:
    """One answer and what it must fail.

    Attributes:
        path: its file, in a folder `right` or `wrong` in the folder of its assignment.
        source: the text of the tagged cell.
    """

    path: Path
    source: str

    @property
    def assignment(self) -> str:
        """The assignment that it answers."""
        return self.path.parts[-3]

    @property
    def right(self) -> bool:
        """Whether it must earn full points."""
        return self.path.parts[-2] == "right"

    @property
    def label(self) -> str:
        """What it is called in findings: its path in the course folder."""
        return "/".join(self.path.parts[-4:])

    @property
    def fails(self) -> tuple[str, ...]:
        """The groups that its first line names, or "all" alone."""
        first = self.source.split("\n", 1)[0]
        if not first.startswith(_MARK):
            return ()
        return tuple(name.strip() for name in first.removeprefix(_MARK).split(","))

    @property
    def mistake(self) -> str:
        """What is wrong with it, from its second line."""
        lines = self.source.splitlines()
        return lines[1].removeprefix("# ") if len(lines) > 1 and self.fails else ""


@dataclass(frozen=True)
class Verdict:
    """What the visible checks and the hidden suite say of one answer.

    Attributes:
        mutant: the answer.
        visible: the visible checks that failed.
        result: the record of the hidden suite.
    """

    mutant: Mutant
    visible: tuple[str, ...]
    result: Result

    @property
    def hidden(self) -> tuple[str, ...]:
        """The groups of the hidden suite that did not pass."""
        return tuple(group.name for group in _lost(self.result))


def find(folder: Path) -> list[Mutant]:
    """Return all answers in a folder such as `mutants`, the wrong ones of each assignment first."""
    paths = [path for kind in ("wrong", "right") for path in folder.glob(f"*/{kind}/*.py")]
    paths.sort(key=lambda path: (path.parts[-3], path.parts[-2] == "right", path.stem))
    return [Mutant(path, path.read_text(encoding="utf-8")) for path in paths]


def grade(mutant: Mutant, course: Course, *, sandbox: Sandbox, seed: str = "mutants") -> Result:
    """Run the hidden suite of its assignment against an answer."""
    path = course.suite(f"test_{mutant.assignment}")
    answers = {mutant.assignment: Answer(mutant.source)}
    return runner.grade(path, answers, sandbox=sandbox, seed=seed)


def judge(mutant: Mutant, result: Result) -> Iterator[Finding]:
    """Compare what an answer earned with what it must earn."""
    hidden = f"the hidden suite {result.suite}.py"
    lost = [group.name for group in _lost(result)]
    if mutant.right:
        if mutant.fails:
            fact = f"It is in the folder right, and its first line begins with {_MARK!r}."
            yield Finding(mutant.label, fact, "Move it to the folder wrong.")
        elif lost:
            why = f" ({result.problem})" if result.problem else ""
            fact = f"A right answer fails {', '.join(lost)}{why}."
            yield Finding(mutant.label, fact, f"Let {hidden} hold only what the exercise asks.")
        return
    if not mutant.fails:
        fact = "Its first line does not say what must fail."
        yield Finding(mutant.label, fact, f"Begin it with {_MARK!r} and names of groups, or all.")
    if not lost:
        fact = "It is not caught: every group of the hidden suite passes."
        yield Finding(mutant.label, fact, f"Add a check to {hidden}.")
        return
    names = [group.name for group in result.groups]
    for name in names if mutant.fails == (_ALL,) else mutant.fails:
        if name not in names:
            fact = f"The hidden suite has no group {name}."
            yield Finding(mutant.label, fact, f"Name a test function of {hidden}.")
        elif name not in lost:
            fact = f"The group {name} passes, though it must fail."
            yield Finding(mutant.label, fact, f"Add a check to {hidden}, or mend the first line.")


def findings(course: Course, *, sandbox: Sandbox, seed: str = "mutants") -> Iterator[Finding]:
    """Grade every answer in `mutants`, and say what is not as it must be."""
    for mutant in find(course.root / "mutants"):
        yield from judge(mutant, grade(mutant, course, sandbox=sandbox, seed=seed))


def visible(mutants: Sequence[Mutant], course: Course) -> dict[Mutant, tuple[str, ...]]:
    """Run the visible checks against answers, all in one process, as students run them.

    The answers are the course's own: they run outside the sandbox. Returns the names of the
    checks that failed, for each answer.
    """
    with tempfile.TemporaryDirectory(dir=scratch.folder()) as name:
        top = Path(name)
        folders = {f"mutant{number}": mutant for number, mutant in enumerate(mutants)}
        for folder, mutant in folders.items():
            (top / folder).mkdir()
            (top / folder / "test_exercise").symlink_to(course.root.resolve() / "test_exercise")
            metadata = {"tags": [mutant.assignment]}
            cell = nbformat.v4.new_code_cell(mutant.source, metadata=metadata)
            notebook = nbformat.v4.new_notebook(cells=[cell])
            nbformat.write(notebook, top / folder / f"{mutant.assignment}.ipynb")
        files = [f"{f}/test_exercise/test_{m.assignment}.py" for f, m in folders.items()]
        command = [sys.executable, "-m", "pytest", f"--rootdir={top}", *_OPTIONS]
        environment = {k: v for k, v in os.environ.items() if k not in _NOT_PASSED_ON}
        done = subprocess.run(
            [*command, "--junitxml=report.xml", *files],
            cwd=top,
            env={**environment, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        failed: dict[Mutant, list[str]] = {mutant: [] for mutant in mutants}
        seen = set()
        if done.returncode in (0, 1):
            for case in ElementTree.parse(top / "report.xml").getroot().iter("testcase"):
                mutant = folders[case.attrib["classname"].split(".")[0]]
                seen.add(mutant)
                if len(case):
                    failed[mutant].append(case.attrib["name"])
        if len(seen) != len(mutants):
            raise GraderError(f"The visible checks did not run.\n{done.stdout}{done.stderr}")
    return {mutant: tuple(checks) for mutant, checks in failed.items()}


def measure(course: Course, *, sandbox: Sandbox, seed: str = "mutants") -> Iterator[Verdict]:
    """Run the visible checks and the hidden suite against every answer in `mutants`."""
    mutants = find(course.root / "mutants")
    for assignment in dict.fromkeys(mutant.assignment for mutant in mutants):
        own = [mutant for mutant in mutants if mutant.assignment == assignment]
        for mutant, checks in visible(own, course).items():
            yield Verdict(mutant, checks, grade(mutant, course, sandbox=sandbox, seed=seed))


def page(verdicts: Sequence[Verdict]) -> str:
    """Return the text of docs/mutants.md."""
    assignments = list(dict.fromkeys(verdict.mutant.assignment for verdict in verdicts))
    lines = [*_INTRODUCTION.splitlines(), "", *_SUMMARY_HEAD]
    lines += [_summary(a, [v for v in verdicts if v.mutant.assignment == a]) for a in assignments]
    for assignment in assignments:
        own = [v for v in verdicts if v.mutant.assignment == assignment]
        lines += ["", f"## {assignment}", "", *_TABLE_HEAD]
        lines += [_row(verdict) for verdict in own if not verdict.mutant.right]
        names = ", ".join(f"`{v.mutant.path.stem}`" for v in own if v.mutant.right)
        lines += ["", f"Right answers: {names}."]
        lines += [
            f"The right answer `{v.mutant.path.stem}` fails {_names(v.visible)} of the visible "
            f"checks and {_names(v.hidden)} of the hidden suite."
            for v in own
            if v.mutant.right and (v.visible or v.hidden)
        ]
    return "\n".join(lines) + "\n"


_OPTIONS = (
    # Files of one name in several folders need this mode of import; students have one folder.
    *("--import-mode=importlib", "-p", "no:cacheprovider", "-c", os.devnull),
    # Only the outcomes are read. Without the messages a run takes a fifth of the time.
    *("-q", "--assert=plain", "--tb=no"),
)
_NOT_PASSED_ON = ("JPY_SESSION_NAME", "PYTEST_ADDOPTS", "PYTEST_PLUGINS")

_INTRODUCTION = """\
# What the checks catch

A suite of checks is a measuring instrument, and this page is its calibration. `mutants/` holds
wrong answers that students really write, and right answers written in different ways. The visible
four are checks that students see and run; the hidden suite decides the grade.

`make mutants` measures and writes this page, and a test compares it with what is measured.
[instructors.md](instructors.md) says how to add an answer.

For comparison: of 36 wrong ReLUs, the checks of one well-known course caught 11, those of another
17, and a check of a single value 8.
"""

_SUMMARY_HEAD = (
    "| exercise | wrong answers | the visible four catch | the hidden suite catches "
    "| right answers | full points |",
    "|---|---|---|---|---|---|",
)

_TABLE_HEAD = (
    "Groups in **bold** are named by the answer itself: they must fail.",
    "",
    "| wrong answer | what is wrong | visible checks that fail | hidden groups that fail "
    "| points |",
    "|---|---|---|---|---|",
)


def _lost(result: Result) -> list[Group]:
    return [group for group in result.groups if group.outcome is not Outcome.PASSED]


def _names(names: Sequence[str], named: Sequence[str] = ()) -> str:
    short = {name: name.removeprefix("test_") for name in names}
    return ", ".join(f"**{s}**" if n in named else s for n, s in short.items()) or "none"


def _summary(assignment: str, verdicts: Sequence[Verdict]) -> str:
    wrong = [verdict for verdict in verdicts if not verdict.mutant.right]
    right = [verdict for verdict in verdicts if verdict.mutant.right]
    seen = sum(bool(verdict.visible) for verdict in wrong)
    caught = sum(bool(verdict.hidden) for verdict in wrong)
    full = sum(not verdict.hidden for verdict in right)
    return (
        f"| {assignment} | {len(wrong)} | {seen} of {len(wrong)} | {caught} of {len(wrong)} "
        f"| {len(right)} | {full} of {len(right)} |"
    )


def _row(verdict: Verdict) -> str:
    mutant, result = verdict.mutant, verdict.result
    seen = "all four" if len(verdict.visible) == 4 else _names(verdict.visible)
    hidden = _names(verdict.hidden, mutant.fails)
    if len(verdict.hidden) == len(result.groups):
        hidden = "**all**" if mutant.fails == (_ALL,) else "all"
    mistake = mutant.mistake.replace("__init__", "`__init__`")
    return f"| `{mutant.path.stem}` | {mistake} | {seen} | {hidden} | {result.score:g} |"
