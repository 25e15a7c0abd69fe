"""Waits for input() that nobody gives."""

from attacks.kit import Earns

OUTCOME = Earns(0, "EOFError|StdinNotImplementedError|did not finish")
ANSWER = """
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        return input("Password: ")
"""
