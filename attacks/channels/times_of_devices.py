"""Sets the times of /dev/null, which is the machine's own in every sandbox."""

from attacks.kit import Lifted

LIFTED = Lifted(calls=("utime", "utimes", "futimesat"), rules=("utimensat",))
SENDS = """
import os

def on():
    os.utime("/dev/null")

def off():
    pass
"""
RECEIVES = """
import os

last = [os.stat("/dev/null").st_mtime_ns]

def seen():
    now = os.stat("/dev/null").st_mtime_ns
    changed = now != last[0]
    last[0] = now
    return changed
"""
