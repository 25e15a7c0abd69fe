"""Warns and prints on stderr, in the answer and in other cells, by accident."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(10)
ANSWER = (
    RIGHT
    + """

import sys
import warnings

warnings.warn("deprecated")
print("be careful", file=sys.stderr)
"""
)
CELLS = ("import warnings\nwarnings.warn('deprecated')",)
