"""Takes memory without end in one process."""

from attacks.kit import Earns

OUTCOME = Earns(0, r"MemoryError|more than the \d+ MB of memory|did not finish within")
ANSWER = """
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        held = []
        while True:
            held.append(b"x" * 2**26)
"""
