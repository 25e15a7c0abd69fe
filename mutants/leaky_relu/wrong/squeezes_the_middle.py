# fails: test_shapes_and_layouts
# Of three dimensions, the middle one is lost where its size is 1.

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
        if tinput.dim() == 3:
            tinput = tinput.squeeze(1)
        return torch.where(tinput > 0, tinput, self.n * tinput)
