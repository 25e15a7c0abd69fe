"""Locks a file of Python's library for an open file, as fcntl can since Linux 3.15."""

from attacks.kit import Lifted

LIFTED = Lifted(rules=("fcntl",))
SENDS = """
import fcntl, struct

SET = 37
file = open(SHARED)

def lock(kind):
    fcntl.fcntl(file, SET, struct.pack("hhqqi4x", kind, 0, 0, 0, 0))

def on():
    lock(fcntl.F_RDLCK)

def off():
    lock(fcntl.F_UNLCK)
"""
RECEIVES = """
import fcntl, struct

GET = 36
file = open(SHARED)

def seen():
    asked = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
    return struct.unpack_from("h", fcntl.fcntl(file, GET, asked))[0] != fcntl.F_UNLCK
"""
