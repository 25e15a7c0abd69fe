"""Starts the warm process in a bubblewrap sandbox, proves the sandbox, and opens sessions in it.

A `Sandbox` is started once and serves one session after another; each session is a process
forked from the warm one, and everything it leaves behind is removed when it ends. A sandbox
that does anything unusual is thrown away; the next session starts a fresh one.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import IO, Any

from rectify.faults import (
    Crashed,
    GraderError,
    MachineShort,
    Misbehaved,
    OutOfMemory,
    Stalled,
    StudentFault,
)
from rectify.limits import Limits
from rectify.sandbox import bubblewrap, environment, memory, proof, usage
from rectify.sandbox.isolation import named
from rectify.sandbox.witness import Witness
from rectify.worker import protocol
from rectify.worker.zygote import Settings

MODULES = ("matplotlib", "torch")
"""What takes so long to import that sandboxes do it before it is needed."""

START_SECONDS = 120
"""A cold start takes one or two seconds; a busy machine with a cold disk takes longer."""

STARVED, MAX_STRETCH = 0.25, 4
"""A session that has had less than this share of its time, though it could run, gets more time: in
all so many times the limit."""

KILLED = (-signal.SIGKILL, 128 + signal.SIGKILL)
"""How a sandbox ends that is killed: bubblewrap itself, or the warm process, which nothing inside
the sandbox can kill. If the warm process exits by itself, a session has caused it."""

END_SECONDS = 5
"""Killing a session and emptying three small folders takes milliseconds."""

_RUN = (
    "import sys; sys.path[:0] = sys.argv[2:]; "
    "from rectify.worker import zygote; zygote.main(sys.argv[1])"
)


class SandboxLost(GraderError):
    """Something outside the sandbox ended it. What ran in it is not to blame."""

    def __init__(self) -> None:
        super().__init__("The sandbox was killed from outside. Grade the submission again.")


class Unprepared(GraderError):
    """A lesson's cells cannot be run ahead of a submission's."""


class Session:
    """A conversation with one forked worker process."""

    def __init__(self, sandbox: Sandbox, connection: socket.socket) -> None:
        self._sandbox = sandbox
        self._connection = connection

    def ask(
        self,
        header: dict[str, Any],
        payload: bytes = b"",
        *,
        seconds: float,
        fd: int | None = None,
    ) -> protocol.Frame:
        """Send a request and return the answer.

        Raises Stalled, Crashed, OutOfMemory or Misbehaved: whatever keeps a worker from
        answering is the doing of the code that it runs. Raises MachineShort where it is not.
        """
        self._connection.settimeout(seconds)
        try:
            protocol.send(self._connection, header, payload, fd)
            remaining = self._sandbox.watch(self._connection, seconds)
            return protocol.receive(self._connection, seconds=max(remaining, 0.001))
        except protocol.TimedOut:
            raise Stalled(seconds) from None
        except protocol.Closed:
            raise self._sandbox.post_mortem() from None
        except protocol.ProtocolError:
            raise Misbehaved from None
        except OSError as error:
            raise _short(error) from None


class Sandbox:
    """A warm process in a sandbox. Use `session` to run student code in it.

    `isolation` is "bubblewrap", or "none" for a machine that cannot sandbox: then student code
    runs as an ordinary process of this user, and every report says so.

    `modules` are imported by the warm process, as far as they are installed: each session has them
    at once. Without torch among them, there are no sessions for calls.

    `lesson` are cells of the course that the warm process runs once: each session for cells
    starts behind them. `lesson_outputs` are what they showed, as a session would have sent it.

    `files` lie in the working folder, by their place in it: when a lesson's cells run, and a fresh
    copy for each session.
    """

    def __init__(
        self,
        isolation: str = "bubblewrap",
        limits: Limits | None = None,
        lesson: tuple[str, ...] = (),
        modules: tuple[str, ...] = MODULES,
    ) -> None:
        self.isolation = isolation
        self.modules = modules
        self.limits = limits or Limits()
        self.lesson = lesson
        self.lesson_outputs: tuple[bytes, ...] = ()
        self.files: Mapping[str, bytes] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._apart = named(isolation)
        self._errors: IO[bytes] | None = None
        self._proved = False
        self._status: int | None = None
        self._was_killed = False
        self._ended = True
        self._ready = True
        self._baseline = 0
        self._killed = 0

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def launch(self) -> None:
        """Start the warm process, unless it runs, and do not wait until it is warm.

        Raises GraderError when nothing can be started here, or nothing should.
        """
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        environment.check(self.limits)
        memory.check(memory.WARM)
        try:
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - `close` closes it
            self._control, theirs = socket.socketpair()
        except OSError as error:
            self.close()
            raise self._cannot_start(str(error)) from error
        self._proved = False
        with theirs:
            try:
                self._process = subprocess.Popen(
                    self._command(theirs.fileno()),
                    env={},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=self._errors,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
            except OSError as error:
                self.close()
                raise self._cannot_start(str(error)) from error
            except GraderError:
                self.close()
                raise

    def start(self) -> None:
        """Start the warm process and prove the sandbox, unless that is done already.

        Raises GraderError when the sandbox cannot start, or lets something through.
        """
        self.launch()
        if self._proved:
            return
        assert self._control is not None
        try:
            protocol.receive(self._control, seconds=START_SECONDS)
        except (protocol.Closed, protocol.TimedOut, protocol.ProtocolError):
            assert self._errors is not None
            self._errors.seek(0)
            detail = self._errors.read().decode(errors="replace")
            self.close()
            raise self._cannot_start(detail) from None
        self._baseline = self._memory()
        if self._apart.promises:
            try:
                self._prove()
            except GraderError:
                # One that is not proved is not kept: the next start is a fresh one.
                self.close()
                raise
        self._proved = True
        if self.lesson:
            self._prepare()

    def prepare(self, lesson: tuple[str, ...]) -> None:
        """Have the warm process run a lesson's cells, once for all sessions to come.

        Raises Unprepared when they leave something behind that a fork would not take along, such
        as a thread or a file, or when one does not come back in time.
        """
        self.lesson = lesson
        if self._proved:
            self._prepare()

    @contextmanager
    def session(self, kind: str) -> Iterator[Session]:
        """Fork a worker process for one session: "cells", "graded" (cells, too) or "calls"."""
        if not self._ended:
            raise RuntimeError("a sandbox serves one session at a time")
        self.start()
        with self._forked(kind) as session:
            yield session

    def close(self) -> None:
        """End the warm process and everything in its sandbox."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._errors is not None:
            self._errors.close()
            self._errors = None
        if self._process is not None:
            # The warm process too, by itself: it may be busy with a lesson's cell, deaf to the
            # control socket, and it has left bubblewrap's process group.
            for pid in reversed(usage.processes(self._process.pid)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
        self._apart.close()

    def watch(self, connection: socket.socket, seconds: float) -> float:
        """Wait for an answer, keep an eye on memory meanwhile, and return the time that is left.

        On a busy machine a session waits for its turn. What it waits so costs it nothing:
        the time limit is stretched, as long as the session could run and has not had its time.
        """
        allowed = self.limits.memory_mb * 2**20
        started, computed = time.monotonic(), None
        deadline = started + seconds
        while (remaining := deadline - time.monotonic()) > 0:
            if select.select([connection], [], [], min(remaining, 0.25))[0]:
                return remaining
            used = self._memory() + self._kept() - self._baseline
            if used > allowed:
                raise OutOfMemory(self.limits.memory_mb)
            if short := memory.shortage():
                raise MachineShort(
                    f"{short} What was being graded takes {max(used, 0) // 2**20} MB of it, which "
                    "it may. It has no grade from this try."
                )
            if computed is None:
                computed = self._computed()[0]
            if deadline - time.monotonic() <= 0 and deadline - started < seconds * MAX_STRETCH:
                now, could_run = self._computed()
                if could_run and now - computed < seconds * STARVED:
                    deadline += seconds
        return remaining

    def post_mortem(self) -> Crashed:
        """End a session whose process is gone, and return what became of the process.

        Raises SandboxLost when the whole sandbox is gone and was killed, and MachineShort when the
        session could not begin, or the kernel has ended something because memory had run out.
        """
        self._end()
        if not self._ready:
            raise MachineShort(
                "The machine could not start another process: it has too many, or too many open "
                "files. It has no grade from this try."
            )
        ended_by_kernel = self._was_killed or self._status == signal.SIGKILL
        if ended_by_kernel and memory.killed() > self._killed:
            raise MachineShort(
                "The machine had no memory left, and the system ended processes. "
                "What was being graded has no grade from this try."
            )
        if self._was_killed:
            raise SandboxLost
        if self._status is None:
            return Crashed("ended")
        code = os.waitstatus_to_exitcode(self._status)
        if code >= 0:
            return Crashed(f"ended by itself with exit code {code}")
        try:
            name = signal.Signals(-code).name
        except ValueError:
            # Most real-time signals have no name.
            name = f"signal {-code}"
        return Crashed(f"was ended by {name}")

    @contextmanager
    def _forked(self, kind: str) -> Iterator[Session]:
        assert self._control is not None
        memory.check()
        self._killed = memory.killed()
        try:
            ours, theirs = socket.socketpair()
        except OSError as error:
            raise _short(error) from None
        with ours:
            with theirs:
                try:
                    order = {"do": "fork", "kind": kind, "files": len(files := _frames(self.files))}
                    protocol.send(self._control, order, fd=theirs.fileno())
                except protocol.Closed:
                    raise SandboxLost from None
            self._ended = False
            try:
                if files:
                    self._lay_out(files, ours)
                yield Session(self, ours)
            finally:
                self._end()

    def _lay_out(
        self, files: list[tuple[dict[str, Any], bytes]], connection: socket.socket
    ) -> None:
        """Have a new session write files, before it runs any code of a student.

        Raises GraderError, and MachineShort or SandboxLost where the files are not to blame.
        """
        connection.settimeout(START_SECONDS)
        try:
            for header, data in files:
                protocol.send(connection, header, data)
            protocol.receive(connection, seconds=START_SECONDS)
        except (protocol.Closed, protocol.TimedOut, protocol.ProtocolError):
            self.post_mortem()
            raise GraderError(
                "The files that the course has released beside the notebook do not fit into a "
                "session's working folder. Nothing was graded. Set c.Rectify.file_mb higher."
            ) from None
        except OSError as error:
            raise _short(error) from None

    def _end(self) -> None:
        """Have the warm process clean up after a session; replace it if it cannot."""
        self._status, self._was_killed, self._ready = None, False, True
        if self._ended or self._control is None:
            self._ended = True
            return
        self._ended = True
        try:
            protocol.send(self._control, {"do": "end"})
            answer = protocol.receive(self._control, seconds=END_SECONDS).header
            self._status, self._ready = answer["status"], answer["ready"]
        except protocol.Closed:
            # It has ended, or is about to. How, must be read before `close` kills what is left.
            if self._process is not None:
                with suppress(subprocess.TimeoutExpired):
                    self._was_killed = self._process.wait(timeout=1) in KILLED
            self.close()
        except (protocol.TimedOut, protocol.ProtocolError, KeyError):
            self.close()

    def _prepare(self) -> None:
        assert self._control is not None
        outputs = []
        try:
            for header, data in _frames(self.files):
                protocol.send(self._control, header, data)
            for cell in self.lesson:
                seconds = self.limits.cell_seconds
                order = {"do": "prepare", "seconds": seconds}
                protocol.send(self._control, order, cell.encode())
                outputs.append(protocol.receive(self._control, seconds=seconds).payload)
            protocol.send(self._control, {"do": "settle"})
            protocol.receive(self._control, seconds=START_SECONDS)
        except (protocol.Closed, protocol.TimedOut, protocol.ProtocolError):
            self.close()
            raise Unprepared("The lesson's cells cannot be run ahead of submissions.") from None
        self.lesson_outputs = tuple(outputs)
        self._baseline = self._memory()

    def _command(self, control_fd: int) -> list[str]:
        limits, size = self.limits, self.limits.file_mb * 2**20
        settings = Settings(
            control_fd=control_fd,
            memory=limits.memory_mb * 2**20,
            # Without a namespace, a limit would count everything that this user runs.
            processes=limits.processes if self._apart.promises else 2**22,
            file_size=size,
            output=limits.output_chars,
            writable=self._apart.writable(),
            modules=self.modules,
        ).to_json()
        return self._apart.command(["-I", "-B", "-c", _RUN, settings], size)

    def _prove(self) -> None:
        """Run the self-test inside the sandbox. Raises GraderError unless it finds all in order."""
        with Witness() as witness:
            try:
                with self._forked("selftest") as session:
                    wrong = proof.wrong(session, witness, self.limits)
            except StudentFault as fault:
                raise GraderError(
                    f"The sandbox's own test does not come through: {fault} "
                    "Nothing was graded. Look at the limits in c.Rectify."
                ) from None
        if wrong:
            raise GraderError(
                f"The sandbox does not hold on this machine: {', '.join(wrong)}. "
                "Nothing was graded. See docs/operators.md."
            )

    def _cannot_start(self, detail: str) -> GraderError:
        lines = detail.strip().splitlines() or ["no message"]
        return GraderError(
            f"The sandbox could not start ({lines[-1]}). Nothing was graded. "
            f"{bubblewrap.explain(lines[-1])}"
        )

    def _memory(self) -> int:
        """Return the memory in use by all processes of the sandbox, in bytes."""
        return usage.taken(self._process.pid) if self._process is not None else 0

    def _kept(self) -> int:
        """Return what the kernel keeps for a session beside its processes, in bytes.

        Raises SandboxLost when the warm process, which nothing inside can stop, does not say.
        """
        if not self._apart.promises or self._control is None:
            return 0
        try:
            protocol.send(self._control, {"do": "usage"})
            return int(protocol.receive(self._control, seconds=END_SECONDS).header["bytes"])
        except protocol.Closed:
            # How it has ended, the session's end finds out.
            return 0
        except (protocol.TimedOut, protocol.ProtocolError, KeyError):
            self.close()
            raise SandboxLost from None

    def _computed(self) -> tuple[float, bool]:
        """Return the sandbox's processor time, and whether a session wants more of it."""
        if self._process is None:
            return 0.0, False
        return usage.computed(self._process.pid, self._apart.outer)


def _frames(files: Mapping[str, bytes]) -> list[tuple[dict[str, Any], bytes]]:
    """Return the messages that lay files out: each holds a piece of one."""
    return [
        ({"do": "file", "file": name}, data[start : start + protocol.MAX_PAYLOAD])
        for name, data in files.items()
        for start in range(0, max(1, len(data)), protocol.MAX_PAYLOAD)
    ]


def _short(error: OSError) -> MachineShort:
    return MachineShort(
        f"The machine is short of something that grading needs: {error.strerror}. `ulimit -a` "
        "shows the limits of this shell."
    )
