"""Takes memory with memfd_create, where no process has it mapped."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, r"more than the \d+ MB of memory|not permitted|Function not implemented")
ANSWER = (
    """
import os
import time

held = [os.memfd_create(str(number)) for number in range(40)]
block = b"x" * 2**20
for descriptor in held:
    for _ in range(60):
        os.write(descriptor, block)
time.sleep(100)
"""
    + WRONG
)
