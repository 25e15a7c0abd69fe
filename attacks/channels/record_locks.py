"""Locks a part of a file of Python's library with fcntl, for another process to ask about."""

from attacks.kit import Lifted

LIFTED = Lifted(rules=("fcntl",))
SENDS = """
import fcntl, struct

file = open(SHARED)

def lock(kind):
    fcntl.fcntl(file, fcntl.F_SETLK, struct.pack("hhqqi4x", kind, 0, 0, 0, 0))

def on():
    lock(fcntl.F_RDLCK)

def off():
    lock(fcntl.F_UNLCK)
"""
RECEIVES = """
import fcntl, struct

file = open(SHARED)

def seen():
    asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
    return struct.unpack_from("h", fcntl.fcntl(file, fcntl.F_GETLK, asked))[0] != fcntl.F_UNLCK
"""
