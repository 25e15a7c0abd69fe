"""Opens a file of Python's library, for another sandbox that watches it with inotify."""

from attacks.kit import Lifted

LIFTED = Lifted(calls=("inotify_init", "inotify_init1", "inotify_add_watch"))
SENDS = """
def on():
    open(SHARED).close()

def off():
    pass
"""
RECEIVES = """
import ctypes, os

libc = ctypes.CDLL(None, use_errno=True)
NONBLOCK, OPEN = 0x800, 0x20
watch = libc.inotify_init1(NONBLOCK)
if watch < 0 or libc.inotify_add_watch(watch, SHARED.encode(), OPEN) < 0:
    raise OSError(ctypes.get_errno(), "inotify")

def seen():
    try:
        return bool(os.read(watch, 65536))
    except BlockingIOError:
        return False
"""
