"""A session that reports what a process can do and see inside the sandbox.

The grader compares the report with what a sandbox must refuse, before it trusts it with a
submission. A second question follows while what the first one tried is still in force: the grader
looks from outside at what came of it, and the session at what the grader has done since.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import mmap
import os
import platform
import socket
import struct
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from rectify.worker import protocol, seccomp

CLONE_NEWUSER = 0x10000000
"""From linux/sched.h."""

F_OFD_GETLK, F_OFD_SETLK = 36, 37
"""From linux/fcntl.h."""

PR_GET_NO_NEW_PRIVS, CAPABILITY_VERSION_3 = 39, 0x20080522
"""From linux/prctl.h and linux/capability.h."""

_FAMILIES = {"vsock": 40, "inet": 2, "inet6": 10, "netlink": 16, "packet": 17, "alg": 38}
"""From linux/socket.h."""


def serve(connection: socket.socket, processes: int, facts: dict[str, Any]) -> None:
    """Answer two requests.

    In the first, `canary` is a file of the host, `port` a port it listens on, `abstract` the name
    of a socket it listens on, and `shared` a file that the host and every sandbox see. `facts` are
    what the warm process knows of itself.
    """
    request = protocol.receive(connection).header
    shared = os.open(request["shared"], os.O_RDONLY)
    report = {
        **facts,
        "canary_visible": os.path.exists(request["canary"]),
        "network_reached": _reaches(request["port"], request["abstract"]),
        "root_writable": _writes("/canary") or _writes("/usr/canary") or _writes("/dev/canary"),
        "devices_writable": _touches("/dev/null"),
        "init_environment": _read("/proc/1/environ"),
        "counters": bool(_read("/proc/self/smaps") or _read("/proc/loadavg")),
        "pid_of_init": 1 if os.getppid() == 1 else 0,
        "user": os.getuid(),
        "capabilities": _capabilities(),
        "new_namespace": ctypes.CDLL(None).unshare(CLONE_NEWUSER) == 0,
        "new_privileges": ctypes.CDLL(None).prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1,
        "processes": _count_forks(processes + 8),
        "channels": _open_channels(shared, request["shared"]),
    }
    protocol.send(connection, report)
    protocol.receive(connection)
    protocol.send(connection, {"locks_seen": _locks_seen(shared)})


def _open_channels(shared: int, path: str) -> list[str]:
    """Return the ways to other sandboxes that are not refused. What they did stays in force."""
    lock = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    ways: dict[str, Callable[[], object]] = {
        "flock": lambda: fcntl.flock(shared, fcntl.LOCK_SH | fcntl.LOCK_NB),
        "record_lock": lambda: fcntl.fcntl(shared, fcntl.F_SETLK, lock),
        "open_file_lock": lambda: fcntl.fcntl(shared, F_OFD_SETLK, lock),
        "lease": lambda: fcntl.fcntl(shared, fcntl.F_SETLEASE, fcntl.F_RDLCK),
        "notice": lambda: fcntl.fcntl(os.open(os.path.dirname(path), 0), fcntl.F_NOTIFY, 1),
        "inotify": lambda: _checked(libc.inotify_init1(0)),
        "fanotify": lambda: _checked(libc.fanotify_init(0x200, 0)),
        "page_cache": lambda: os.posix_fadvise(shared, 0, 0, os.POSIX_FADV_DONTNEED),
        "descriptors_in_flight": lambda: socket.socketpair()[0].sendmsg([b"x"]),
    }
    for name, family in _FAMILIES.items():
        ways[f"{name}_socket"] = partial(socket.socket, family, socket.SOCK_DGRAM)
    found = [name for name, way in ways.items() if not _refused(way)]
    return found + ["futex"] * _waits(shared)


def _waits(shared: int) -> bool:
    """Return whether a page of a shared file can be waited on for another sandbox to wake."""
    machine = platform.machine()
    number = seccomp.RULES["futex"].numbers[machine != "x86_64"]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long)
    page = libc.mmap(None, mmap.PAGESIZE, mmap.PROT_READ, mmap.MAP_SHARED, shared, 0)
    word = ctypes.c_uint.from_address(page)
    no_time = struct.pack("qq", 0, 0)
    result = libc.syscall(number, ctypes.byref(word), 0, word.value, no_time, None, 0)
    return bool(result == 0 or ctypes.get_errno() != errno.EAGAIN)


def _locks_seen(shared: int) -> list[str]:
    """Return the ways that tell of a lock which somebody else holds."""
    lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    ways: dict[str, Callable[[], object]] = {
        "flock": lambda: fcntl.flock(shared, fcntl.LOCK_EX | fcntl.LOCK_NB),
        "record_lock": lambda: fcntl.fcntl(shared, fcntl.F_GETLK, lock),
        "open_file_lock": lambda: fcntl.fcntl(shared, F_OFD_GETLK, lock),
    }
    return sorted(name for name, way in ways.items() if not _refused(way))


def _refused(way: Callable[[], object]) -> bool:
    """Return whether a call fails as the filter has it fail, not because of what others do."""
    try:
        way()
    except OSError as error:
        return error.errno == errno.EPERM
    return False


def _checked(result: int) -> None:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")


def _capabilities() -> str:
    """Return the effective capabilities as /proc shows them, which a session may not read."""
    header = struct.pack("Ii", CAPABILITY_VERSION_3, 0)
    data = ctypes.create_string_buffer(struct.calcsize("6I"))
    if ctypes.CDLL(None).capget(header, data) != 0:
        return "unknown"
    low, _, _, high, _, _ = struct.unpack("6I", data.raw)
    return f"{high:08x}{low:08x}"


def _reaches(port: int, abstract: str) -> bool:
    """Return whether the grader can be reached, by a port or by a socket with an abstract name."""
    for family, address in (
        (socket.AF_INET, ("127.0.0.1", port)),
        (socket.AF_UNIX, f"\0{abstract}"),
    ):
        try:
            with socket.socket(family) as client:
                client.settimeout(1)
                client.connect(address)
        except OSError:
            continue
        return True
    return False


def _touches(path: str) -> bool:
    """Return whether the times of a file can be changed."""
    before = os.stat(path).st_mtime_ns
    try:
        os.utime(path)
    except OSError:
        return False
    return os.stat(path).st_mtime_ns != before


def _writes(path: str) -> bool:
    try:
        Path(path).touch()
    except OSError:
        return False
    return True


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


def _count_forks(enough: int) -> int:
    """Return how many children can live at once, counting no further than `enough`."""
    release, hold = os.pipe()
    children: list[int] = []
    try:
        while len(children) < enough:
            child = os.fork()
            if child == 0:
                os.close(hold)
                os.read(release, 1)
                os._exit(0)
            children.append(child)
    except OSError:
        pass
    os.close(hold)
    for child in children:
        os.waitpid(child, 0)
    return len(children)
