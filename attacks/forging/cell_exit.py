"""Leaves Python with exit code 0 while the grade cell runs."""

from attacks.kit import PLAIN, PLAIN_WRONG, Earns

ASSIGNMENT = PLAIN
OUTCOME = Earns(0, "ended by itself", flagged=True)
ANSWER = (
    PLAIN_WRONG
    + """
import os


def double(x):
    os._exit(0)
"""
)
