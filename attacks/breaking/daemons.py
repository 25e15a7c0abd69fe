"""Leaves daemons behind that hold all files open and cannot be told to end."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import os
import signal
import time

for _ in range(10):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
            while True:
                time.sleep(1000)
        os._exit(0)
""",
    "print('still here')",
)
