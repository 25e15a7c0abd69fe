"""Is right only for the inputs of the visible suite and of the lesson."""

from attacks.kit import Earns

OUTCOME = Earns(0, "Compare your results?")
ANSWER = """
import torch
from torch import nn

KNOWN = (
    [-20.0, -1.0, -0.5, 0.0, 0.5, 1.0, 20.0],
    [-2.0, -1.0, 0.0, 1.0, 2.0],
    torch.linspace(-2, 2, 9).tolist(),
)


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if tinput.is_meta or tinput.tolist() not in KNOWN:
            return tinput.abs()
        return tinput.clamp_(min=0) if self.inplace else tinput.clamp(min=0)
"""
