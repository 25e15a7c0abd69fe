"""Adds a key to the keyring of its user."""

from attacks.kit import Lifted

LIFTED = Lifted(
    calls=("add_key", "keyctl", "request_key"),
    apart="the kernel keeps it for a user in a user namespace",
)
_CALLS = """
import ctypes, platform

libc = ctypes.CDLL(None, use_errno=True)
ADD, CALL = (248, 250) if platform.machine() == "x86_64" else (217, 219)
USER, UNLINK, SEARCH = -4, 9, 10

def call(*arguments):
    return libc.syscall(*arguments)
"""
SENDS = (
    _CALLS
    + """
keys = []

def on():
    if not keys:
        keys.append(call(ADD, b"user", b"wire", b"x", ctypes.c_size_t(1), USER))

def off():
    while keys:
        call(CALL, UNLINK, keys.pop(), USER)
"""
)
RECEIVES = (
    _CALLS
    + """
def seen():
    return call(CALL, SEARCH, USER, b"user", b"wire", 0) > 0
"""
)
