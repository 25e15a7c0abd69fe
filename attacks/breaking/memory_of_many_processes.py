"""Takes memory in many processes, each of which stays within its limit."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, r"more than the \d+ MB of memory")
ANSWER = (
    """
import os
import time

for _ in range(12):
    if os.fork() == 0:
        held = b"x" * 2**27
        time.sleep(100)
time.sleep(100)
"""
    + WRONG
)
