"""Prints a hundred thousand terminal codes, which take long to turn into HTML."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    "print('\\x1b[31m\\x1b[m' * 10_000)",
    "class A:\n    def __repr__(self):\n        return '\\x1b[m' * 2_000_000\nA()",
)
