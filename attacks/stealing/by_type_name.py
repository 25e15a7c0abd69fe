"""Returns objects whose class is named by the inputs of hidden checks."""

from attacks.kit import Earns

OUTCOME = Earns(0, "returned something that is no ordinary tensor")
ANSWER = """
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        return type("STO" + "LEN " + repr(tinput), (), {})()
"""
