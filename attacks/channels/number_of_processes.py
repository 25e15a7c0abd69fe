"""Starts processes, whose number /proc/loadavg tells everybody."""

from attacks.kit import Lifted

LIFTED = Lifted(landlock=True)
SENDS = """
import threading

end = threading.Event()
end.set()

def on():
    if end.is_set():
        end.clear()
        for _ in range(40):
            threading.Thread(target=end.wait, daemon=True).start()

def off():
    end.set()
"""
RECEIVES = """
from collections import deque

# Others start and end processes, too: what counts is the rise within a second.
before = deque(maxlen=150)

def seen():
    with open("/proc/loadavg") as file:
        before.append(int(file.read().split()[3].split("/")[1]))
    return before[-1] > min(before) + 25
"""
