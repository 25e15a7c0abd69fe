"""Raises SystemExit, GeneratorExit and KeyboardInterrupt, which are no ordinary errors."""

from attacks.kit import PLAIN, PLAIN_WRONG, Earns

ASSIGNMENT = PLAIN
OUTCOME = Earns(0, "SystemExit")
ANSWER = (
    PLAIN_WRONG
    + """
ways = [SystemExit(0), GeneratorExit(), KeyboardInterrupt()]


def double(x):
    raise ways[round(abs(x)) % 3]
"""
)
