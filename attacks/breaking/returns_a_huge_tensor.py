"""Returns an expanded tensor that needs no memory, until it is copied."""

from attacks.kit import Earns

OUTCOME = Earns(0, "no ordinary tensor|larger")
ANSWER = """
import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        return torch.zeros(()).expand(10**6, 10**6)
"""
