"""Maps a page of a file; /proc/self/smaps tells others that it is mapped somewhere else, too."""

from attacks.kit import Lifted

LIFTED = Lifted(landlock=True)
_PAGE = """
import mmap, os

file = os.open(SHARED, os.O_RDONLY)
size = os.fstat(file).st_size
"""
SENDS = (
    _PAGE
    + """
held = []

def on():
    if not held:
        held.append(mmap.mmap(file, size, mmap.MAP_SHARED, mmap.PROT_READ))
        held[0][100_000]

def off():
    while held:
        held.pop().close()
"""
)
RECEIVES = (
    _PAGE
    + """
ours = mmap.mmap(file, size, mmap.MAP_SHARED, mmap.PROT_READ)
ours[100_000]

def seen():
    _, _, behind = open("/proc/self/smaps").read().partition(os.path.basename(SHARED))
    line = next(line for line in behind.splitlines() if line.startswith("Shared_Clean"))
    return int(line.split()[1]) > 0
"""
)
