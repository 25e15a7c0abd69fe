"""Raises an exception with a text of seven million characters, in a cell and in forward."""

from attacks.kit import Earns

OUTCOME = Earns(0, r"raised ValueError: xxx")
ANSWER = """
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        raise ValueError("x" * 7_000_000)
"""
CELLS = ("raise ValueError('x' * 7_000_000)",)
