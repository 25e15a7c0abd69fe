# fails: test_values
# n is cut to a whole number.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = int(n)
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return F.leaky_relu_(tinput, self.n)
        return F.leaky_relu(tinput, self.n)
