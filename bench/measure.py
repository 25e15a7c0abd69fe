"""Measures whole process trees: time, processor time, memory."""

from __future__ import annotations

import ctypes
import os
import resource
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType

import psutil

PR_SET_CHILD_SUBREAPER = 36
"""From linux/prctl.h."""

EVERY = 0.2
"""Seconds between two looks at the memory."""

GRACE = 5.0
"""Seconds that processes left behind get to end by themselves."""


@dataclass(frozen=True)
class Usage:
    """What the processes started inside a `Meter` took, all together.

    `cpu` is the processor time of all processes, user and system. `memory` is the largest sum of
    their proportional set sizes, which counts shared pages once; `first_memory` is the largest
    resident size of a process that was started directly. Both are in MB.
    """

    wall: float
    cpu: float
    memory: float
    first_memory: float


class Meter:
    """Measures all processes that are started while it is open, down to the last descendant.

    The kernel counts the time of processes that somebody has waited for. While the meter is open,
    processes that lose their parent become children of this one, and in the end it waits for all
    that are left. So nothing is missed, however short it lived.
    """

    def __init__(self) -> None:
        self._done = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._memory = 0.0
        self._first_memory = 0.0
        self.usage = Usage(0, 0, 0, 0)

    def __enter__(self) -> Meter:
        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl was refused")
        self._cpu = _cpu_of_children()
        self._start = time.monotonic()
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        wall = time.monotonic() - self._start
        _reap_all()
        self._done.set()
        self._watch.join()
        cpu = _cpu_of_children() - self._cpu
        self.usage = Usage(wall, cpu, self._memory, self._first_memory)

    def _look(self) -> None:
        me = psutil.Process()
        while not self._done.wait(EVERY):
            first = {child.pid for child in me.children()}
            memory = 0.0
            for process in me.children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    memory += _proportional(process)
                    if process.pid in first:
                        resident = process.memory_info().rss / 1e6
                        self._first_memory = max(self._first_memory, resident)
            self._memory = max(self._memory, memory)


def _proportional(process: psutil.Process) -> float:
    """Return a process's share of memory in MB, shared pages divided among those who share them.

    Of a process that one may not look into, such as a warm process of the sandbox when the
    benchmark is not run by root, it is the resident size less what files are mapped.
    """
    try:
        return float(process.memory_full_info().pss / 1e6)
    except psutil.AccessDenied:
        usage = process.memory_info()
        return float((usage.rss - usage.shared) / 1e6)


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _reap_all() -> None:
    """Wait for every child of this process, and end those that do not end by themselves."""
    deadline = time.monotonic() + GRACE
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            if time.monotonic() > deadline:
                for child in psutil.Process().children(recursive=True):
                    with suppress(psutil.NoSuchProcess):
                        child.kill()
            time.sleep(0.02)
