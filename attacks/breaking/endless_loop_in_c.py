"""Loops for ever in C, while it holds the GIL: a regular expression that backtracks."""

from attacks.kit import Earns

OUTCOME = Earns(0, r"did not finish within \d")
ANSWER = """
import re

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        return re.match("(a+)+$", "a" * 64 + "b")
"""
