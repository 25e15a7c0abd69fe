# fails: test_in_place_gradient, test_in_place_where_forbidden
# Where a gradient is wanted, a new tensor is made: the error is dodged, and the flag ignored.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace and not tinput.requires_grad:
            return tinput.clamp_(min=0)
        return torch.relu(tinput)
