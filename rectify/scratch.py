"""The folder for a process's temporary files, which goes away with it, however it ends.

Copies of hidden suites and of this package lie there. Python removes temporary folders when a
process ends by itself; those of one that was killed would stay for ever. So each is locked while
its process lives, and the next process removes what nobody holds any more.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

_PREFIX = "rectify-"


@lru_cache(maxsize=1)
def folder() -> Path:
    """Return this process's folder, which only this user can read."""
    _remove_abandoned(Path(tempfile.gettempdir()))
    while True:
        path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        # It stays open, and with it the lock, until the process is gone.
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if path.is_dir():
            break
        # Another process took it for abandoned, before it was locked.
        os.close(handle)
    owner = os.getpid()

    def remove() -> None:
        # A fork has no folder of its own, and must not take this one away.
        if os.getpid() == owner:
            shutil.rmtree(path, ignore_errors=True)

    atexit.register(remove)
    return path


def _remove_abandoned(temporary: Path) -> None:
    """Remove this user's folders that no process holds."""
    for path in temporary.glob(f"{_PREFIX}*"):
        try:
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            if os.fstat(handle).st_uid == os.geteuid():
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(handle)
