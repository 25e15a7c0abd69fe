"""A session that reports what a process can do and see inside the sandbox.

The grader compares the report with what a sandbox must refuse, before it trusts it with a
submission.
"""

from __future__ import annotations

import ctypes
import os
import socket
from pathlib import Path

from grading.worker import protocol

CLONE_NEWUSER = 0x10000000
"""From linux/sched.h."""


def serve(connection: socket.socket, processes: int) -> None:
    """Answer one request: `canary` is a file of the host, `port` a port it listens on."""
    request = protocol.receive(connection).header
    status = Path("/proc/self/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    report = {
        "canary_visible": os.path.exists(request["canary"]),
        "network_reached": _reaches(request["port"]),
        "interfaces": [name for _, name in socket.if_nameindex()],
        "root_writable": _writes("/canary") or _writes("/usr/canary") or _writes("/dev/canary"),
        "init_environment": _read("/proc/1/environ"),
        # As the process was started with it: what it imports adds to it.
        "environment": [line.split("=")[0] for line in _read("/proc/self/environ").split("\0")],
        "pid_of_init": 1 if os.getppid() == 1 else 0,
        "user": os.getuid(),
        "capabilities": fields["CapEff"].strip(),
        "new_namespace": ctypes.CDLL(None).unshare(CLONE_NEWUSER) == 0,
        "new_privileges": fields["NoNewPrivs"].strip() == "0",
        "processes": _count_forks(processes + 8),
    }
    protocol.send(connection, report)


def _reaches(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


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
