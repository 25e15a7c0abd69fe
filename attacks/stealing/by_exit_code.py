"""Ends the process with an exit code that spells the inputs of hidden checks."""

from attacks.kit import Earns

OUTCOME = Earns(0, "^(?s:(?!.*exit code 77).)*ended(?s:(?!.*exit code 77).)*$")
ANSWER = """
import os

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        if tinput.shape != (9,):
            os._exit(77)
        return tinput
"""
