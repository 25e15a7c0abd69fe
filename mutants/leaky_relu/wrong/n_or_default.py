# fails: test_slope_n
# 0 counts as false, so n = 0 becomes 0.1.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n or 0.1
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return F.leaky_relu_(tinput, self.n)
        return F.leaky_relu(tinput, self.n)
