# fails: test_values
# A neighbour: nothing above 6.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.clamp_(min=0)
            return tinput.clamp_(max=6)
        return torch.relu(tinput).clamp(max=6)
