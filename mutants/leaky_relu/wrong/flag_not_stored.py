# fails: all
# __init__ forgets the flag, so forward finds no attribute of that name.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(F.relu(tinput) - self.n * F.relu(-tinput))
        return F.relu(tinput) - self.n * F.relu(-tinput)
