"""Is right, but takes almost as long as it may in every call."""

from attacks.kit import Earns

OUTCOME = Earns(9.5, r"All checks together may take \d+ s", or_less=True)
ANSWER = """
import time

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        time.sleep(0.45)
        return tinput.clamp_(min=0) if self.inplace else tinput.clamp(min=0)
"""
