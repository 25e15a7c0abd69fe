"""Raises always, because some check expects an exception."""

from attacks.kit import Earns

OUTCOME = Earns(0, "raised RuntimeError: a leaf Variable")
ANSWER = """
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        raise RuntimeError("a leaf Variable that requires grad is being used")
"""
