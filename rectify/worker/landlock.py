"""Takes from a session what `/proc` tells of other sandboxes and of the whole machine.

Its counters are a wire between sandboxes: how many processes and open files there are, and in
`/proc/self/smaps` and `/proc/self/pagemap` whether somebody else has mapped the same page of a
shared file. No mount can cover those of a process that is yet to come, so Landlock refuses to
open any file of `/proc`, but for what is the same for everybody at all times.

A kernel without Landlock leaves them readable. docs/sandbox.md says how much that lets through.
"""

from __future__ import annotations

import ctypes
import os
import struct
from functools import lru_cache

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""The system calls, which have the same numbers everywhere."""

_VERSION, _PATH_BENEATH, _READ_FILE = 1, 1, 4
"""LANDLOCK_CREATE_RULESET_VERSION, LANDLOCK_RULE_PATH_BENEATH and LANDLOCK_ACCESS_FS_READ_FILE."""

_READABLE = ("/proc/cpuinfo", "/proc/filesystems", "/proc/version")
"""Files of /proc that libraries read when they start."""


@lru_cache(maxsize=1)
def available() -> bool:
    """Return whether this kernel has Landlock, and it is switched on."""
    return bool(_call(_CREATE_RULESET, None, 0, _VERSION) > 0)


@lru_cache(maxsize=1)
def rules() -> int | None:
    """Return a descriptor of the rules; None where there is no Landlock. Raises OSError."""
    if not available():
        return None
    # struct landlock_ruleset_attr in its first version: the rights that are refused unless granted.
    attributes = struct.pack("Q", _READ_FILE)
    ruleset = _checked(_CREATE_RULESET, attributes, len(attributes), 0)
    paths = [f"/{name}" for name in os.listdir("/") if name != "proc"]
    for path in (*paths, *_READABLE):
        try:
            place = os.open(path, os.O_PATH)
        except OSError:
            continue
        # struct landlock_path_beneath_attr, which is packed.
        _checked(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", _READ_FILE, place), 0)
        os.close(place)
    return ruleset


def refuse() -> None:
    """Apply the rules to this process and all that it starts. Raises OSError.

    PR_SET_NO_NEW_PRIVS must be set before.
    """
    ruleset = rules()
    if ruleset is not None:
        _checked(_RESTRICT_SELF, ruleset, 0)
        os.close(ruleset)


def _checked(*arguments: object) -> int:
    result = _call(*arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), "Landlock was refused")
    return result


def _call(*arguments: object) -> int:
    return int(ctypes.CDLL(None, use_errno=True).syscall(*arguments))
