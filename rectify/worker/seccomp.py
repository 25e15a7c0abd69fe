"""Takes system calls away from a session that no answer needs and that reach beyond it.

Left to the namespaces alone, a session could leave data behind for the next one (keys, System
V memory), take memory that no limit counts (memfd), change limits and priority of the warm
process, or open a user namespace of its own when root grades. It could also talk to a session in
another sandbox: locks, watches and futexes belong to a file's inode, and two sandboxes that see
the same read-only file share its inode.

Where a call is needed, its arguments are looked at. Of fcntl(2), ioctl(2) and socket(2), only what
is named here is allowed: new kernels bring new commands.

The filter is a classic BPF program, as seccomp(2) describes it. On a processor that is not in
the table nothing is filtered; then the self-test fails, and nothing is graded.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from dataclasses import dataclass
from functools import lru_cache

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
"""From linux/prctl.h and linux/seccomp.h."""

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""AUDIT_ARCH of linux/audit.h, and the column of the tables below."""

REFUSED: dict[str, tuple[int, int | None]] = {
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
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    # What outlives a process.
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "shmget": (29, 194),
    "semget": (64, 190),
    "msgget": (68, 186),
    "mq_open": (240, 180),
    # Locks and watches: they belong to the inode, which other sandboxes see, too.
    "flock": (73, 32),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "inotify_add_watch": (254, 27),
    "fanotify_init": (300, 262),
    "fanotify_mark": (301, 263),
    # The times of a device, such as /dev/null, which is the same in every sandbox. See below.
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    # Futexes that the rule below does not see. glibc does not use them.
    "futex_waitv": (449, 449),
    "futex_wake": (454, 454),
    "futex_wait": (455, 455),
    "futex_requeue": (456, 456),
    # Which pages of a shared file are in memory, who else has mapped them, and dropping them.
    "mincore": (27, 232),
    "cachestat": (451, 451),
    "fadvise64": (221, 223),
    "readahead": (187, 213),
    "process_madvise": (440, 440),
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # Descriptors on their way in sockets are counted for a user, not for a sandbox.
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    # What the kernel tells of the whole machine.
    "syslog": (103, 116),
    "sysinfo": (99, 179),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "acct": (163, 89),
    "kcmp": (312, 272),
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

_CLONE3 = 435
_NEW_NAMESPACES = 0x7E020000
"""All CLONE_NEW* flags of linux/sched.h but CLONE_NEWTIME, which clone(2) does not take."""

_ALL_BITS = 0xFFFFFFFF


@dataclass(frozen=True)
class Rule:
    """What an argument of a system call may be: the low 32 bits of it, behind a mask.

    `numbers` are those of the call on x86_64 and on aarch64. `values` are the only ones that are
    allowed, or, with `listed` false, the only ones that are not. Others fail with `error`. With
    `pretend`, what is allowed does nothing and succeeds.
    """

    numbers: tuple[int, int]
    argument: int
    values: tuple[int, ...]
    mask: int = _ALL_BITS
    listed: bool = True
    error: int = errno.EPERM
    pretend: bool = False


RULES = {
    # Another process's limits.
    "prlimit64": Rule((302, 261), 0, (0,)),
    "clone": Rule((56, 220), 0, (0,), mask=_NEW_NAMESPACES),
    # AF_UNIX. The network namespace does not confine AF_VSOCK, and nothing is there to talk to.
    "socket": Rule((41, 198), 0, (1,)),
    "socketpair": Rule((53, 199), 0, (1,)),
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL and F_DUPFD_CLOEXEC: no locks, no leases, no
    # notices, no hints that are kept with the inode, no sizes of pipes (counted for a user).
    "fcntl": Rule((72, 25), 1, (0, 1, 2, 3, 4, 1030)),
    # Those of terminals, and those that all descriptors have: their type is "T".
    "ioctl": Rule((16, 29), 1, (0x5400,), mask=0xFF00),
    # MADV_MERGEABLE, MADV_COLD, MADV_PAGEOUT and MADV_COLLAPSE act on pages that others have, too.
    "madvise": Rule((28, 233), 2, (12, 20, 21, 25), listed=False),
    # RWF_NOWAIT tells whether a page of a file is in memory.
    "preadv2": Rule((327, 286), 5, (0,), mask=0x8),
    # Whoever may write to a device may set its times to now. Copying a file sets them to what they
    # were, and takes no refusal; touching one without naming a time takes it, and opens the file.
    "utimensat": Rule((280, 88), 2, (0,), listed=False, pretend=True),
    # FUTEX_WAIT, FUTEX_WAIT_BITSET and FUTEX_WAIT_REQUEUE_PI without FUTEX_PRIVATE_FLAG could wait
    # on a page of a file for another sandbox. pthread_join and multiprocessing need them for memory
    # of their own: EAGAIN ("the value has changed") has them look again, until it has.
    "futex": Rule(
        (202, 98), 1, (0, 9, 11), mask=_ALL_BITS & ~0x100, listed=False, error=errno.EAGAIN
    ),
}
"""System calls that answers need, though not all that they can do."""

_X32 = 0x40000000
"""On x86_64, numbers from here on belong to another interface, with numbers of its own."""

_LOAD, _EQUAL, _AT_LEAST, _AND, _RETURN = 0x20, 0x15, 0x35, 0x54, 0x06
"""BPF_LD|BPF_W|BPF_ABS, then BPF_JMP with JEQ and JGE, BPF_ALU|BPF_AND, and BPF_RET."""

_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
"""Offsets in struct seccomp_data of linux/seccomp.h."""

_ALLOW, _KILL, _FAIL = 0x7FFF0000, 0x80000000, 0x00050000
"""SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS, and SECCOMP_RET_ERRNO, which an error goes with."""


@lru_cache(maxsize=1)
def program() -> bytes:
    """Return the filter for this processor; nothing where the processor is not in the table."""
    known = _ARCHITECTURES.get(platform.machine())
    return b"".join(_instructions(*known)) if known else b""


def refuse() -> None:
    """Apply the filter to this process and all that it starts. Raises OSError.

    It may not be able to gain privileges any more (PR_SET_NO_NEW_PRIVS).
    """
    if not program():
        return
    code = ctypes.create_string_buffer(program(), len(program()))
    # struct sock_fprog: the number of instructions, and where they are.
    header = struct.pack("HxxxxxxP", len(program()) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "the system-call filter was refused")


def _instructions(architecture: int, column: int) -> list[bytes]:
    """Return the filter's instructions."""
    instructions = [
        _instruction(_LOAD, _ARCHITECTURE),
        _instruction(_EQUAL, architecture, skip_if_true=1),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER),
        _instruction(_AT_LEAST, _X32, skip_if_false=1),
        _instruction(_RETURN, _FAIL | errno.EPERM),
        # glibc falls back to clone, whose flags can be looked at.
        _instruction(_EQUAL, _CLONE3, skip_if_false=1),
        _instruction(_RETURN, _FAIL | errno.ENOSYS),
    ]
    for numbers in REFUSED.values():
        number = numbers[column]
        if number is not None:
            instructions += [
                _instruction(_EQUAL, number, skip_if_false=1),
                _instruction(_RETURN, _FAIL | errno.EPERM),
            ]
    for rule in RULES.values():
        instructions += _look(rule, column)
    return [*instructions, _instruction(_RETURN, _ALLOW)]


def _look(rule: Rule, column: int) -> list[bytes]:
    """Return the instructions that decide on one call, and skip all of it for any other."""
    fail = _instruction(_RETURN, _FAIL | rule.error)
    allow = _instruction(_RETURN, _FAIL if rule.pretend else _ALLOW)
    found, other = (allow, fail) if rule.listed else (fail, allow)
    decide = [
        _instruction(_LOAD, _FIRST_ARGUMENT + 8 * rule.argument),
        _instruction(_AND, rule.mask),
    ]
    for value in rule.values:
        decide += [_instruction(_EQUAL, value, skip_if_false=1), found]
    decide.append(other)
    return [_instruction(_EQUAL, rule.numbers[column], skip_if_false=len(decide)), *decide]


def _instruction(code: int, value: int, skip_if_true: int = 0, skip_if_false: int = 0) -> bytes:
    """Return a struct sock_filter of linux/filter.h."""
    return struct.pack("HBBI", code, skip_if_true, skip_if_false, value)
