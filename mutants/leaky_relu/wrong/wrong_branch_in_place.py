# fails: test_in_place
# With inplace=True, positive numbers are multiplied, negative ones kept.

import torch
import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(torch.where(tinput > 0, self.n * tinput, tinput))
        return F.leaky_relu(tinput, self.n)
