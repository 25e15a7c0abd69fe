"""Raises the recursion limit and overflows the stack of the process."""

from attacks.kit import Earns

OUTCOME = Earns(0, "did not finish|was ended by|MemoryError|RecursionError")
ANSWER = """
import sys

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        sys.setrecursionlimit(10**9)
        nested = []
        for _ in range(10**6):
            nested = [nested]
        return repr(nested)
"""
