"""Replaces a function of the library that a grade cell compares with."""

from attacks.kit import PLAIN, PLAIN_WRONG, Earns

ASSIGNMENT = PLAIN
OUTCOME = Earns(10, flagged=True, or_less=True)
ANSWER = (
    PLAIN_WRONG
    + """
import math

math.isclose = lambda *args: True
"""
)
