"""Ends itself by a real-time signal, which has no name."""

from attacks.kit import Earns

OUTCOME = Earns(0, "ended")
ANSWER = """
import os

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        os.kill(os.getpid(), 40)
"""
