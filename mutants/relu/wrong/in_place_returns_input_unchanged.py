# fails: test_in_place, test_in_place_every_kind, test_in_place_gradient
# The result is worked out and thrown away.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            torch.relu(tinput)
            return tinput
        return tinput.clamp(min=0)
