"""Returns NaN everywhere, because comparisons may take NaN as equal."""

from attacks.kit import Earns

OUTCOME = Earns(0, "Compare your results?")
ANSWER = """
import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, *_, **__):
        super().__init__()

    def forward(self, tinput):
        return torch.full_like(tinput, float("nan") if tinput.is_floating_point() else 0)
"""
