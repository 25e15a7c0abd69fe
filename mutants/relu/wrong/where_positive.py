# fails: test_special_values
# NaN is not greater than 0, so it becomes 0.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(torch.where(tinput > 0, tinput, 0))
        return torch.where(tinput > 0, tinput, 0)
