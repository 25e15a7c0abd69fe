"""The warm process of a sandbox: imports what sessions need once, then forks one at a time.

It never reads a submission. It takes orders from the grader over its control socket:

- `fork`, with a socket: a forked child serves one session on that socket, after it has received
  so many files for its working folder;
- `usage`: say what the session makes the kernel keep beside its processes' memory;
- `end`: kill what is left of the session, empty the writable folders, check itself, answer;
- `file`, with a piece of a file that lies in the working folder while a lesson's cells run;
- `prepare`, with a cell of a lesson and its time limit in s: run it here, so that every later
  session starts behind it;
- `settle`: remove those files, and make sure that the cells changed none of them and left nothing
  that a fork would not take along.

In the sandbox it is PID 1, so nothing inside can kill or stop it, and it is not dumpable, so
nothing inside can trace it. Where its own check finds anything unusual it exits, which ends
the sandbox; the grader then starts a fresh one.
"""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import json
import os
import resource
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from rectify.worker import landlock, protocol, seccomp, usage

PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38
"""From linux/prctl.h."""

MADV_COLLAPSE = 25
"""From linux/mman.h, since Linux 6.1."""

HUGE_PAGE = 2 * 2**20
"""The size of a huge page on x86_64, and on aarch64 with pages of 4 KiB."""

MAX_ENTRIES = 10_000
"""Files in a writable folder that are removed one by one. With more, a fresh sandbox is quicker."""


@dataclass(frozen=True)
class Settings:
    """What the grader decides for a sandbox. Sizes are in bytes.

    `memory` is the address space of a session's process beyond what the warm process has.
    `writable` are the folders that a session may write to and that are emptied after it.
    `modules` are imported before the first session, as far as they are installed.
    """

    control_fd: int
    memory: int
    processes: int
    file_size: int
    output: int
    writable: tuple[str, ...]
    modules: tuple[str, ...]

    def to_json(self) -> str:
        """Return the text that `from_json` reads."""
        return json.dumps(self.__dict__)

    @staticmethod
    def from_json(text: str) -> Settings:
        """Return the settings that `to_json` wrote."""
        values = json.loads(text)
        lists = {name: tuple(values[name]) for name in ("writable", "modules")}
        return Settings(**{**values, **lists})


def main(text: str) -> None:
    """Warm up, say so, and obey the control socket until it closes."""
    settings = Settings.from_json(text)
    # As it was given: what is imported adds to it.
    environment = sorted(os.environ)
    control = socket.socket(fileno=settings.control_fd)
    _prctl(PR_SET_DUMPABLE, 0)
    # PID 1 is deaf only to signals that it does not handle; Python handles this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    shell, serve = _warm_up(settings, environment)
    identity = _identity()
    protocol.send(control, {"ready": True})
    child, begun = 0, -1
    home, files = Path(settings.writable[-1]), dict[str, bytes]()
    while True:
        try:
            order = protocol.receive(control, with_fd=True)
        except protocol.Closed:
            return
        if order.header.get("do") == "fork" and not child and begun < 0:
            child, begun = _fork(settings, serve, order.header, control, order.fd)
        elif order.header.get("do") == "usage":
            protocol.send(control, {"bytes": usage.kept(settings.writable)})
        elif order.header.get("do") == "end":
            status, ready = _end(child, settings.writable), _has_begun(begun)
            if _identity() != identity:
                return
            child, begun = 0, -1
            protocol.send(control, {"status": status, "ready": ready})
        elif order.header.get("do") == "file" and not child:
            _write(home, order)
            name = str(order.header["file"])
            files[name] = files.get(name, b"") + order.payload
        elif order.header.get("do") == "prepare" and not child:
            # While a cell runs, nobody here sees that the grader is gone. Afterwards this process
            # is deaf to the alarm again: a session could send it one.
            signal.signal(signal.SIGALRM, _give_up)
            signal.setitimer(signal.ITIMER_REAL, float(order.header["seconds"]))
            with _importing_from_here():
                outputs = shell.run(order.payload)
            signal.setitimer(signal.ITIMER_REAL, 0)
            if signal.signal(signal.SIGALRM, signal.SIG_DFL) is not _give_up:
                return
            protocol.send(control, {}, outputs)
        elif order.header.get("do") == "settle" and not child:
            if not _take_away(home, files) or _identity() != identity:
                return
            files.clear()
            if not _alone(settings.writable):
                return
            _freeze()
            protocol.send(control, {})
        else:
            return


def _warm_up(settings: Settings, environment: list[str]) -> tuple[Any, dict[str, Any]]:
    """Import what sessions need.

    Returns the shell that runs cells, and the function that serves each kind of session.
    """
    from rectify.worker import cells, selftest, verdict

    modules = [name for name in settings.modules if importlib.util.find_spec(name)]
    kinds: dict[str, Any] = {}
    if "torch" in modules:
        from rectify.worker import calls

        calls.warm_up()
        kinds["calls"] = calls.serve
    shell = cells.Shell(settings.output)
    shell.warm_up(modules)
    seccomp.program()
    landlock.rules()
    # A session can look at neither: it may not read /proc, nor open the socket that this takes.
    facts = {"environment": environment, "interfaces": [name for _, name in socket.if_nameindex()]}
    _freeze()
    return shell, kinds | {
        "cells": shell.serve,
        "graded": lambda connection: verdict.serve(shell, connection),
        "selftest": lambda connection: selftest.serve(connection, settings.processes, facts),
    }


def _give_up(*_: object) -> NoReturn:
    """End this process, whatever it is busy with."""
    os._exit(1)


def _alone(writable: tuple[str, ...]) -> bool:
    """Return whether this process has one thread, no child and no file of its own."""
    if len(os.listdir("/proc/self/task")) > 1 or any(os.listdir(folder) for folder in writable):
        return False
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


def _freeze() -> None:
    """Arrange memory so that forks are cheap and share most of it.

    The garbage collector is kept away from all that is there: a session that collects would
    otherwise copy every page that it shares with this process.
    """
    gc.collect()
    gc.freeze()
    _use_huge_pages()


def _use_huge_pages() -> None:
    """Move this process's memory to huge pages, where the kernel can.

    A fork copies one entry of the page table for each page. With huge pages a fork, and the end
    of the forked process, take a third of the time.
    """
    libc = ctypes.CDLL(None)
    libc.madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    for line in Path("/proc/self/maps").read_text().splitlines():
        addresses, access, _, _, inode, *name = line.split(maxsplit=5)
        if not access.startswith("rw") or inode != "0" or name == ["[stack]"]:
            continue
        start, end = (int(address, 16) for address in addresses.split("-"))
        start += -start % HUGE_PAGE
        for address in range(start, end - HUGE_PAGE + 1, HUGE_PAGE):
            # Where nothing is mapped yet, or the kernel knows no such advice, it does nothing.
            libc.madvise(address, HUGE_PAGE, MADV_COLLAPSE)


def _fork(
    settings: Settings,
    serve: dict[str, Any],
    order: dict[str, Any],
    control: socket.socket,
    fd: int | None,
) -> tuple[int, int]:
    """Start a session. Returns its process, and what can be read once it has begun.

    Where the machine has no room for another process or file, there is no process: the number is 0.
    That no session has begun is then no doing of the code that it was to run.
    """
    begun, begin = os.pipe()
    try:
        if fd is None:
            return 0, begun
        child = os.fork()
        if not child:
            os.close(begun)
            _session(settings, serve, order, control, fd, begin)
    except OSError:
        child = 0
    finally:
        os.close(begin)
        if fd is not None:
            os.close(fd)
    return child, begun


def _has_begun(begun: int) -> bool:
    """Return whether the last session came as far as running code, and forget it."""
    if begun < 0:
        return False
    try:
        return bool(os.read(begun, 1))
    finally:
        os.close(begun)


def _write(home: Path, piece: protocol.Frame) -> None:
    """Write a piece of a file to its place in the working folder."""
    path = home / str(piece.header["file"])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(piece.payload)


def _take_away(home: Path, files: dict[str, bytes]) -> bool:
    """Remove files from the working folder; return whether they were there as they were written."""
    try:
        unchanged = all((home / name).read_bytes() == data for name, data in files.items())
    except OSError:
        return False
    for name in files:
        (home / name).unlink()
        for parent in (home / name).relative_to(home).parents:
            if parent.parts and not any((home / parent).iterdir()):
                (home / parent).rmdir()
    return unchanged


@contextmanager
def _importing_from_here() -> Iterator[None]:
    """Have imports look into the working folder first, as a kernel does.

    Not while a session runs: what it writes there must not be imported by this process.
    """
    sys.path.insert(0, "")
    try:
        yield
    finally:
        if "" in sys.path:
            sys.path.remove("")


def _session(
    settings: Settings,
    serve: dict[str, Any],
    order: dict[str, Any],
    control: socket.socket,
    fd: int,
    begin: int,
) -> NoReturn:
    """Serve one session in the forked child, and never return."""
    status = 1
    try:
        control.close()
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        os.close(null)
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        # The child is the student's own process: it may look at itself.
        _prctl(PR_SET_DUMPABLE, 1)
        for limit, value in (
            (resource.RLIMIT_AS, _address_space() + settings.memory),
            (resource.RLIMIT_NPROC, settings.processes),
            (resource.RLIMIT_FSIZE, settings.file_size),
            (resource.RLIMIT_NOFILE, 64),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_MSGQUEUE, 0),
            # Counted for a user: sandboxes of one user would see each other reach a common limit.
            (resource.RLIMIT_SIGPENDING, 64),
        ):
            _, hard = resource.getrlimit(limit)
            if hard != resource.RLIM_INFINITY:
                value = min(value, hard)
            resource.setrlimit(limit, (value, value))
        _prctl(PR_SET_NO_NEW_PRIVS, 1)
        landlock.refuse()
        seccomp.refuse()
        os.write(begin, b".")
        os.close(begin)
        connection = socket.socket(fileno=fd)
        for _ in range(order["files"]):
            _write(Path(settings.writable[-1]), protocol.receive(connection))
        if order["files"]:
            protocol.send(connection, {"files": order["files"]})
        # As in a kernel, where a helper that lies beside the notebook can be imported.
        sys.path.insert(0, "")
        serve[order["kind"]](connection)
        status = 0
    finally:
        os._exit(status)


def _address_space() -> int:
    """Return the address space that this process has mapped, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _end(child: int, writable: tuple[str, ...]) -> int | None:
    """Kill the session and all it started, reap it and empty the writable folders.

    Returns the wait status of the session's first process, or None if there was none.
    """
    if os.getpid() == 1:
        # As PID 1 this reaches every other process of the sandbox, and nothing else.
        _ignore_missing(os.kill, -1, signal.SIGKILL)
    elif child:
        _ignore_missing(os.killpg, child, signal.SIGKILL)
        _ignore_missing(os.kill, child, signal.SIGKILL)
    status = None
    while True:
        try:
            pid, code = os.wait()
        except ChildProcessError:
            break
        if pid == child:
            status = code
    for folder in writable:
        if os.getpid() == 1:
            usage = os.statvfs(folder)
            if usage.f_files - usage.f_ffree > MAX_ENTRIES:
                raise RuntimeError(f"{folder} holds too much to be emptied in good time")
        _empty(Path(folder))
    return status


def _ignore_missing(function: Any, *arguments: int) -> None:
    try:
        function(*arguments)
    except ProcessLookupError:
        return


def _empty(folder: Path) -> None:
    """Remove everything in a folder, including what its owner has made unreadable."""
    for parent, names, _ in os.walk(folder):
        for path in (Path(parent, name) for name in names):
            if not path.is_symlink():
                path.chmod(0o700)
    for entry in list(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def _identity() -> tuple[Any, ...]:
    """Return what a session could have changed in this process or left in its sandbox.

    A session runs under the same user id. It cannot trace or kill this process, but it can
    lower its limits or its priority, and it can leave System V memory and queues behind. A
    lesson's cell runs in this process: it could handle a signal, to which PID 1 is deaf otherwise.
    """
    limits = sorted(name for name in dir(resource) if name.startswith("RLIMIT_"))
    status = Path("/proc/self/status").read_text()
    return (
        [line for line in status.splitlines() if line.startswith(("SigIgn", "SigCgt"))],
        [resource.getrlimit(getattr(resource, name)) for name in limits],
        os.getpriority(os.PRIO_PROCESS, 0),
        os.sched_getscheduler(0),
        sorted(os.sched_getaffinity(0)),
        [
            Path("/proc/sysvipc", name).read_text()
            for name in ("shm", "sem", "msg")
            if os.getpid() == 1
        ],
    )


def _prctl(option: int, value: int) -> None:
    """Call prctl(2). Raises OSError when the kernel refuses."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {value}) was refused")
