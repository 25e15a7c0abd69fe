"""Replaces the process by another program that prints a score and exits with code 0."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "ended|disturbed")
ANSWER = (
    WRONG
    + """

import os
import sys

for descriptor in range(3, 256):
    try:
        os.set_inheritable(descriptor, True)
    except OSError:
        pass
os.execv(sys.executable, [sys.executable, "-c", "print(10)"])
"""
)
