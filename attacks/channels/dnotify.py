"""Reads a file of Python's library, for another sandbox that watches its folder with F_NOTIFY."""

from attacks.kit import Lifted

LIFTED = Lifted(rules=("fcntl",))
SENDS = """
def on():
    with open(SHARED) as file:
        file.read(1)

def off():
    pass
"""
RECEIVES = """
import fcntl, os, signal

ACCESS, MANY_TIMES = 0x1, 0x80000000
told = []
signal.signal(signal.SIGIO, lambda *_: told.append(1))
fcntl.fcntl(os.open(os.path.dirname(SHARED), 0), fcntl.F_NOTIFY, ACCESS | MANY_TIMES)

def seen():
    was = bool(told)
    told.clear()
    return was
"""
