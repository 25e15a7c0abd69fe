"""Every attack in attacks/ against real nbgrader, with an honest submission before and after it.

All attacks are students of one run of `nbgrader autograde`; after it, one run of
`nbgrader generate_feedback` writes their pages. The course is a copy with its notebooks cut down
to what is graded and its hidden suites to a few groups, so that an honest submission costs a
fraction of a second.
"""

from __future__ import annotations

import base64
import ctypes
import hashlib
import json
import os
import re
import shutil
import threading
import time
import urllib.parse
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook
from rich.console import Console
from rich.table import Table

from attacks import kit
from attacks.kit import Attack, Refused
from tests.fast_course import (
    ASSIGNMENTS,
    CANARIES,
    LIMITS,
    ROOT,
    command,
    finish,
    make_course,
)
from tests.page import Page

pytestmark = pytest.mark.long

ELSEWHERE = ("equals_everything", "endless_loop", "deleted_answer", "forged_outputs", "empty")
"""Attacks that run on the other exercises, too."""

HONEST = "honest"
MADE_BY_ATTACKS = {".hidden", "loot", ".ipython", "nbgrader_config.py", "planted.pth"}
"""Names of files that attacks leave where they can."""


ARCHIVES = kit.find("archives")
HANDED_IN = [attack for attack in kit.find() if attack not in ARCHIVES]
ON_PLAIN_CELLS = [attack for attack in HANDED_IN if attack.assignment == kit.PLAIN]
ON_RELU = [attack for attack in HANDED_IN if attack not in ON_PLAIN_CELLS]

SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of linux/prctl.h."""


@dataclass(frozen=True)
class Graded:
    """What became of one student's submission."""

    points: float | None
    maximum: float
    to_look_at: bool
    seconds: float
    page: Page


@dataclass
class Run:
    """A course after grading, and what was seen meanwhile."""

    course: Path
    attacks: dict[str, Attack]
    assignment: str
    log: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    orphans: list[str] = field(default_factory=list)
    new_files: list[str] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)

    def graded(self, student: str) -> Graded:
        """Return the grade and the page of a student."""
        folder = self.course / "feedback" / student / self.assignment
        page = Page.read(folder / f"{self.assignment}.html")
        with Gradebook(f"sqlite:///{self.course}/gradebook.db") as gradebook:
            submission = gradebook.find_submission(self.assignment, student)
            grades = [
                grade
                for book in submission.notebooks
                for grade in book.grades
                if grade.cell.cell_type == "code"
            ]
            scores = [grade.auto_score for grade in grades]
            points = None if None in scores else sum(scores)
            look = any(grade.needs_manual_grade for grade in grades)
            maximum = submission.max_score
        return Graded(points, maximum, look, self.seconds.get(student, 0), page)

    def named(self, attack: Attack) -> str:
        """Return the student id under which an attack was handed in."""
        return next(student for student, other in self.attacks.items() if other.name == attack.name)


def honest(number: int) -> str:
    """Return the id of an honest student."""
    return f"{number:03}-{HONEST}"


def hand_in(course: Path, assignment: str, attacks: list[Attack]) -> dict[str, Attack]:
    """Hand in each attack between two honest submissions; return the attacks by student id.

    The honest submission before an attack has the attack's number, the one after it the next.
    """
    name = f"{assignment}.ipynb"
    released = nbformat.read(course / "release" / assignment / name, as_version=4)
    solved = nbformat.read(course / "source" / assignment / name, as_version=4)
    solution = kit.answer_cell(solved, assignment).source
    students = {}
    # One more at the end, so that the last attack has an honest submission after it, too.
    for number, attack in enumerate([*attacks, None]):
        folder = course / "submitted" / honest(number) / assignment
        folder.mkdir(parents=True)
        notebook = kit.answered(released, assignment, solution)
        if number == 0:
            notebook.cells += kit.markdown(CANARIES[3])
        kit.write(folder, notebook)
        if attack is not None:
            # "x" sorts behind the honest.
            student = f"{number:03}-x-{attack.student}"
            folder = course / "submitted" / student / assignment
            folder.mkdir(parents=True)
            attack.hand_in(released, assignment, folder)
            students[student] = attack
    return students


def contents(course: Path) -> dict[str, str]:
    """Return a digest of every file of a course that grading must leave alone."""
    found = {}
    for top in ("source", "test_exercise", "release", "submitted", "assets"):
        for parent, folders, files in os.walk(course / top):
            for path in (Path(parent, name) for name in (*folders, *files)):
                status = path.lstat()
                digest = f"{status.st_mode:o} {status.st_size}"
                if path.is_symlink():
                    digest += os.readlink(path)
                elif path.is_file() and status.st_size < 50_000_000 and os.access(path, os.R_OK):
                    digest += hashlib.sha256(path.read_bytes()).hexdigest()
                found[str(path.relative_to(course))] = digest
    for path in course.iterdir():
        found.setdefault(path.name, "")
    for name in ("nbgrader_config.py", "secret.txt"):
        found[name] = (course / name).read_text(encoding="utf-8")
    return found


def temporary_files() -> set[str]:
    """Return what lies in the folders that everybody can write to."""
    return {str(path) for top in ("/tmp", "/dev/shm", "/var/tmp") for path in Path(top).iterdir()}


def left_by_attacks(path: str) -> bool:
    """Tell whether a new file may come from a sandbox: by its owner or by its name."""
    try:
        owner = os.lstat(path).st_uid
    except OSError:
        return False
    return owner >= 0x70000000 or Path(path).name in MADE_BY_ATTACKS


def children() -> set[int]:
    """Return the processes whose parent is this one."""
    return {
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text().split()
    }


def memory_mb(pid: int) -> float:
    """Return the memory that a process holds, in MB."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def autograde(run: Run) -> None:
    """Run `nbgrader autograde`, and watch its time and its memory."""
    students = sorted(path.name for path in (run.course / "submitted").iterdir())
    lines: list[str] = []
    started: dict[str, float] = {}
    # What loses its parent becomes a child of this process, so that nothing gets away.
    libc = ctypes.CDLL(None)
    libc.prctl(SUBREAPER, 1, 0, 0, 0)
    known, files = children(), temporary_files()
    process = command(run.course, "autograde", run.assignment)
    assert process.stdout is not None
    # So that pytest ends, whatever happens. It takes minutes on a machine that is busy.
    alarm = threading.Timer(1800, process.kill)
    alarm.start()
    with process:
        for line in process.stdout:
            lines.append(line)
            found = re.search(r"submitted/(\d\d\d-[^/]*)/", line)
            if found and found[1] in students and found[1] not in started:
                started[found[1]] = time.monotonic()
                run.memory[found[1]] = memory_mb(process.pid)
    alarm.cancel()
    ended = time.monotonic()
    time.sleep(0.2)
    run.orphans = [
        Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        for pid in children() - known
        # What has ended only waits to be asked how.
        if os.waitpid(pid, os.WNOHANG)[0] == 0
    ]
    libc.prctl(SUBREAPER, 0, 0, 0, 0)
    run.log = "".join(lines)
    run.new_files = sorted(filter(left_by_attacks, temporary_files() - files))
    run.new_files += [str(path) for path in (run.course.parent / "tmp").iterdir()]
    order = [*sorted(started.items(), key=lambda item: item[1]), ("", ended)]
    run.seconds = {one: next_ - at for (one, at), (_, next_) in pairwise(order)}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "tmp").mkdir()
    course = make_course(folder / "course")
    plain = course / "source" / kit.PLAIN
    plain.mkdir()
    kit.write(plain, kit.plain())
    said = finish(command(course, "generate_assignment", "*"), 100)
    released = sorted(p.name for p in (course / "release").iterdir())
    assert released == sorted((*ASSIGNMENTS, kit.PLAIN)), said
    return course


def carry_out(course: Path, assignment: str, attacks: list[Attack]) -> Run:
    """Hand in, grade, and write the pages of all attacks and of the first honest student."""
    run = Run(course, hand_in(course, assignment, attacks), assignment)
    run.before = contents(course)
    autograde(run)
    run.after = contents(course)
    skipped = [honest(number) for number in range(1, len(attacks) + 1)]
    exclude = f"--CourseDirectory.student_id_exclude={','.join(skipped)}"
    run.log += finish(command(course, "generate_feedback", assignment, exclude), 900)
    assert run.seconds, f"grading starts: {run.log}"
    return run


def chosen(request: pytest.FixtureRequest, test: str) -> list[Attack]:
    """Return the attacks with which this run of pytest has selected a test."""
    return [
        item.callspec.params["attack"]
        for item in request.session.items
        if isinstance(item, pytest.Function) and "attack" in getattr(item, "fixturenames", ())
        if hasattr(item, "callspec") and item.originalname == test
    ]


@pytest.fixture(scope="module")
def run(course: Path, request: pytest.FixtureRequest) -> Run:
    """The course after all attacks that this run of pytest has selected."""
    return carry_out(course, "relu", chosen(request, "test_attack"))


@pytest.fixture(scope="module")
def plain(course: Path, request: pytest.FixtureRequest) -> Run:
    """The course after the attacks on grade cells without a hidden suite."""
    return carry_out(course, kit.PLAIN, chosen(request, "test_attack_on_plain_grade_cells"))


def check(run: Run, attack: Attack) -> None:
    """Assert the outcome of an attack, and all that must not be on its page."""
    student = run.named(attack)
    if isinstance(attack.outcome, Refused):
        assert re.search(attack.outcome.says, run.log), "the refusal names what to do"
        assert not (run.course / "autograded" / student).exists()
        return
    graded = run.graded(student)
    assert graded.points is not None, "it is graded"
    points = attack.outcome.points
    right = graded.points <= points if attack.outcome.or_less else graded.points == points
    assert right, f"{graded.points} points instead of {attack.outcome}"
    assert graded.page.text, "it has a page"
    says = attack.outcome.says
    assert re.search(says, graded.page.text), f"{says!r} is not in: {graded.page.text[:3000]}"
    if attack.outcome.flagged:
        assert graded.to_look_at, "a human is asked to look"
        assert "Please note:" in graded.page.text, "the page says why"
    assert kit.LOOT not in graded.page.text
    assert graded.page.active - run.graded(honest(0)).page.active == set()


def name_of(attack: Attack) -> str:
    """Return what pytest calls an attack."""
    return f"{attack.kind}/{attack.name}"


@pytest.mark.parametrize("attack", ON_RELU, ids=name_of)
def test_attack(run: Run, attack: Attack) -> None:
    check(run, attack)


@pytest.mark.parametrize("attack", ON_PLAIN_CELLS, ids=name_of)
def test_attack_on_plain_grade_cells(plain: Run, attack: Attack) -> None:
    check(plain, attack)


def test_the_honest_keep_their_points_in_plain_grade_cells(plain: Run) -> None:
    test_the_honest_keep_their_points(plain)
    test_nothing_is_left_behind(plain)
    assert not plain.graded(honest(0)).to_look_at


def test_the_honest_keep_their_points(run: Run) -> None:
    with Gradebook(f"sqlite:///{run.course}/gradebook.db") as gradebook:
        scores = {
            submission.student.id: submission.score
            for submission in gradebook.assignment_submissions(run.assignment)
            if submission.student.id.endswith(HONEST)
        }
    assert set(scores.values()) == {10}, {s: p for s, p in scores.items() if p != 10}
    assert set(scores) == {honest(number) for number in range(len(run.attacks) + 1)}


def test_the_gradebook_holds_everybody_and_the_points_of_the_course(run: Run) -> None:
    with Gradebook(f"sqlite:///{run.course}/gradebook.db") as gradebook:
        students = {student.id for student in gradebook.students}
        submissions = gradebook.assignment_submissions(run.assignment)
        maximum = {s.max_score for s in submissions}
        books = [book for s in submissions for book in s.notebooks]
        by_hand = {g.auto_score for b in books for g in b.grades if g.name == "in_words"}
    refused = {s for s, a in run.attacks.items() if isinstance(a.outcome, Refused)}
    assert students == {p.name for p in (run.course / "submitted").iterdir()} - refused
    assert maximum == {12}
    assert by_hand <= {0, None}, "nothing but a human gives points for a written answer"


def test_nothing_but_results_is_new_in_the_course(run: Run) -> None:
    assert {name: d for name, d in run.after.items() if name not in run.before}.keys() <= {
        "autograded",
        "feedback",
        ".course_secret",
    }
    assert {n: d for n, d in run.before.items() if run.after.get(n) != d} == {}
    kinds = {"".join(p.suffixes) for p in (run.course / "autograded").rglob("*") if p.is_file()}
    assert kinds <= {".ipynb", ".png", ".svg", ".txt"}


def test_nothing_is_left_behind(run: Run) -> None:
    assert run.orphans == []
    assert run.new_files == []


def test_no_secret_comes_out(run: Run) -> None:
    secrets = [*(c.encode() for c in CANARIES), (run.course / ".course_secret").read_bytes()[:64]]
    secrets += [b"SQLite format 3", b"import assert_gradient", b"root:x:0"]
    for top in ("autograded", "feedback"):
        for path in (run.course / top).rglob("*"):
            # The canary of the neighbour belongs on the neighbour's own page.
            if not path.is_file() or honest(0) in path.parts:
                continue
            data = path.read_bytes()
            data += b"".join(
                base64.b64decode(text + b"===")
                for text in re.findall(rb"[A-Za-z0-9+/]{40,}", data)
                if len(text) % 4 != 1
            )
            assert [s for s in secrets if s in data] == [], path


def test_formgraders_pages_run_nothing(
    run: Run, serve: Callable[[Path], AbstractContextManager[Any]]
) -> None:
    """Where an instructor grades by hand, and where formgrader lists students and their work."""
    with Gradebook(f"sqlite:///{run.course}/gradebook.db") as gradebook:
        book = (run.assignment, run.assignment)
        ids = {s.student.id: s.id for s in gradebook.notebook_submissions(*book)}
    shown = [honest(0), *(student for student in run.attacks if student in ids)]
    active: dict[str, list[set[str]]] = {}
    with serve(run.course) as server:
        for student in shown:
            name = urllib.parse.quote(student)
            written = json.dumps(student, ensure_ascii=False)
            pages = {
                f"submissions/{ids[student]}/?index=0": ids[student],
                f"manage_students/{name}": written,
                f"manage_students/{name}/{run.assignment}": written,
            }
            active[student] = [
                Page.of(server.ask(f"/formgrader/{path}").replace(own, '"its own"')).active
                for path, own in pages.items()
            ]
        lists = ["manage_students", f"manage_submissions/{run.assignment}", "gradebook"]
        lists += [f"gradebook/{run.assignment}", f"gradebook/{run.assignment}/{run.assignment}"]
        texts = [server.ask(f"/formgrader/{path}") for path in lists]
        table = server.ask(f"/formgrader/api/submitted_notebooks/{'/'.join(book)}")
    usual = active.pop(honest(0))
    assert all(usual), "the pages have scripts of nbgrader's own"
    more = {s: [a - b for a, b in zip(sets, usual, strict=True)] for s, sets in active.items()}
    assert {student: sets for student, sets in more.items() if any(sets)} == {}
    # Scripts fill in the lists, as text, from what formgrader answers.
    assert [(s, path) for s in shown for path, t in zip(lists, texts, strict=True) if s in t] == []
    assert json.loads(table)
    assert Page.of(table).active == set()


def test_sixty_attacks_do_not_make_the_grader_grow(run: Run) -> None:
    sizes = [size for _, size in sorted(run.memory.items())]
    # The first submissions fill caches.
    grown = (sizes[-1] - sizes[min(4, len(sizes) - 1)]) / max(1, len(run.attacks) / 60)
    assert grown < 50, {student: round(size) for student, size in sorted(run.memory.items())}


def test_loops_cost_their_limit_and_a_second(run: Run) -> None:
    loops = {"endless_loop", "endless_loop_in_c", "deaf_loop", "drips"}
    costs = {a.name: run.seconds[s] for s, a in run.attacks.items() if a.name in loops}
    usual = sorted(t for s, t in run.seconds.items() if s.endswith(HONEST))
    median = usual[len(usual) // 2]
    # While other tests keep the machine busy, everything takes longer, honest work too.
    allowed = LIMITS["call_seconds"] + 1 + 3 * median
    assert {n: c for n, c in costs.items() if c > allowed} == {}


def test_the_table_of_all_attacks(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("attack", "right outcome", "points", "seconds", "MB", title="Attacks")
    for student, attack in sorted(run.attacks.items()):
        graded = None if isinstance(attack.outcome, Refused) else run.graded(student)
        points = "-" if graded is None or graded.points is None else f"{graded.points:g}"
        seconds = f"{run.seconds.get(student, 0):.1f}"
        size = f"{run.memory.get(student, 0):.0f}"
        table.add_row(name_of(attack), str(attack.outcome), points, seconds, size)
    with capsys.disabled():
        Console(width=120).print("\n", table)
    assert table.row_count == len(run.attacks)


@pytest.mark.parametrize("assignment", ASSIGNMENTS[1:])
def test_attacks_on_the_other_exercises(course: Path, run: Run, assignment: str) -> None:
    attacks = [attack for attack in kit.find() if attack.name in ELSEWHERE]
    other = carry_out(course, assignment, attacks)
    for attack in attacks:
        check(other, attack)
    test_the_honest_keep_their_points(other)
    test_nothing_is_left_behind(other)


@pytest.fixture(scope="module")
def collected(course: Path, run: Run) -> tuple[Path, str]:
    """A course after `nbgrader zip_collect`, and what that printed. An honest archive is last."""
    other = course.parent / "collected"
    names = shutil.ignore_patterns("submitted", "autograded", "feedback")
    shutil.copytree(course, other, symlinks=True, ignore=names)
    folder = other / "downloaded" / "relu" / "archive"
    folder.mkdir(parents=True)
    released = nbformat.read(other / "release/relu/relu.ipynb", as_version=4)
    for attack in ARCHIVES:
        attack.hand_in(released, "relu", folder)
    with zipfile.ZipFile(folder / f"zz-{HONEST}.zip", "w") as archive:
        archive.writestr("relu.ipynb", kit.text(kit.answered(released, "relu")))
    before = contents(other)
    # It takes notebooks in folders of an archive, too.
    pattern = r".*/extracted/(?P<student_id>[^/]+)/(?:.*/)?(?P<file_id>[^/]+)\.ipynb"
    regexp = f"--FileNameCollectorPlugin.named_regexp={pattern}"
    said = finish(command(other, "zip_collect", "relu", regexp, "--strict"), 100)
    after = contents(other)
    new = {name.split("/")[0] for name, digest in after.items() if before.get(name) != digest}
    assert new <= {"submitted"}, "nothing else is written"
    return other, said


@pytest.mark.parametrize("attack", ARCHIVES, ids=name_of)
def test_archive(collected: tuple[Path, str], attack: Attack) -> None:
    course, said = collected
    assert isinstance(attack.outcome, kit.Collected)
    assert re.search(attack.outcome.says, said), said
    student = course / "submitted" / attack.name
    if attack.outcome.what == "right":
        assert kit.RIGHT.splitlines()[-1] in (student / "relu/relu.ipynb").read_text()
    elif attack.outcome.what == "refused":
        assert not student.exists()
    files = [path for path in student.rglob("*") if not path.is_dir()]
    assert {path.name for path in files} <= {"relu.ipynb", "timestamp.txt"}
    assert not any(path.is_symlink() for path in files)


def test_archives_harm_nobody(collected: tuple[Path, str]) -> None:
    course, said = collected
    assert (
        kit.RIGHT.splitlines()[-1]
        in (course / f"submitted/zz-{HONEST}/relu/relu.ipynb").read_text()
    ), said
    extracted = course / "downloaded" / "relu" / "extracted"
    found = [path for path in extracted.rglob("*") if not path.is_dir()]
    assert all(path.is_file() and not path.is_symlink() for path in found)
    assert sum(path.stat().st_size for path in found) < 100e6


def test_the_readme_lists_every_attack() -> None:
    text = (ROOT / "attacks" / "README.md").read_text(encoding="utf-8")
    assert kit.table() in text
    assert len(kit.find()) >= 60
