"""A class run of which something is killed at fifty random moments grades everybody the same.

`RECTIFY_SEED` chooses the delays and the kinds of another run again; each run prints its own.
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.batch.test_app import (
    LATE,
    descendants,
    gradebook,
    new_course,
    serial,
    started,
    tree,
    wait_for,
)
from tests.fast_course import finish

__all__ = ["new_course", "serial"]

pytestmark = pytest.mark.long

KILLS = 50

KINDS = {"coordinator": 20.0, "worker": 8.0, "sandbox": 4.0, "warm process": 4.0, "session": 1.0}
"""What is killed, and the seconds within which that happens once there is one of it."""


def victims(coordinator: int) -> dict[str, list[int]]:
    """Return the processes of a run that can be killed now, by their kind."""
    lines = descendants(coordinator)
    found: dict[str, list[int]] = {kind: [] for kind in KINDS}
    found["coordinator"] = [coordinator]
    for pid, line in sorted(lines.items()):
        if _is_bubblewrap(line):
            found["sandbox"].append(pid)
        elif "zygote" in line:
            # A session is a fork of the warm process, which bubblewrap has started.
            is_warm = _is_bubblewrap(lines.get(_parent(pid), ""))
            found["warm process" if is_warm else "session"].append(pid)
        elif "spawn_main" in line:
            found["worker"].append(pid)
    return found


def _is_bubblewrap(line: str) -> bool:
    return line.partition(" ")[0].endswith("bwrap")


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def begin(course: Path, temporary: Path) -> subprocess.Popen[str]:
    """Start a class run that keeps its temporary files in a folder."""
    options = ("--workers=2", LATE)
    return started(course, "rectify", "autograde", "relu", *options, TMPDIR=str(temporary))


def test_fifty_kills_cost_nobody_a_grade_and_leave_nothing_behind(
    new_course: Path,
    serial: Path,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    seed = os.environ.get("RECTIFY_SEED") or secrets.token_hex(4)
    chance = random.Random(seed)
    killed: Counter[str] = Counter()
    runs = classes = 0
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    began = time.monotonic()
    while killed.total() < KILLS:
        classes += 1
        course = tmp_path / f"class-{classes}"
        shutil.copytree(new_course, course, symlinks=True)
        whole = False
        while not whole:
            runs += 1
            process = begin(course, temporary)
            ours: set[int] = set()
            while killed.total() < KILLS and process.poll() is None:
                kind = chance.choice(list(KINDS))
                while not victims(process.pid)[kind] and process.poll() is None:
                    time.sleep(0.02)
                time.sleep(chance.uniform(0, KINDS[kind]))
                found = victims(process.pid)
                ours.update(pid for pids in found.values() for pid in pids)
                if process.poll() is None and found[kind]:
                    with suppress(ProcessLookupError):
                        os.kill(chance.choice(found[kind]), signal.SIGKILL)
                        killed[kind] += 1
            said = finish(process, 300)
            wait_for(lambda ours=ours: not any(Path(f"/proc/{pid}").exists() for pid in ours), 60)
            # 1 is for a submission whose worker died three times: the same command goes on.
            assert process.returncode in (0, 1, -signal.SIGKILL), (seed, said)
            whole = process.returncode == 0
        assert gradebook(course) == gradebook(serial), seed
        assert tree(course) == tree(serial), seed
        assert not list((course / "autograded").rglob(".*")), seed
    # What was killed in the last run has no later one to clear up after it.
    finish(begin(course, temporary), 300)
    assert [path.name for path in temporary.iterdir()] == [], seed
    record_property(
        "figure",
        f"{KILLS} kills in {runs} runs of {classes} classes, {time.monotonic() - began:.0f} s: "
        f"{dict(killed)}; RECTIFY_SEED={seed}",
    )
