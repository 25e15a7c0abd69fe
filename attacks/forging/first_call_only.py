"""Is right only the first time it is called in a process."""

from attacks.kit import Earns

OUTCOME = Earns(0, "Call your module several times")
ANSWER = """
import torch
from torch import nn

calls = []


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        calls.append(1)
        if len(calls) > 1:
            return tinput - 1
        return tinput.clamp_(min=0) if self.inplace else tinput.clamp(min=0)
"""
