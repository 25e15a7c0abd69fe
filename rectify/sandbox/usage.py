"""What the processes of a sandbox use: memory, and time on a processor."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from rectify.sandbox import memory


def processes(pid: int) -> list[int]:
    """Return the ids of a process and of all that it has started, itself first."""
    found, todo = [], [pid]
    while todo:
        found.append(todo.pop())
        with suppress(OSError, ValueError):
            for task in Path(f"/proc/{found[-1]}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
    return found


def taken(pid: int) -> int:
    """Return the memory that a process and all that it has started take, in bytes."""
    total = 0
    for one in processes(pid):
        with suppress(OSError, ValueError, IndexError):
            total += memory.of(one)
    return total


def computed(pid: int, outer: int) -> tuple[float, bool]:
    """Return the processor time of all of them, in s, and whether a session wants more.

    The first `outer` processes are no session's: what they do meanwhile is not its work.
    """
    total, could_run = 0.0, False
    for index, one in enumerate(processes(pid)):
        with suppress(OSError, ValueError, IndexError):
            # proc(5): the name in brackets, the state, and from the 14th field on the times.
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
            could_run = could_run or (index >= outer and fields[0] == "R")
    return total, could_run
