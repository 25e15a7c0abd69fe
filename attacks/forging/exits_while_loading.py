"""Leaves Python while the tagged cell runs, before any check."""

from attacks.kit import Earns

OUTCOME = Earns(0, "ended by itself")
ANSWER = """
import os

os._exit(0)
"""
