# fails: test_in_place, test_in_place_gradient
# The tensor is given other memory instead of other numbers.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.data = torch.relu(tinput).data
            return tinput
        return tinput.clamp(min=0)
