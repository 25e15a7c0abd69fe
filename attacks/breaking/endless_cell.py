"""Loops for ever in a cell of its own, behind a right answer."""

from attacks.kit import Earns

OUTCOME = Earns(10, r"did not finish within \d+ s.*The cells after this one were not run")
CELLS = ("while True:\n    pass", "print('not reached')")
