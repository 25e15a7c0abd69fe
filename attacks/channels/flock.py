"""Locks a file of Python's library with flock, which is felt wherever the same file is seen."""

from attacks.kit import Lifted

LIFTED = Lifted(calls=("flock",))
SENDS = """
import fcntl

file = open(SHARED)

def on():
    fcntl.flock(file, fcntl.LOCK_EX)

def off():
    fcntl.flock(file, fcntl.LOCK_UN)
"""
RECEIVES = """
import fcntl

file = open(SHARED)

def seen():
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False
"""
