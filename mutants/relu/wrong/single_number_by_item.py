# fails: test_gradient
# A single number is taken out of the tensor, and its gradient is lost.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        if tinput.numel() == 1 and not tinput.is_meta:
            return torch.full_like(tinput, max(0.0, tinput.item()))
        return tinput.clamp(min=0)
