# fails: test_shapes_and_layouts
# A single number and a row come back with two dimensions.

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
        tinput = torch.atleast_2d(tinput)
        return torch.where(tinput > 0, tinput, self.n * tinput)
