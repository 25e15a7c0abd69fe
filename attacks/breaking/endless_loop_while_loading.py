"""Loops for ever while the tagged cell runs."""

from attacks.kit import Earns

OUTCOME = Earns(0, r"did not finish within \d")
ANSWER = "while True:\n    pass\n"
