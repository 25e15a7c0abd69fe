# fails: test_in_place_gradient
# maximum needs the old numbers for the gradient, and copy_ overwrites them.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.copy_(torch.maximum(tinput, torch.zeros_like(tinput)))
            return tinput
        return tinput.clamp(min=0)
