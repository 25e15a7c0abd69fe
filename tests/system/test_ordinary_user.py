"""What holds as root holds as an ordinary user: the sandbox, its channels, and all attacks.

CI and containers run as root. So this runs pytest once more as another user, in a mount
namespace in which that user can reach Python and this folder, wherever they lie.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

USER = 1000
"""Any user but root. It need not have a name."""

TESTS = (
    "tests/sandbox/test_process.py",
    "tests/sandbox/test_channels.py",
    "tests/system/test_attacks.py",
)


def closed(path: Path) -> Path | None:
    """Return the highest folder above a path that others may not pass through."""
    above = reversed(path.parents)
    return next((p for p in above if not p.stat().st_mode & stat.S_IXOTH), None)


def opening(needed: list[Path], held: Path) -> str:
    """Return shell commands after which everybody can reach some folders.

    Each closed folder above them is covered by an empty open one, in which only they are.
    """
    inside = [p for p in needed if closed(p) and not any(o in p.parents for o in needed)]
    lines = ["set -e"]
    for number, path in enumerate(inside):
        place = held / str(number)
        lines += [f"mkdir {quoted(place)}", f"mount --bind {quoted(path)} {quoted(place)}"]
    for cover in sorted({p for path in inside if (p := closed(path))}):
        lines.append(f"mount -t tmpfs -o mode=755 cover {quoted(cover)}")
    for number, path in enumerate(inside):
        lines.append(f"mkdir -p {quoted(path)}")
        lines.append(f"mount --bind {quoted(held / str(number))} {quoted(path)}")
    return "\n".join(lines)


def quoted(path: Path) -> str:
    return shlex.quote(str(path))


class OrdinaryUser:
    """Runs Python in the course folder as a user who is not root."""

    def __init__(self, home: Path, held: Path, root: Path) -> None:
        self.home = home
        self._held = held
        self._root = root

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        needed = {Path(p).resolve() for p in (sys.base_prefix, sys.prefix, self._root)}
        script = opening(sorted(needed), Path(tempfile.mkdtemp(dir=self._held)))
        become = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--"]
        inside = ["sh", "-c", f'{script}\nexec "$@"', "sh", *become, sys.executable, "-B"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY"))}
        return subprocess.run(
            # A mount namespace of its own: what is mounted in it is gone with its last process.
            ["unshare", "--mount", *inside, *arguments],
            cwd=self._root,
            env=environment | {"HOME": str(self.home), "TMPDIR": str(self.home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=2400,
        )


@pytest.fixture
def user(root: Path) -> Iterator[OrdinaryUser]:
    """An ordinary user with a home, or a reason why there can be none here."""
    if os.geteuid() != 0:
        pytest.skip("only root can become another user; all other tests run as an ordinary one")
    # Not below pytest's own folder, which is closed to others.
    home, held = Path(tempfile.mkdtemp()), Path(tempfile.mkdtemp())
    try:
        os.chown(home, USER, USER)
        user = OrdinaryUser(home, held, root)
        probe = user.python(
            "-c", "import rectify.suites.runner, nbgrader, pytest; print(__import__('os').getuid())"
        )
        if probe.returncode != 0:
            pytest.skip(f"another user cannot be made to reach this folder: {probe.stderr[-500:]}")
        assert probe.stdout.strip() == str(USER)
        yield user
    finally:
        shutil.rmtree(home)
        shutil.rmtree(held)


def test_sandbox_and_attacks_hold_as_an_ordinary_user(user: OrdinaryUser) -> None:
    allowed = user.python("-c", "import os; os.execvp('unshare', ['unshare', '--user', 'true'])")
    if allowed.returncode != 0:
        pytest.skip(f"ordinary users may not make user namespaces here: {allowed.stderr[-500:]}")
    options = ["-q", "-p", "no:cacheprovider", f"--basetemp={user.home / 'pytest'}"]
    done = user.python("-m", "pytest", *options, *TESTS)
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-5_000:]
    counted = re.search(r"(\d+) passed in", done.stdout)
    assert counted, "nothing is skipped"
    assert int(counted[1]) > 200
