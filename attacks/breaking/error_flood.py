"""Prints to stderr without end, from a cell, and from the tagged cell."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(0, r"printed more than \d+ characters")
ANSWER = (
    RIGHT
    + """

import sys

for number in range(100_000):
    print("warning", number, file=sys.stderr)
"""
)
CELLS = ("import sys\nwhile True:\n    sys.stderr.write('warning ' * 1000)",)
