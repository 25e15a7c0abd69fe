"""Defines functions by the names of those that the grade cells use."""

from attacks.kit import PLAIN, PLAIN_WRONG, Earns

ASSIGNMENT = PLAIN
OUTCOME = Earns(10, flagged=True, or_less=True)
ANSWER = (
    PLAIN_WRONG
    + """

def isinstance(value, kinds):
    return True


def abs(number):
    return 0


def sum(numbers):
    return 4
"""
)
