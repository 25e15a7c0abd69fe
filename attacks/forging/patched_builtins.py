"""Replaces isinstance, len, all and AssertionError in builtins."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "disturbed|ended|raised|Compare your results?")
ANSWER = (
    WRONG
    + """

import builtins

builtins.AssertionError = Warning
builtins.all = builtins.isinstance = lambda *args: True
builtins.len = lambda value: 0
"""
)
