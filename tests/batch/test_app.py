"""A class graded at once: the same grades as one by one, whatever is interrupted or dies."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbgrader.api import Gradebook, InvalidEntry
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import OperationalError

from attacks import kit
from rectify.batch.app import Batch, BatchApp
from rectify.cli import main
from rectify.plugins.gradebook import Recorder
from tests.fast_course import finish, make_course

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = {
    "right": kit.RIGHT,
    "wrong": kit.RIGHT.replace("min=0", "max=0"),
    "broken": "def oops(:",
    "loop": kit.RIGHT.replace(
        "def forward(self, tinput):", "def forward(self, tinput):\n        while True: pass"
    ),
}


def started(course: Path, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Start a Python module in a course folder."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))}
    return subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=course,
        env={**kept, "PYTHONWARNINGS": "ignore", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(course: Path, *arguments: str, code: int = 0) -> str:
    """Run a Python module in a course folder, and return what it says."""
    process = started(course, *arguments)
    said = finish(process, 300)
    assert process.returncode == code, said
    return said


def at_once(course: Path, *options: str, workers: int = 1, code: int = 0) -> str:
    """Grade a class; with one worker as a rule, because each takes seconds to start."""
    count = f"--workers={workers}"
    return run(course, "rectify", "autograde", "relu", count, *options, code=code)


def hand_in(course: Path, student: str, answer: str, when: str = "2026-01-02 00:00:00 UTC") -> None:
    released = nbformat.read(course / "release/relu/relu.ipynb", as_version=4)
    folder = course / "submitted" / student / "relu"
    folder.mkdir(parents=True, exist_ok=True)
    kit.write(folder, kit.answered(released, "relu", answer))
    (folder / "timestamp.txt").write_text(when)


@pytest.fixture(scope="module")
def new_course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a release, into which a class has handed in its work."""
    course = make_course(tmp_path_factory.mktemp("batch") / "course")
    run(course, "nbgrader", "generate_assignment", "relu")
    for number in range(12):
        kind = list(ANSWERS)[number % 3]
        hand_in(course, f"{number:02}-{kind}", ANSWERS[kind])
    hand_in(course, "late", ANSWERS["right"], "2026-03-01 00:00:00 UTC")
    hand_in(course, "loop", ANSWERS["loop"])
    untouched = course / "submitted" / "stub" / "relu"
    untouched.mkdir(parents=True)
    shutil.copy(course / "release/relu/relu.ipynb", untouched)
    for student, content in (("damaged", b"{"), ("missing", None)):
        folder = course / "submitted" / student / "relu"
        folder.mkdir(parents=True)
        if content:
            (folder / "relu.ipynb").write_bytes(content)
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        gradebook.update_or_create_assignment("relu", duedate="2026-02-01 00:00:00 UTC")
    (course / ".course_secret").write_text("1234\n")
    return course


@pytest.fixture
def course(new_course: Path, tmp_path: Path) -> Path:
    """A copy of that course, for one test."""
    return Path(shutil.copytree(new_course, tmp_path / "course", symlinks=True))


@pytest.fixture(scope="module")
def serial(new_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of that course, graded by nbgrader's own command."""
    copy = tmp_path_factory.mktemp("serial") / "course"
    shutil.copytree(new_course, copy, symlinks=True)
    run(copy, "nbgrader", "autograde", "relu", "--LateSubmissionPlugin.penalty_method=zero")
    return copy


LATE = "--LateSubmissionPlugin.penalty_method=zero"


def gradebook(course: Path, db_url: str = "") -> list[dict[str, Any]]:
    """Return all that a gradebook says of each submission."""
    with Gradebook(db_url or f"sqlite:///{course}/gradebook.db") as book:
        submissions = book.assignment_submissions("relu")
        return [
            {
                "student": submission.student.id,
                "timestamp": submission.timestamp,
                "penalty": notebook.late_submission_penalty,
                "grades": sorted(
                    (g.name, g.auto_score, g.manual_score, g.needs_manual_grade)
                    for g in notebook.grades
                ),
                "comments": sorted((c.name, c.auto_comment, c.comment) for c in notebook.comments),
            }
            for submission in sorted(submissions, key=lambda s: s.student.id)
            for notebook in submission.notebooks
        ]


def tree(course: Path) -> dict[str, tuple[str, str]]:
    """Return mode and content of all files that grading has made, but for how long it took."""
    found = {}
    for path in sorted((course / "autograded").rglob("*")):
        if path.is_file():
            content = path.read_bytes().decode("latin1")
            content = re.sub(r'"seconds": [\d.e-]+', '"seconds": 0', content)
            mode = f"{path.stat().st_mode:o}"
            found[str(path.relative_to(course))] = (mode, content)
    return found


def test_grades_comments_and_notebooks_are_those_of_grading_one_by_one(
    course: Path, serial: Path
) -> None:
    said = at_once(course, LATE, "--timings", "timings.json", workers=2)
    assert gradebook(course) == gradebook(serial)
    assert tree(course) == tree(serial)
    assert len(gradebook(course)) == 17
    assert re.search(r"full.*partial.*zero.*refused", said)
    assert "17 of 17 submissions" in said
    timings = json.loads((course / "timings.json").read_text())
    assert timings["submissions"] == 17
    assert set(timings) == {"submissions", "wall", "nbgrader", "waiting", "notebook", "suite"}


@pytest.mark.parametrize("named", [["relu"], ["--assignment=relu"]])
def test_an_assignment_is_named_as_for_nbgrader_from_anywhere(
    named: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    wanted = []
    monkeypatch.setattr(Batch, "start", lambda self: wanted.append(self.coursedir.assignment_id))
    monkeypatch.chdir(tmp_path)
    app = BatchApp()
    app.initialize([*named, f"--course-dir={ROOT}"])
    app.start()
    assert wanted == ["relu"]
    assert app.config.CourseDirectory.course_id == "rectify"
    assert "nbgrader_config.py" not in capfd.readouterr().err


@pytest.mark.parametrize("named", [[], ["relu", "--assignment=relu"], ["relu", "leaky_relu"]])
def test_no_or_two_assignments_are_refused(named: list[str]) -> None:
    app = BatchApp()
    app.initialize(named)
    with pytest.raises(SystemExit):
        app.start()


def test_an_assignment_with_two_notebooks_has_one_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / "source" / "pair").mkdir(parents=True, exist_ok=True)
        (tmp_path / "source" / "pair" / f"{name}.ipynb").touch()
    columns = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rectify.cli._grade", lambda root, found: columns.extend(found) or 0)
    assert main(["grade"]) == 0
    assert columns == ["pair"]


@pytest.mark.long
def test_only_what_is_new_is_graded(course: Path) -> None:
    at_once(course)
    before = tree(course)
    assert "There is nothing new to grade" in at_once(course)
    hand_in(course, "00-right", ANSWERS["wrong"], "2026-01-05 00:00:00 UTC")
    hand_in(course, "new", ANSWERS["right"])
    said = at_once(course)
    assert "2 of 2 submissions" in said
    changed = {name.split("/")[1] for name, now in tree(course).items() if before.get(name) != now}
    assert changed == {"00-right", "new"}
    assert "1 of 1 submissions" in at_once(course, "--student", "new", "--force")


@pytest.mark.long
def test_what_an_older_suite_has_graded_is_shown_and_graded_again_on_request(course: Path) -> None:
    at_once(course)
    suite = course / "test_exercise" / "hidden" / "test_relu.py"
    suite.write_text(suite.read_text() + "\n# Another version.\n")
    assert "There is nothing new to grade" in at_once(course)
    entries = report_entries(course)
    assert all(entry.stale for entry in entries)
    assert "17 of 17 submissions" in at_once(course, "--stale")
    assert not any(entry.stale for entry in report_entries(course))
    assert "There is nothing new to grade" in at_once(course, "--stale")


def report_entries(course: Path) -> list[Any]:
    from rectify import settings
    from rectify.batch import entries

    return entries.entries(settings.load(course), ["relu"])


@pytest.mark.long
def test_a_submission_that_fails_in_recording_leaves_no_half_of_a_grade(course: Path) -> None:
    """The other students' grades are there; the command says what is missing, and mends it."""
    at_once(course, "--student", "01-wrong")
    before = gradebook(course)
    blocked = course / "autograded" / "00-right"
    blocked.write_text("a file where a folder should be")
    said = at_once(course, code=1)
    assert "relu of 00-right could not be graded" in said
    assert "1 submissions could not be graded" in said
    now = gradebook(course)
    assert {row["student"] for row in now} == {p.name for p in (course / "submitted").iterdir()} - {
        "00-right"
    }
    assert [row for row in now if row["student"] == "01-wrong"] == before
    blocked.unlink()
    assert "1 of 1 submissions" in at_once(course)


def wait_for(condition: Callable[[], Any], seconds: float = 600) -> Any:
    """Wait until something is so, and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def recorded(course: Path) -> int:
    return len(list((course / "autograded").glob("*/relu")))


def descendants(pid: int) -> dict[int, str]:
    """Return the command lines of all processes that a process has started, by their ids."""
    found: dict[int, str] = {}
    todo = [pid]
    while todo:
        one = todo.pop()
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
            if one != pid:
                found[one] = Path(f"/proc/{one}/cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
    return found


@pytest.mark.long
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_run_loses_nothing(course: Path, serial: Path, how: signal.Signals) -> None:
    process = started(course, "rectify", "autograde", "relu", "--workers", "2", LATE)
    wait_for(lambda: recorded(course) >= 3)
    workers = descendants(process.pid)
    process.send_signal(how)
    said = finish(process, 60)
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert "the same command goes on" in said
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 30)
    done = {p: p.stat().st_mtime_ns for p in (course / "autograded").glob("*/relu/relu.ipynb")}
    assert 3 <= len(done) < 17
    at_once(course, LATE)
    assert {p: p.stat().st_mtime_ns for p in done} == done, "what was recorded is not done again"
    assert gradebook(course) == gradebook(serial)
    assert tree(course) == tree(serial)
    assert not list((course / "autograded").glob("*/.*"))


@pytest.mark.long
def test_an_interrupted_serial_run_loses_nothing_either(course: Path, serial: Path) -> None:
    """nbgrader would take a notebook that is only rebuilt for a graded one."""
    process = started(course, "nbgrader", "autograde", "relu", LATE)
    wait_for(lambda: recorded(course) >= 3)
    process.kill()
    finish(process, 60)
    run(course, "nbgrader", "autograde", "relu", LATE)
    assert gradebook(course) == gradebook(serial)
    assert tree(course) == tree(serial)


@pytest.mark.long
@pytest.mark.parametrize("victim", ["spawn_main", "zygote"])
def test_a_worker_or_a_sandbox_that_is_killed_costs_nobody_a_grade(
    course: Path, serial: Path, victim: str
) -> None:
    process = started(course, "rectify", "autograde", "relu", "--workers", "2", LATE)
    for count in (2, 6):
        wait_for(lambda count=count: recorded(course) >= count)
        victims = [pid for pid, line in descendants(process.pid).items() if victim in line]
        assert victims
        os.kill(victims[0], signal.SIGKILL)
    said = finish(process, 200)
    assert process.returncode == 0, said
    assert gradebook(course) == gradebook(serial)
    assert tree(course) == tree(serial)


KILLER = """
import os, signal
import rectify.batch.cluster
from rectify.notebook.task import perform


def killing(task):
    if b"KILL THE WORKER" in task.notebook:
        os.kill(os.getpid(), signal.SIGKILL)
    return perform(task)


rectify.batch.cluster.perform = killing
"""


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[str]:
    """The address of a Dask scheduler with two workers, which one submission can kill."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    (tmp_path / "killer.py").write_text(KILLER)
    (tmp_path / "elsewhere").mkdir()
    dask = ("distributed.cli.dask_scheduler", "distributed.cli.dask_worker")
    settings = {
        "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "2",
        # A worker that dies has one submission, so no other is suspected with it.
        "DASK_DISTRIBUTED__SCHEDULER__WORKER_SATURATION": "1.0",
    }
    host = address.removeprefix("tcp://").split(":")
    processes = [
        started(
            tmp_path / "elsewhere",
            dask[0],
            "--host",
            host[0],
            "--port",
            host[1],
            "--no-dashboard",
            **settings,
        )
    ]
    processes += [
        started(
            tmp_path / "elsewhere",
            *(dask[1], address, "--nthreads", "1", "--no-dashboard"),
            *("--preload", str(tmp_path / "killer.py")),
        )
        for _ in range(2)
    ]
    yield address
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.long
def test_a_cluster_grades_and_gives_up_what_kills_three_workers(
    course: Path, serial: Path, scheduler: str
) -> None:
    hand_in(course, "killer", "# KILL THE WORKER\n" + ANSWERS["right"])
    said = at_once(course, "--scheduler", scheduler, LATE, code=1)
    assert "relu of killer could not be graded" in said
    assert "died 3 times" in said
    assert gradebook(course) == gradebook(serial)
    assert tree(course) == tree(serial)


@pytest.mark.long
def test_workers_that_cannot_grade_are_named_before_anything_is_touched(course: Path) -> None:
    config = course / "nbgrader_config.py"
    config.write_text(config.read_text() + "\nc.Rectify.processes = 0\n")
    before = sorted(course.rglob("*"))
    said = at_once(course, code=1)
    assert "cannot grade" in said
    assert sorted(course.rglob("*")) == before


def test_a_transaction_is_recorded_as_a_whole_or_not_at_all(course: Path) -> None:
    url = f"sqlite:///{course}/gradebook.db"
    with closing(Recorder(url)) as recorder:
        with recorder.transaction(), Gradebook(url) as book:
            book.add_student("kept")
        with pytest.raises(InvalidEntry), recorder.transaction(), Gradebook(url) as book:
            [book.add_student(name) for name in ("lost", "kept")]
    with Gradebook(url) as book:
        assert {s.id for s in book.students} == {"kept"}


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an empty database of a PostgreSQL server that runs for these tests."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = tmp_path_factory.mktemp("postgresql")
    as_user: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        for parent in (folder, *folder.parents):
            if parent != Path("/") and parent.stat().st_uid == 0 and parent != Path("/tmp"):
                parent.chmod(0o755)
        shutil.chown(folder, "nobody")
        as_user = ["setpriv", "--reuid", "nobody", "--clear-groups"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    data = folder / "data"
    make = [*as_user, str(programs[-1]), "-D", str(data), "-U", "course", "--auth=trust"]
    subprocess.run(make, check=True, capture_output=True, cwd=folder)
    server = subprocess.Popen(
        [
            *as_user,
            str(programs[-1].with_name("postgres")),
            *("-D", str(data), "-p", str(port), "-k", str(folder), "-h", "127.0.0.1"),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"postgresql+psycopg://course@127.0.0.1:{port}/postgres"
    try:
        yield url
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


@pytest.mark.long
def test_a_postgresql_gradebook_holds_the_same(course: Path, serial: Path, postgresql: str) -> None:
    engine = create_engine(postgresql, poolclass=NullPool)

    def answers() -> bool:
        try:
            engine.connect().close()
        except OperationalError:
            return False
        return True

    wait_for(answers)
    db = f"--CourseDirectory.db_url={postgresql}"
    shutil.rmtree(course / "release")
    (course / "gradebook.db").unlink()
    run(course, "nbgrader", "generate_assignment", "relu", db)
    with Gradebook(postgresql) as book:
        book.update_or_create_assignment("relu", duedate="2026-02-01 00:00:00 UTC")
    at_once(course, LATE, db)
    assert gradebook(course, postgresql) == gradebook(serial)
    assert not (course / "gradebook.db").exists()


def unprivileged(course: Path, *arguments: str, code: int = 0) -> str:
    """Run a Python module as somebody for whom permissions hold: root may read everything."""
    own = ["-dac_override,-dac_read_search"]
    become = [
        "setpriv",
        *(f"--{kind}={caps}" for kind in ("bounding-set", "inh-caps") for caps in own),
    ]
    done = subprocess.run(
        [*(become if os.geteuid() == 0 else []), sys.executable, "-m", *arguments],
        cwd=course,
        env={k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return " ".join((done.stdout + done.stderr).split())


CLOSED = {
    "closed": "submitted/closed",
    "folder": "submitted/folder/relu",
    "file": "submitted/file/relu/relu.ipynb",
    "time": "submitted/time/relu/timestamp.txt",
}
"""What the grader may not open, by the student whose work it is."""


@pytest.mark.long
@pytest.mark.parametrize("command", ["rectify", "nbgrader"])
def test_what_the_grader_may_not_open_is_named_and_is_no_zero(course: Path, command: str) -> None:
    """Each by its path, with what mends it; all others are graded, and the same command goes on."""
    shutil.rmtree(course / "submitted")
    for student in ("open", *CLOSED):
        hand_in(course, student, ANSWERS["right"])
    for place in CLOSED.values():
        (course / place).chmod(0)
    options = ("--workers=1",) if command == "rectify" else ()
    grade = (command, "autograde", "relu", *options)
    try:
        said = unprivileged(course, *grade, code=1)
        for place in CLOSED.values():
            assert f"{course / place} cannot be read: Permission denied" in said
            assert f"(chmod -R u+rX '{course / place}')" in said
        assert "Traceback" not in said
        assert [row["student"] for row in gradebook(course)] == ["open"]
        alone = unprivileged(course, *grade, "--student=closed", code=1)
        assert (f"{course}/submitted/closed cannot be read" in alone) == (command == "rectify")
        said = unprivileged(course, "rectify", "grade", code=1)
        assert said.count("could not be graded") >= len(CLOSED)
        assert f"relu of closed: {course}/submitted/closed cannot be read" in said
    finally:
        for place in CLOSED.values():
            (course / place).chmod(0o755)
    unprivileged(course, *grade)
    assert {row["student"] for row in gradebook(course)} == {"open", *CLOSED}
    assert {grade[1] for row in gradebook(course) for grade in row["grades"][1:]} == {10}
