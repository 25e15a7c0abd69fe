# fails: test_values
# Numbers next to 0 are set to 0.

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
            return tinput.copy_(F.relu(tinput) - self.n * F.relu(-tinput))
        result = F.relu(tinput) - self.n * F.relu(-tinput)
        return torch.where((result > 0) & (result < 1e-6), 0, result)
