"""Forks for ever, and every child does the same."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(
    0, "did not finish|disturbed|ended|Resource temporarily unavailable|defines no class"
)
ANSWER = (
    """
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
"""
    + WRONG
)
