# fails: test_shapes_and_layouts
# What has one number in each row is flattened.

import torch
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(torch.where(tinput > 0, tinput, self.n * tinput))
        if tinput.shape[-1:] == (1,):
            tinput = tinput.flatten()
        return torch.where(tinput > 0, tinput, self.n * tinput)
