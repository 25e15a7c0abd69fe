"""Reads memory at address 0."""

from attacks.kit import Earns

OUTCOME = Earns(0, "was ended by SIGSEGV")
ANSWER = """
import ctypes

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        return ctypes.string_at(0)
"""
