"""Kills every process that it can reach, its parent first."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import os
import signal

for number in range(1, 65):
    for pid in (1, os.getppid(), 2, 3, 4):
        if pid != os.getpid():
            try:
                os.kill(pid, number)
            except OSError:
                pass
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.kill(-1, signal.SIGTERM)
""",
    "print('still here')",
)
