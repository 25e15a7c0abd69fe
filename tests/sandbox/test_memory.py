"""A machine that is short of memory costs nobody a point; a submission answers for its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rectify.batch import cluster
from rectify.batch.app import Batch
from rectify.faults import Crashed, GraderError, MachineShort, OutOfMemory
from rectify.limits import Limits
from rectify.sandbox import memory
from rectify.sandbox import process as sandbox_module
from rectify.sandbox.process import Sandbox
from tests.sandbox.test_process import run

Tell = Callable[..., None]
GB = 2**20
"""A gigabyte in the unit of /proc/meminfo."""


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tell:
    """Say what the kernel's files say, in KiB: what is left, and what there is."""
    meminfo = tmp_path / "meminfo"
    monkeypatch.setattr(memory, "MEMINFO", meminfo)
    monkeypatch.setattr(memory, "CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(memory, "CGROUPS", tmp_path / "groups")
    monkeypatch.setattr(memory, "_patience", memory.PATIENCE)
    monkeypatch.setattr(memory.time, "sleep", lambda seconds: None)

    def tell(available: int, total: int = 512 * GB) -> None:
        lines = {"MemTotal": total, "MemAvailable": available, "CommitLimit": total}
        text = "".join(f"{name}: {size} kB\n" for name, size in lines.items())
        meminfo.write_text(f"{text}Committed_AS: {total - available // 2} kB\n")

    tell(22 * GB)
    return tell


def test_a_large_machine_of_which_little_is_left_is_not_short(tell: Tell) -> None:
    tell(22 * GB, 512 * GB)
    assert memory.shortage(2**31) == ""


def test_a_session_on_it_that_takes_longer_is_not_to_blame(tell: Tell, sandbox: Sandbox) -> None:
    assert run(sandbox, "import time; time.sleep(0.7); 'right'") == "'right'"


def test_a_shortage_says_what_is_left_and_what_is_needed(tell: Tell) -> None:
    tell(300 * 1024)
    assert memory.shortage() == (
        "The machine is short of memory: 300 of 524288 MB are left, and grading needs 512 MB."
    )


def test_a_machine_that_promises_no_more_than_it_has_is_short_by_its_promises(
    tell: Tell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = tmp_path / "overcommit"
    strict.write_text("2\n")
    monkeypatch.setattr(memory, "OVERCOMMIT", strict)
    tell(GB)
    assert memory.shortage() == ""
    tell(GB // 2 + 1)
    assert "promises no more than it has" in memory.shortage()


@pytest.mark.parametrize(
    ("line", "folder", "names"),
    [
        ("0::/job/7", "job/7", ("memory.max", "memory.current", "inactive_file")),
        ("0::/on/the/host", "", ("memory.max", "memory.current", "inactive_file")),
        (
            "4:cpu,memory:/job",
            "memory",
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ),
    ],
)
def test_the_limit_of_a_control_group_counts(
    tell: Tell, tmp_path: Path, line: str, folder: str, names: tuple[str, str, str]
) -> None:
    group = tmp_path / "groups" / folder
    group.mkdir(parents=True)
    (tmp_path / "cgroup").write_text(f"9:name=systemd:/\n{line}\n")
    limit, used, kept = names
    (group / limit).write_text(f"{4 * 2**30}\n")
    (group / used).write_text(f"{4 * 2**30 - 2**20}\n")
    (group / "memory.stat").write_text(f"anon 1\n{kept} 0\n")
    assert memory.shortage().startswith(f"The control group {group} is short of memory: 1 of 4096")
    (group / "memory.stat").write_text(f"anon 1\n{kept} {2**30}\n")
    assert memory.shortage() == ""
    (group / limit).write_text("max\n")
    assert memory.shortage() == ""


def test_a_short_machine_does_not_start_and_says_why(tell: Tell) -> None:
    tell(100 * 1024)
    with pytest.raises(MachineShort, match=r"short of memory: 100 of .* Nothing was graded\. End"):
        Sandbox().start()


def test_what_runs_when_the_machine_gets_short_is_not_to_blame(
    tell: Tell, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox.start()
    said = iter(["", "", "The machine is short of memory."])
    monkeypatch.setattr(memory, "shortage", lambda needed=0: next(said))
    with pytest.raises(MachineShort, match=r"short of memory\. What was being graded takes \d+ MB"):
        run(sandbox, "import time; time.sleep(10)")


FILES = (
    "import os, time\n"
    "for number in range(60_000): os.close(os.open(f'/tmp/{number}', os.O_CREAT))\n"
    "time.sleep(20)"
)
SOCKETS = (
    "import os, socket, time\n"
    "kept = []\n"
    "for _ in range(8):\n"
    "    if os.fork() == 0: break\n"
    "try:\n"
    "    while True:\n"
    "        one, other = socket.socketpair()\n"
    "        one.setblocking(False)\n"
    "        kept.append(other)\n"
    "        try:\n"
    "            while True: one.send(bytes(2**16))\n"
    "        except BlockingIOError: one.close()\n"
    "except OSError: time.sleep(20)\n"
)
CONTENT = "open('/dev/shm/a', 'wb').write(bytes(60 * 2**20)); import time; time.sleep(20)"


@pytest.mark.parametrize("code", [FILES, SOCKETS, CONTENT], ids=["files", "sockets", "content"])
def test_what_the_kernel_keeps_for_a_submission_counts_as_its_own(code: str) -> None:
    """Nothing of it is the memory of a process. The pairs' senders are closed, as well.

    Few processes: the self-test makes as many as it can, and each takes some memory.
    """
    with (
        Sandbox(limits=Limits(memory_mb=40, processes=12)) as small,
        pytest.raises(OutOfMemory, match="40 MB"),
    ):
        run(small, code, seconds=20)


def test_a_session_that_the_system_has_ended_for_memory_is_not_to_blame(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    with pytest.raises(Crashed):
        run(sandbox, ended)
    counts = iter([3, 4])
    monkeypatch.setattr(memory, "killed", lambda: next(counts))
    with pytest.raises(MachineShort, match="no memory left, and the system ended processes"):
        run(sandbox, ended)


@pytest.mark.parametrize("files", [{}, {"helper.py": b"x = 1"}], ids=["alone", "with-files"])
@pytest.mark.parametrize("isolation", ["bubblewrap", "none"])
def test_a_session_that_could_not_begin_is_not_to_blame(
    monkeypatch: pytest.MonkeyPatch, isolation: str, files: dict[str, bytes]
) -> None:
    """As when the machine has no room for another process. Nor are files that it was to have."""
    refuse = "import os\ndef refuse(): raise BlockingIOError(11, 'no more')\nos.fork = refuse\n"
    monkeypatch.setattr("rectify.sandbox.process._RUN", refuse + sandbox_module._RUN)
    with Sandbox(isolation) as other:
        other.files = files
        with pytest.raises(MachineShort, match="could not start another process"):
            run(other, "1")


def test_a_submission_is_tried_again_when_there_is_memory(tell: Tell) -> None:
    tried: list[str] = []
    waits: list[float] = []

    def attempt() -> str:
        tried.append("")
        if len(tried) == 1:
            tell(100 * 1024)
            raise MachineShort("short")
        return "graded"

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        assert len(tried) == 1, "nothing is graded until then"
        if len(waits) == 5:
            tell(22 * GB)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory.time, "sleep", sleep)
        assert memory.persist(attempt, 2**30) == "graded"
    assert len(waits) == 5


def test_what_is_tried_in_vain_is_reported_and_a_class_does_not_wait_for_ever(tell: Tell) -> None:
    tell(100 * 1024)
    tried: list[int] = []
    waits: list[float] = []

    def attempt() -> None:
        tried.append(1)
        raise MachineShort("short")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory.time, "sleep", waits.append)
        for _ in range(50):
            with pytest.raises(MachineShort):
                memory.persist(attempt, 0)
    assert len(tried) == 50 * memory.TRIES
    assert len(waits) == memory.PATIENCE


class Pool:
    """Workers on a machine that is short so many times."""

    def __init__(self, short: int) -> None:
        self.short = short
        self.order: list[str] = []
        self._queue: list[str] = []

    def __len__(self) -> int:
        return 1

    @property
    def waiting(self) -> int:
        return len(self._queue)

    def submit(self, name: str, tasks: list[object]) -> None:
        self._queue.append(name)

    def next(self) -> tuple[str, list[object] | GraderError]:
        name = self._queue.pop(0)
        self.order.append(name)
        if name == "a" and self.short:
            self.short -= 1
            return name, MachineShort("short")
        return name, []


@pytest.mark.parametrize(
    ("short", "order", "refused"),
    [(1, ["a", "b", "a"], []), (9, ["a", "b", "a", "a"], ["a"])],
)
def test_a_class_puts_back_what_a_short_machine_has_stopped(
    monkeypatch: pytest.MonkeyPatch, short: int, order: list[str], refused: list[str]
) -> None:
    from collections import defaultdict

    batch = Batch.__new__(Batch)
    batch._again, batch._tries = {}, defaultdict(int)
    batch._seconds = defaultdict(float)
    failed: list[str] = []
    monkeypatch.setattr(Batch, "_sanitize", lambda self, folder: [])
    monkeypatch.setattr(Batch, "_fail", lambda self, folder, error: failed.append(folder))
    monkeypatch.setattr(Batch, "_record", lambda self, folder, graded: "full")
    batch.report = type("Report", (), {"add": lambda self, kind: None})()
    pool = Pool(short)
    batch._grade(["a", "b"], pool)  # type: ignore[arg-type]
    assert pool.order == order
    assert failed == refused


def test_a_worker_waits_for_memory_before_it_gives_a_submission_back(
    tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Task:
        limits = Limits()

    waited: list[int] = []

    def perform(task: object) -> None:
        raise MachineShort("short")

    monkeypatch.setattr(cluster, "perform", perform)
    monkeypatch.setattr(memory, "outlast", waited.append)
    with pytest.raises(MachineShort, match="short"):
        cluster.grade([Task()], cluster.program())  # type: ignore[list-item]
    assert waited == [Limits().memory_mb * 2**20]
