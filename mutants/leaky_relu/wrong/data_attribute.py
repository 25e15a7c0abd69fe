# fails: test_in_place_gradient
# The change is made through .data, so autograd does not see it.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.data.copy_(F.relu(tinput.data) - self.n * F.relu(-tinput.data))
            return tinput
        return F.relu(tinput) - self.n * F.relu(-tinput)
