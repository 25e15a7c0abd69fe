"""Raises an exception whose text never ends."""

from attacks.kit import Earns

OUTCOME = Earns(0, r"did not finish within \d")
ANSWER = """
from torch import nn


class Endless(Exception):
    def __str__(self):
        while True:
            pass


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        raise Endless
"""
