"""What a session makes the kernel keep that counts as no process's memory.

The warm process counts it, from inside: only there can the folders be seen and the sockets listed.
"""

from __future__ import annotations

import os
import socket
import struct

INODE = 1024
"""What a file or a folder in memory takes beside its content, in bytes, rounded up."""

_NETLINK_SOCK_DIAG, _SOCK_DIAG_BY_FAMILY = 4, 20
_REQUEST, _DUMP = 0x1, 0x300
_ERROR, _DONE = 2, 3
"""From linux/netlink.h and linux/sock_diag.h."""

_ALL_STATES = 0xFFFFFFFF
_SHOW_QUEUE, _SHOW_MEMORY = 0x10, 0x20
_QUEUE, _MEMORY = 4, 5
"""From linux/unix_diag.h."""

_HEADER = struct.Struct("=IHHII")
_MESSAGE = 16
"""The size of struct unix_diag_msg, which comes before a socket's attributes."""


def kept(folders: tuple[str, ...]) -> int:
    """Return the memory, in bytes, that writable folders and the buffers of sockets take."""
    return sum(map(_folder, folders)) + _sockets()


def _folder(folder: str) -> int:
    usage = os.statvfs(folder)
    return (usage.f_blocks - usage.f_bfree) * usage.f_frsize + (
        usage.f_files - usage.f_ffree
    ) * INODE


def _sockets() -> int:
    """Return what waits in the Unix sockets of this network namespace; 0 if the kernel is mute."""
    request = struct.pack(
        "=BBHIIIII", socket.AF_UNIX, 0, 0, _ALL_STATES, 0, _SHOW_QUEUE | _SHOW_MEMORY, 0, 0
    )
    header = _HEADER.pack(_HEADER.size + len(request), _SOCK_DIAG_BY_FAMILY, _REQUEST | _DUMP, 0, 0)
    try:
        with socket.socket(
            socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_SOCK_DIAG
        ) as kernel:
            kernel.settimeout(1)
            kernel.send(header + request)
            total = 0
            while True:
                data = kernel.recv(1 << 16)
                while len(data) >= _HEADER.size:
                    length, kind, *_ = _HEADER.unpack_from(data)
                    if kind in (_ERROR, _DONE):
                        return total
                    total += _waiting(data[_HEADER.size + _MESSAGE : length])
                    data = data[(length + 3) // 4 * 4 :]
    except OSError:
        return 0


def _waiting(attributes: bytes) -> int:
    """Return what a socket holds: what it has sent and nobody has read, and what it can read.

    A sender that is closed is listed no more; then the receiver's queue is what remains.
    """
    total = 0
    while len(attributes) >= 4:
        length, kind = struct.unpack_from("=HH", attributes)
        if kind == _QUEUE:
            total += int(struct.unpack_from("=I", attributes, 4)[0])
        elif kind == _MEMORY:
            total += int(struct.unpack_from("=3I", attributes, 4)[2])
        attributes = attributes[max(4, (length + 3) // 4 * 4) :]
    return total
