"""Takes system calls away from a session that no answer needs and that reach beyond it.

Left to the namespaces alone, a session could leave data behind for the next one (keys, System
V memory), take memory that no limit counts (memfd), change limits and priority of the warm
process, or open a user namespace of its own when root grades.

The filter is a classic BPF program, as seccomp(2) describes it. On a processor that is not in
the table nothing is filtered; then the warm process's own check is what remains.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from functools import lru_cache

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
"""From linux/prctl.h and linux/seccomp.h."""

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""AUDIT_ARCH of linux/audit.h, and the column of the tables below."""

REFUSED = {
    # Other processes: tracing them, changing their limits, priority or processors.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setaffinity": (203, 122),
    "sched_setattr": (314, 274),
    # Namespaces and mounts.
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    # What outlives a process.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    # Memory that no limit counts.
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    # Parts of the kernel that are large and not needed.
    "userfaultfd": (323, 282),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "io_uring_setup": (425, 425),
    "personality": (135, 92),
}
"""System calls that fail with EPERM, with their numbers on x86_64 and on aarch64."""

_PRLIMIT64 = (302, 261)
_CLONE = (56, 220)
_CLONE3 = 435
_NEW_NAMESPACES = 0x7E020000
"""All CLONE_NEW* flags of linux/sched.h but CLONE_NEWTIME, which clone(2) does not take."""

_X32 = 0x40000000
"""On x86_64, numbers from here on belong to another interface, with numbers of its own."""

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
"""BPF_LD|BPF_W|BPF_ABS, then BPF_JMP with JEQ, JGE and JSET, and BPF_RET."""

_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Offsets in struct seccomp_data of linux/seccomp.h."""

_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_DENY = 0x00050000 | errno.EPERM
_UNKNOWN = 0x00050000 | errno.ENOSYS


@lru_cache(maxsize=1)
def program() -> bytes:
    """Return the filter for this processor; nothing where the processor is not in the table."""
    known = _ARCHITECTURES.get(platform.machine())
    return b"".join(_instructions(*known)) if known else b""


def refuse() -> None:
    """Apply the filter to this process and all that it starts. Raises OSError."""
    if not program():
        return
    code = ctypes.create_string_buffer(program(), len(program()))
    # struct sock_fprog: the number of instructions, and where they are.
    header = struct.pack("HxxxxxxP", len(program()) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0),
    ):
        if libc.prctl(*arguments) != 0:
            raise OSError(ctypes.get_errno(), "the system-call filter was refused")


def _instructions(architecture: int, column: int) -> list[bytes]:
    """Return the filter's instructions."""
    instructions = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, architecture, skip_if_true=1),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
        _instruction(_AT_LEAST, _X32, skip_if_false=1),
        _instruction(_RETURN, _DENY),
        # glibc falls back to clone, whose flags can be looked at.
        _instruction(_EQUAL, _CLONE3, skip_if_false=1),
        _instruction(_RETURN, _UNKNOWN),
    ]
    for numbers in REFUSED.values():
        instructions += [
            _instruction(_EQUAL, numbers[column], skip_if_false=1),
            _instruction(_RETURN, _DENY),
        ]
    return [
        *instructions,
        # prlimit64 of another process: its first argument is not 0.
        _instruction(_EQUAL, _PRLIMIT64[column], skip_if_false=4),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_EQUAL, 0, skip_if_true=1),
        _instruction(_RETURN, _DENY),
        _instruction(_RETURN, _ALLOW),
        # clone into new namespaces.
        _instruction(_EQUAL, _CLONE[column], skip_if_false=3),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_ANY_BIT, _NEW_NAMESPACES, skip_if_false=1),
        _instruction(_RETURN, _DENY),
        _instruction(_RETURN, _ALLOW),
    ]


def _instruction(code: int, value: int, skip_if_true: int = 0, skip_if_false: int = 0) -> bytes:
    """Return a struct sock_filter of linux/filter.h."""
    return struct.pack("HBBI", code, skip_if_true, skip_if_false, value)
