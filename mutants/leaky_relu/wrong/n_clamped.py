# fails: test_slope_n
# n = 0 is not let through.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = max(n, 0.01)
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return F.leaky_relu_(tinput, self.n)
        return F.leaky_relu(tinput, self.n)
