"""Calls the layer that the exercise asks students to leave aside."""

from attacks.kit import Earns

OUTCOME = Earns(10, "which the exercise asks to leave aside", flagged=True)
ANSWER = """
from torch import nn


class MyReLU(nn.ReLU):
    pass
"""
