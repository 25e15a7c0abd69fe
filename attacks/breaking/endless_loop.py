"""Loops for ever in Python, in forward."""

from attacks.kit import Earns

OUTCOME = Earns(0, r"did not finish within \d")
ANSWER = """
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        while True:
            pass
"""
