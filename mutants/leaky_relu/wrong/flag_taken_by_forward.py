# fails: test_in_place
# The flag is an argument of forward as well, and that one counts.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n

    def forward(self, tinput, inplace=False):
        if inplace:
            return tinput.copy_(F.relu(tinput) - self.n * F.relu(-tinput))
        return F.relu(tinput) - self.n * F.relu(-tinput)
