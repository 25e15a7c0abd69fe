"""Hands in many cells that each take almost as long as they may."""

from attacks.kit import Earns

OUTCOME = Earns(10, r"All cells together may take \d+ s")
CELLS = ("import time\ntime.sleep(0.9)",) * 60
