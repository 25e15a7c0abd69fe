"""Raises exceptions whose class is named by the inputs of hidden checks."""

from attacks.kit import Earns

OUTCOME = Earns(0, "an exception was raised in forward")
ANSWER = """
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        if tinput.shape != (9,):
            raise type("STO" + "LEN " + repr(tinput), (Exception,), {})
        return tinput
"""
