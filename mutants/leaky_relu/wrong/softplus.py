# fails: all
# A neighbour: softplus, which is close for a large beta.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        return F.softplus(tinput, beta=100)
