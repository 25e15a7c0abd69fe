# fails: test_values
# Numbers next to 0 are set to 0.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        result = torch.relu(tinput)
        return torch.where((result > 0) & (result < 1e-6), 0, result)
