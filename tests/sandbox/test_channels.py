"""Nothing gets from one sandbox to another: neither hidden inputs nor other students' work.

Two sandboxes run side by side, as two workers have them. In one of them an answer is called with a
hidden input and sends it, a bit in each slot of time; in the other, cells of another student look
for it. Each channel of attacks/channels/ must be closed, and open where the part of the
sandbox that closes it is taken out: so the test would notice.
"""

from __future__ import annotations

import ctypes
import json
import os
import platform
import re
import shutil
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from attacks import kit
from attacks.kit import Channel, Lifted
from rectify.faults import GraderError
from rectify.limits import Limits
from rectify.sandbox import bubblewrap
from rectify.sandbox.process import Sandbox
from rectify.suites.student import Allowance, Raised, Student
from rectify.worker import landlock, seccomp

SECRET = 0b10110010
"""A byte of a hidden input. Noise does not look like it."""

COMMON = """
import os
import time

SHARED = os.path.join(os.path.dirname(os.__file__), "pydoc_data", "topics.py")
PORT = 28533
SLOT = 0.1
SECONDS = {seconds}
"""

SENDER = """
from torch import nn

class Sender(nn.Module):
    def forward(self, x):
        secret = int(x)
        end = time.time() + SECONDS
        while time.time() < end:
            (on if secret >> int(time.time() / SLOT) % 8 & 1 else off)()
            time.sleep(0.004)
        off()
        return x
"""

RECEIVER = """
slots = {}
end = time.time() + SECONDS
while time.time() < end:
    at = time.time() / SLOT
    noticed = seen()
    if 0.3 < at % 1 < 0.95:
        slots.setdefault(int(at), []).append(noticed)
    time.sleep(0.004)
for cycle in sorted({slot // 8 for slot in slots}):
    bits = [slots.get(8 * cycle + bit) for bit in range(8)]
    if None not in bits:
        # Who waits for a moment misses some, and a page stays in memory now and then.
        print("byte", sum((sum(bit) > len(bit) / 3) << i for i, bit in enumerate(bits)))
print("noticed", sum(map(sum, slots.values())))
"""

LIMITS = Limits(call_seconds=10, cell_seconds=15)


class Heard(NamedTuple):
    """How often a cell noticed anything, and the bytes that it made of it."""

    noticed: int
    made_out: list[int]


def heard(channel: Channel, ours: Sandbox, theirs: Sandbox, seconds: float) -> Heard:
    """Return what a cell in `theirs` heard while an answer in `ours` was sending."""
    common = COMMON.format(seconds=seconds)
    cell = common + channel.receives + RECEIVER
    with ours.session("calls") as call, theirs.session("cells") as cells:
        student = Student(call, LIMITS.call_seconds, Allowance(20))
        with ThreadPoolExecutor(1) as beside:
            receiving = beside.submit(cells.ask, {}, cell.encode(), seconds=15)
            # Whatever is refused ends the sending.
            with suppress(Raised):
                student.load(common + channel.sends + SENDER, "Sender", 10)
                student.new()(torch.tensor(float(SECRET)))
        outputs = json.loads(receiving.result().payload)
    text = "".join(str(output.get("text", "")) for output in outputs)
    noticed = sum(map(int, re.findall(r"noticed (\d+)", text)))
    return Heard(noticed, [int(number) for number in re.findall(r"byte (\d+)", text)])


def take_out(parts: list[Lifted], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have sandboxes started without parts of what closes them."""
    package = folder / "rectify"
    shutil.copytree(bubblewrap.WORKER, package / "worker")
    (package / "__init__.py").touch()
    calls = sorted({call for lifted in parts for call in lifted.calls})
    rules = sorted({rule for lifted in parts for rule in lifted.rules})
    namespaces = {option for lifted in parts for option in lifted.namespaces}
    with (package / "worker" / "seccomp.py").open("a") as file:
        file.write("".join(f"\nREFUSED.pop({name!r})" for name in calls))
        file.write("\nfrom dataclasses import replace\n")
        for name in rules:
            file.write(
                f"RULES[{name!r}] = "
                f"replace(RULES[{name!r}], values=(), listed=False, pretend=False)\n"
            )
    if any(lifted.landlock for lifted in parts):
        with (package / "worker" / "landlock.py").open("a") as file:
            file.write("\n\ndef refuse() -> None:\n    pass\n")
    whole = bubblewrap.command

    def opened(size: int) -> list[str]:
        return [option for option in whole(size) if option not in namespaces]

    monkeypatch.setattr(bubblewrap, "_worker", lambda: package)
    monkeypatch.setattr(bubblewrap, "command", opened)


@pytest.fixture(scope="module")
def pair() -> Iterator[tuple[Sandbox, Sandbox]]:
    with Sandbox(limits=LIMITS) as ours, Sandbox(limits=LIMITS) as theirs:
        yield ours, theirs


@pytest.fixture(scope="class")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Sandbox]]:
    """Two sandboxes without all that closes the channels."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        parts = [channel.lifted for channel in kit.channels()]
        take_out(parts, tmp_path_factory.mktemp("opened"), monkeypatch)
        monkeypatch.setattr(Sandbox, "_prove", lambda _: None)
        with Sandbox(limits=LIMITS) as ours, Sandbox(limits=LIMITS) as theirs:
            ours.start()
            theirs.start()
            yield ours, theirs


def name_of(channel: Channel) -> str:
    return channel.name


@pytest.mark.long
@pytest.mark.parametrize("channel", kit.channels(), ids=name_of)
def test_nothing_arrives(channel: Channel, pair: tuple[Sandbox, Sandbox]) -> None:
    if channel.lifted.landlock and not landlock.available():
        pytest.skip("this kernel has no Landlock; docs/sandbox.md says what that leaves open")
    assert heard(channel, *pair, seconds=2).noticed == 0


@pytest.mark.long
class TestWithoutWhatClosesIt:
    """A class, so that the sandboxes without it are gone when other tests begin."""

    @pytest.mark.parametrize("channel", kit.channels(), ids=name_of)
    def test_it_arrives(self, channel: Channel, opened: tuple[Sandbox, Sandbox]) -> None:
        lifted = channel.lifted
        apart = lifted.apart or (lifted.apart_as_root if os.geteuid() == 0 else "")
        found = heard(channel, *opened, seconds=4).made_out
        assert (SECRET in found) is not bool(apart), found


@pytest.mark.long
@pytest.mark.parametrize(
    ("lifted", "named"),
    [
        (Lifted(calls=("flock",)), "flock, locks_seen, flock_felt_outside"),
        (Lifted(rules=("fcntl",)), "record_lock, open_file_lock, notice"),
        (Lifted(calls=("inotify_init1",)), "inotify"),
        (Lifted(calls=("fadvise64",)), "page_cache"),
        (Lifted(calls=("sendmsg",)), "descriptors_in_flight"),
        (Lifted(rules=("socket",)), "inet_socket"),
        (Lifted(rules=("futex",)), "futex"),
        (Lifted(rules=("utimensat",)), "devices_writable"),
        (Lifted(landlock=True), "counters"),
    ],
    ids=str,
)
def test_a_sandbox_with_an_open_channel_is_refused(
    lifted: Lifted, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The self-test looks from both sides, and does not believe the list of calls."""
    if lifted.landlock and not landlock.available():
        pytest.skip("this kernel has no Landlock; docs/sandbox.md says what that leaves open")
    take_out([lifted], tmp_path, monkeypatch)
    with pytest.raises(GraderError, match="does not hold on this machine") as refused:
        Sandbox().start()
    assert [one for one in named.split(", ") if one not in str(refused.value)] == []


CALLS = """
import ctypes, errno, json

libc = ctypes.CDLL(None, use_errno=True)
for number, arguments in {calls}:
    result = libc.syscall(number, *map(ctypes.c_long, arguments))
    print(result, errno.errorcode.get(ctypes.get_errno()) if result < 0 else None)
"""


def outcomes(sandbox: Sandbox, calls: list[tuple[int, list[int]]]) -> list[str]:
    """Return what the calls of numbers with arguments gave inside the sandbox."""
    with sandbox.session("cells") as session:
        source = CALLS.format(calls=calls)
        outputs = json.loads(session.ask({}, source.encode(), seconds=15).payload)
    return "".join(str(output["text"]) for output in outputs).splitlines()


COLUMN = int(platform.machine() == "aarch64")


def test_each_refused_call_is_refused(sandbox: Sandbox) -> None:
    numbers = {name: columns[COLUMN] for name, columns in seccomp.REFUSED.items()}
    known = [(name, number) for name, number in numbers.items() if number is not None]
    found = outcomes(sandbox, [(number, [0] * 6) for _, number in known])
    assert dict(zip(known, found, strict=True)) == dict.fromkeys(known, "-1 EPERM")


NOBODY = 99_999
"""No descriptor that is open: a call on it fails by itself where it is let through."""


@pytest.mark.parametrize(
    ("rule", "arguments", "outcome"),
    [
        ("prlimit64", [1, 7, 0, 0], "-1 EPERM"),
        ("prlimit64", [0, 7, 0, 0], "0 None"),
        ("clone", [0x10000011, 0], "-1 EPERM"),
        ("socket", [2, 1, 0], "-1 EPERM"),
        ("socket", [10, 1, 0], "-1 EPERM"),
        ("socket", [16, 3, 0], "-1 EPERM"),
        ("socket", [17, 3, 0], "-1 EPERM"),
        ("socket", [38, 5, 0], "-1 EPERM"),
        ("socket", [40, 1, 0], "-1 EPERM"),
        ("socketpair", [40, 1, 0, 0], "-1 EPERM"),
        *(("fcntl", [NOBODY, command, 0], "-1 EPERM") for command in (5, 6, 7, 36, 37, 38)),
        *(("fcntl", [NOBODY, command, 0], "-1 EPERM") for command in (1024, 1026, 1031, 1033)),
        *(("fcntl", [NOBODY, command, 0], "-1 EBADF") for command in (0, 1, 2, 3, 4, 1030)),
        ("ioctl", [NOBODY, 0x6600, 0], "-1 EPERM"),
        ("ioctl", [NOBODY, 0x5413, 0], "-1 EBADF"),
        *(("madvise", [0, 0, advice], "-1 EPERM") for advice in (12, 20, 21, 25)),
        ("madvise", [0, 0, 4], "0 None"),
        ("preadv2", [NOBODY, 0, 0, 0, 0, 8], "-1 EPERM"),
        ("preadv2", [NOBODY, 0, 0, 0, 0, 0], "-1 EBADF"),
        ("futex", [0, 0, 0, 0, 0, 0], "-1 EAGAIN"),
        ("futex", [0, 9, 0, 0, 0, 0], "-1 EAGAIN"),
        ("futex", [0, 128, 0, 0, 0, 0], "-1 EFAULT"),
    ],
)
def test_other_calls_are_refused_by_their_arguments(
    sandbox: Sandbox, rule: str, arguments: list[int], outcome: str
) -> None:
    number = seccomp.RULES[rule].numbers[COLUMN]
    assert outcomes(sandbox, [(number, arguments)]) == [outcome]


def test_the_numbers_are_those_of_the_kernel() -> None:
    """As libseccomp has them, for both kinds of processors."""
    library = ctypes.CDLL("libseccomp.so.2")
    tables: dict[str, tuple[Any, ...]] = {**seccomp.REFUSED}
    tables |= {name: rule.numbers for name, rule in seccomp.RULES.items()}
    tables["clone3"] = (seccomp._CLONE3, seccomp._CLONE3)
    resolve = library.seccomp_syscall_resolve_name_arch
    for column, architecture in enumerate((0xC000003E, 0xC00000B7)):
        ours = {name: numbers[column] for name, numbers in tables.items()}
        theirs = {name: resolve(architecture, name.encode()) for name in ours}
        # A library that is older than a call does not know it; others are below zero where absent.
        known = {
            name: number if number >= 0 else None for name, number in theirs.items() if number != -1
        }
        assert {name: ours[name] for name in known} == known
        assert len(known) > 60


ORDINARY = {
    "files": """
        import pathlib, shutil, tempfile
        with tempfile.TemporaryDirectory() as folder:
            one = pathlib.Path(folder, "one.txt")
            one.write_text("text")
            shutil.copy2(one, folder + "/two.txt")
            pathlib.Path(folder, "three.txt").touch()
            print(len(list(pathlib.Path(folder).iterdir())), tempfile.TemporaryFile().read())
        """,
    "programs": """
        import subprocess, sys
        program = [sys.executable, "-c", "print(6 * 7)"]
        print(subprocess.run(program, capture_output=True, text=True).stdout.strip())
        """,
    "threads_and_processes": """
        import concurrent.futures, multiprocessing, threading
        thread = threading.Thread(target=print, args=("thread",))
        thread.start()
        thread.join()
        with multiprocessing.get_context("fork").Pool(2) as pool:
            print(pool.map(abs, [-1, -2]))
        """,
    "asyncio": """
        import asyncio
        async def main():
            await asyncio.sleep(0.01)
            return "slept"
        print(await main())
        """,
    "torch": """
        import io, torch
        from torch.utils.data import DataLoader, TensorDataset
        data = TensorDataset(torch.arange(8.0))
        loader = DataLoader(data, batch_size=4, num_workers=1)
        print(sum(float(x.sum()) for x, in loader))
        torch.save({"x": torch.ones(3)}, "x.pt")
        print(torch.load("x.pt")["x"].sum().item())
        """,
    "figures": """
        import io, matplotlib.pyplot as plt
        plt.plot([1, 2])
        plt.savefig("figure.png")
        plt.close()
        import os
        print(os.path.getsize("figure.png") > 1000)
        """,
    "databases_in_memory": """
        import sqlite3
        print(sqlite3.connect(":memory:").execute("select 1").fetchall())
        """,
    "databases_in_files_without_locks": """
        import sqlite3
        with sqlite3.connect("file:data.db?nolock=1", uri=True) as database:
            database.execute("create table t (x)")
        database = sqlite3.connect("file:data.db?nolock=1", uri=True)
        print(database.execute("select * from t").fetchall())
        """,
}
"""What answers and lessons do."""


@pytest.mark.parametrize("what", ORDINARY)
def test_what_answers_need_works(sandbox: Sandbox, what: str) -> None:
    cell = textwrap.dedent(ORDINARY[what])
    with sandbox.session("cells") as session:
        outputs = json.loads(session.ask({}, cell.encode(), seconds=30).payload)
    errors = [output for output in outputs if output["output_type"] == "error"]
    assert not errors
    assert any(output["output_type"] == "stream" for output in outputs)


def test_the_readme_of_attacks_lists_every_channel(root: Path) -> None:
    text = (root / "attacks" / "README.md").read_text(encoding="utf-8")
    assert all(channel.row in text for channel in kit.channels())
