"""Makes a piece of System V shared memory, for another sandbox to find."""

from attacks.kit import Lifted

LIFTED = Lifted(calls=("shmget",), namespaces=("--unshare-ipc",))
_CALLS = """
import ctypes

libc = ctypes.CDLL(None, use_errno=True)
CREATE, REMOVE = 0o1000, 0
"""
SENDS = (
    _CALLS
    + """
held = []

def on():
    if not held:
        held.append(libc.shmget(PORT, 4096, CREATE | 0o666))

def off():
    while held:
        libc.shmctl(held.pop(), REMOVE, None)
"""
)
RECEIVES = (
    _CALLS
    + """
def seen():
    return libc.shmget(PORT, 0, 0) >= 0
"""
)
