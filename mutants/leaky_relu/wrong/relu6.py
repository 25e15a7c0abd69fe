# fails: test_values
# A neighbour: nothing above 6.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.copy_(F.relu(tinput) - self.n * F.relu(-tinput))
            return tinput.clamp_(max=6)
        return (F.relu(tinput) - self.n * F.relu(-tinput)).clamp(max=6)
