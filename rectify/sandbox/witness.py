"""The grader's side of the sandbox's self-test: what a second party, outside, does and sees.

A file that every sandbox sees is locked from both sides. Its inode is one, so a lock of the one is
felt by the other unless the sandbox refuses it: that is looked at here, from outside, too.
"""

from __future__ import annotations

import fcntl
import os
import random
import secrets
import socket
import struct
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType

from rectify import scratch
from rectify.faults import GraderError

F_OFD_SETLK = 37
"""From linux/fcntl.h."""


class Witness:
    """What the self-test is asked about, and the locks by which it is looked at from outside."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Witness:
        canary = self._stack.enter_context(tempfile.NamedTemporaryFile(dir=scratch.folder()))
        port = self._stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        abstract = self._stack.enter_context(socket.socket(socket.AF_UNIX))
        name = f"witness-{secrets.token_hex(8)}"
        abstract.bind(f"\0{name}")
        abstract.listen()
        self._file, path = self._choose()
        self.question = {
            "canary": canary.name,
            "port": port.getsockname()[1],
            "abstract": name,
            "shared": str(path),
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stack.close()

    def locks(self) -> list[str]:
        """Return the locks of the sandbox that are felt here, and hold such locks from now on."""
        felt = []
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            felt.append("flock")
        whole = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        # It answers for record locks and for those of open files.
        if (
            struct.unpack_from("h", fcntl.fcntl(self._file, fcntl.F_GETLK, whole))[0]
            != fcntl.F_UNLCK
        ):
            felt.append("record_lock")
        shared = struct.pack("hhqqi4x", fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
        fcntl.fcntl(self._file, F_OFD_SETLK, shared)
        return felt

    def _choose(self) -> tuple[int, Path]:
        """Return a file that all sandboxes see, and that no other grader has chosen just now.

        Graders that start at the same time must not take each other's locks for the sandbox's.
        """
        # As the sandbox sees it: Python may lie behind a link.
        library = sorted(Path(os.__file__).resolve().parent.glob("*.py"))
        for path in random.sample(library, len(library)):
            file = os.open(path, os.O_RDONLY)
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                fcntl.flock(file, fcntl.LOCK_SH)
                self._stack.callback(os.close, file)
                return file, path
            os.close(file)
        raise GraderError(
            f"No file in {Path(os.__file__).parent} can be locked, so the sandbox cannot be "
            "proved. Nothing was graded. Use a Python that is installed on a local disk."
        )
