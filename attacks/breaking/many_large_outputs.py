"""Displays as much as a cell may, in many cells."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = ("'x' * 7_000_000",) * 30
