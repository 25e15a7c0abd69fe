"""Opens a file of Python's library, for another sandbox that watches it with fanotify."""

from attacks.kit import Lifted

LIFTED = Lifted(calls=("fanotify_init", "fanotify_mark"))
SENDS = """
def on():
    open(SHARED).close()

def off():
    pass
"""
RECEIVES = """
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
NONBLOCK, REPORT_FID, ADD, OPEN, HERE = 0x2, 0x200, 0x1, 0x20, -100
watch = libc.fanotify_init(NONBLOCK | REPORT_FID, 0)
mask = ctypes.c_uint64(OPEN)
if watch < 0 or libc.fanotify_mark(watch, ADD, mask, HERE, SHARED.encode()) < 0:
    raise OSError(ctypes.get_errno(), "fanotify")

def seen():
    try:
        return bool(os.read(watch, 65536))
    except BlockingIOError:
        return False
"""
