"""What memory processes take, and what the machine has left.

A submission answers for what it takes itself. Where the machine has too little left for other
reasons, nothing is graded until it has enough.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from rectify.faults import MachineShort

MEMINFO = Path("/proc/meminfo")
OVERCOMMIT = Path("/proc/sys/vm/overcommit_memory")
CGROUP = Path("/proc/self/cgroup")
CGROUPS = Path("/sys/fs/cgroup")
"""Where the kernel says what it has. Tests put files of their own here."""

RESERVE = 512 * 2**20
"""What is left to the machine, in bytes; a twentieth of its memory, where that is less."""

WARM = 400 * 2**20
"""What a warm process takes while it starts, in bytes."""

TRIES = 3
"""How often a submission is tried when the machine is short meanwhile."""

PATIENCE = 120.0
"""How long this process waits, in s, until the machine has memory. Once that is used up, it waits
no more until memory has come back: a class is not kept waiting for ever."""

_Result = TypeVar("_Result")
_patience = PATIENCE


def shortage(needed: int = 0) -> str:
    """Say that the machine has less memory left than `needed` bytes and the reserve, if so."""
    for available, total, where in _pools():
        if available < needed + min(RESERVE, total // 20):
            return (
                f"{where} is short of memory: {_mb(available)} of {_mb(total)} MB are left, and "
                f"grading needs {_mb(needed + min(RESERVE, total // 20))} MB."
            )
    return ""


def summary() -> str:
    """Say what is left of each store of memory."""
    return "; ".join(f"{where}: {_mb(a)} of {_mb(t)} MB left" for a, t, where in _pools())


def check(needed: int = 0) -> None:
    """Raise MachineShort when the machine has too little memory left to begin."""
    if what := shortage(needed):
        raise MachineShort(
            f"{what} Nothing was graded. End what takes the memory, or grade on another machine, "
            "and run the same command again."
        )


def persist(attempt: Callable[[], _Result], needed: int) -> _Result:
    """Return what `attempt` returns; try it again, after a wait, when the machine was short."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except MachineShort:
            outlast(needed)
    return attempt()


def outlast(needed: int) -> None:
    """Wait until the machine has memory again, though not for ever."""
    global _patience
    while short := shortage(needed):
        if _patience <= 0:
            break
        time.sleep(1)
        _patience -= 1
    if not short:
        _patience = PATIENCE


def of(pid: int) -> int:
    """Return the memory of a process in bytes: its share of what it shares, where readable.

    What has been moved to the disk counts, and what the kernel keeps to find the pages.
    """
    return _resident(pid) + _fields(Path(f"/proc/{pid}/status"), "VmPTE:")


def killed() -> int:
    """Return how many processes the kernel has ended because memory had run out."""
    with suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def _resident(pid: int) -> int:
    try:
        return _fields(Path(f"/proc/{pid}/smaps_rollup"), "Pss:", "SwapPss:")
    except OSError:
        # The warm process lets nobody but root look; all that it has mapped counts instead.
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") + _fields(Path(f"/proc/{pid}/status"), "VmSwap:")


def _fields(path: Path, *names: str) -> int:
    """Return the sum of fields of a file of the kernel, which gives them in KiB, in bytes."""
    lines = [line.split() for line in path.read_text().splitlines()]
    return 1024 * sum(int(fields[1]) for fields in lines if fields and fields[0] in names)


def _pools() -> Iterator[tuple[int, int, str]]:
    """Return what is left, and what there is, of each store that a process here can use up."""
    total = _fields(MEMINFO, "MemTotal:")
    yield _fields(MEMINFO, "MemAvailable:"), total, "The machine"
    if OVERCOMMIT.read_text().strip() == "2":
        limit = _fields(MEMINFO, "CommitLimit:")
        left = limit - _fields(MEMINFO, "Committed_AS:")
        yield left, limit, "The machine, which promises no more than it has,"
    for folder, names in _groups():
        with suppress(OSError, ValueError):
            limit, used = (int((folder / name).read_text()) for name in names[:2])
            if limit < total:
                lines = (folder / "memory.stat").read_text().splitlines()
                stat = dict(line.split() for line in lines)
                # What is only kept from files goes when somebody else needs the room.
                yield limit - used + int(stat[names[2]]), limit, f"The control group {folder}"


def _groups() -> Iterator[tuple[Path, tuple[str, str, str]]]:
    """Return the control groups of this process that can limit memory, and their files' names."""
    with suppress(OSError):
        for line in CGROUP.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if not controllers:
                root, names = CGROUPS, ("memory.max", "memory.current", "inactive_file")
            elif "memory" in controllers.split(","):
                root = CGROUPS / "memory"
                names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            else:
                continue
            inside = Path(path.lstrip("/"))
            # In a container the path may be that of the host; then the root is the container's.
            for part in dict.fromkeys((inside, *inside.parents)):
                yield root / part, names


def _mb(size: int) -> int:
    return max(size, 0) // 2**20
