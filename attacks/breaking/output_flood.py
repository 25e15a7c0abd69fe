"""Prints without end."""

from attacks.kit import Earns

OUTCOME = Earns(10, r"printed more than \d+ characters")
CELLS = ("while True:\n    print('again')",)
