"""Raises exceptions whose text holds the inputs of hidden checks."""

from attacks.kit import Earns

OUTCOME = Earns(0, "was raised in forward")
ANSWER = """
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        if tinput.shape != (9,):
            raise ValueError("STO" + "LEN " + repr(tinput))
        return tinput
"""
