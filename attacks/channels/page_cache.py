"""Drops a file from memory, or reads it; another sandbox asks whether it is there."""

from attacks.kit import Lifted

LIFTED = Lifted(calls=("fadvise64", "cachestat"), rules=("preadv2",))
_FILE = """
import os

# A file that nobody else reads, and that no other channel has mapped.
file = os.open(os.path.join(os.path.dirname(os.__file__), "turtle.py"), os.O_RDONLY)
"""
SENDS = (
    _FILE
    + """
def on():
    os.pread(file, 4096, 65536)

def off():
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
"""
)
RECEIVES = (
    _FILE
    + """
def seen():
    try:
        return bool(os.preadv(file, [bytearray(1)], 65536, os.RWF_NOWAIT))
    except BlockingIOError:
        return False
"""
)
