# fails: test_values
# Every call returns the first result.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace
        self.result = None

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(F.relu(tinput) - self.n * F.relu(-tinput))
        if self.result is None:
            self.result = F.relu(tinput) - self.n * F.relu(-tinput)
        return self.result.clone()
