"""What a process inherits and could decide a grade by: such a process does not grade.

The environment of a shell, a batch system or a service reaches the process that holds the suites:
`PYTHONOPTIMIZE` removes the assertions of every suite. A
sandbox inherits the limits, but no variable.
"""

from __future__ import annotations

import resource
import sys
import sysconfig
from collections.abc import Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

from rectify.faults import GraderError
from rectify.limits import Limits

OWN_FILES = 256
"""Open files that grading needs itself: sockets, pipes, libraries."""

WARM_MB = 4096
"""Address space of a warm process, most of it reserved and never used, in MB."""

STACK_MB = 8
"""The stack that Linux gives by default; less ends deep recursion earlier than at a student's."""

_HOOKS = ("sitecustomize", "usercustomize")


def check(limits: Limits) -> None:
    """Raise GraderError when this process inherited what could decide a grade."""
    found = list(refused(limits))
    if found:
        raise GraderError(f"{' '.join(found)} Nothing was graded.")


def refused(limits: Limits) -> Iterator[str]:
    """Name what this process inherited that could decide a grade, and what mends it."""
    if sys.flags.optimize:
        yield (
            "Python runs without assertions, and hidden suites are made of them. "
            "Unset PYTHONOPTIMIZE, and leave out -O."
        )
    if any(_is_error(option) for option in sys.warnoptions):
        yield (
            "Python makes warnings errors, so a harmless warning could end a hidden check. "
            "Unset PYTHONWARNINGS, and leave out -W error."
        )
    if sys.flags.bytes_warning > 1:
        yield "Python makes comparing bytes with text an error. Leave out -bb."
    if getattr(sys, "get_int_max_str_digits", int)() != _default_digits():
        yield (
            "Python reads longer or shorter numbers than it does by default, so a notebook may be "
            "read in another way. Unset PYTHONINTMAXSTRDIGITS."
        )
    yield from _hooks()
    yield from _hidden()
    yield from _limits(limits)


def _is_error(option: str) -> bool:
    action = option.split(":")[0].strip()
    return bool(action) and "error".startswith(action)


def _default_digits() -> int:
    return int(getattr(sys.int_info, "default_max_str_digits", 0))


def _own() -> list[Path]:
    """Return the folders of the standard library and of the environment's packages."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return sorted({Path(sysconfig.get_path(name)).resolve() for name in names})


def _hooks() -> Iterator[str]:
    """Name code that ran before everything else. A distribution's own, beside Python, is fine."""
    library = Path(sysconfig.get_path("stdlib")).resolve()
    for name in _HOOKS:
        file = getattr(sys.modules.get(name), "__file__", None)
        # A distribution links to its own from the library.
        if file and Path(file).parent.resolve() != library:
            yield (
                f"{file} runs at the start of Python and could change anything. "
                f"Remove it, or take its folder off PYTHONPATH."
            )


def _hidden() -> Iterator[str]:
    """Name modules of other folders that stand before the environment's own of that name."""
    own, last = _own(), Path(sysconfig.get_path("purelib")).resolve()
    owned = set().union(*map(_modules, own)) & {name.partition(".")[0] for name in sys.modules}
    known = (owned | sys.stdlib_module_names) - {*_HOOKS, __package__.partition(".")[0]}
    for entry in sys.path:
        folder = Path(entry or ".").resolve()
        if folder == last:
            return
        if not any(folder.is_relative_to(one) for one in own):
            for name in sorted(_modules(folder) & known):
                yield (
                    f"{folder} holds a module {name}, which would be used in place of the one "
                    "that sandboxes use. Unset PYTHONPATH, or rename the module."
                )


def _modules(folder: Path) -> set[str]:
    """Return the names of the modules in a folder."""
    try:
        entries = list(folder.iterdir())
    except OSError:
        return set()
    found = set()
    for entry in entries:
        if entry.name.endswith((".py", *EXTENSION_SUFFIXES)):
            found.add(entry.name.partition(".")[0])
        elif (entry / "__init__.py").is_file():
            found.add(entry.name)
    return found


def _limits(limits: Limits) -> Iterator[str]:
    """Name limits of this process that would be felt by a submission before its own."""
    needed = {
        "RLIMIT_AS": ("-v", (limits.memory_mb + WARM_MB) * 2**20, 1024),
        "RLIMIT_DATA": ("-d", (limits.memory_mb + WARM_MB) * 2**20, 1024),
        "RLIMIT_FSIZE": ("-f", limits.file_mb * 2**20, 1024),
        "RLIMIT_STACK": ("-s", STACK_MB * 2**20, 1024),
        "RLIMIT_NOFILE": ("-n", OWN_FILES, 1),
        "RLIMIT_CPU": ("-t", int(limits.notebook_seconds + limits.suite_seconds + 60), 1),
    }
    for name, (option, least, unit) in needed.items():
        soft, _ = resource.getrlimit(getattr(resource, name))
        if soft != resource.RLIM_INFINITY and soft < least:
            yield (
                f"A limit of this shell ({name}: {soft}) is below what a submission may use. "
                f"Raise it to {least} or more: `ulimit {option} {-(-least // unit)}`."
            )
