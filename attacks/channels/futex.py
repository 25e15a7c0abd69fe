"""Wakes whoever waits on a page of a file of Python's library, in whichever sandbox."""

from attacks.kit import Lifted

LIFTED = Lifted(rules=("futex",))
_PAGE = """
import ctypes, platform, struct

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
FUTEX = 202 if platform.machine() == "x86_64" else 98
READ, MAP_SHARED, WAIT, WAKE = 1, 1, 0, 1
file = open(SHARED)
page = libc.mmap(None, ctypes.c_size_t(4096), READ, MAP_SHARED, file.fileno(), ctypes.c_long(0))
word = ctypes.c_uint.from_address(page)
"""
SENDS = (
    _PAGE
    + """
def on():
    libc.syscall(FUTEX, ctypes.byref(word), WAKE, 64, None, None, 0)

def off():
    pass
"""
)
RECEIVES = (
    _PAGE
    + """
def seen():
    a_moment = struct.pack("qq", 0, 5_000_000)
    return libc.syscall(FUTEX, ctypes.byref(word), WAIT, word.value, a_moment, None, 0) == 0
"""
)
