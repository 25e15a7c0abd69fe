"""Calls itself for ever."""

from attacks.kit import Earns

OUTCOME = Earns(0, "RecursionError")
ANSWER = """
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        return self.forward(tinput)
"""
