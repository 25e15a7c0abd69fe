# fails: test_floating_point_types
# The slopes are in float32 and change the dtype.

import torch
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.mul_(torch.where(tinput > 0, 1.0, self.n))
        return tinput * torch.where(tinput > 0, 1.0, self.n)
