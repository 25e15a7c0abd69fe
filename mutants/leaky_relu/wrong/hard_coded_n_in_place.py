# fails: test_in_place_gradient
# With inplace=True, n is 0.1, whatever was asked for.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return F.leaky_relu_(tinput, 0.1)
        return F.leaky_relu(tinput, self.n)
