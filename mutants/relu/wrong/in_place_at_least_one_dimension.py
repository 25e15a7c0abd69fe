# fails: test_in_place_every_kind
# What comes back for a single number is a view of it.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput = torch.atleast_1d(tinput)
            return tinput.clamp_(min=0)
        return tinput.clamp(min=0)
