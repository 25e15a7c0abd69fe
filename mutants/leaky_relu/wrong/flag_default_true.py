# fails: test_input_left_alone
# In place by default.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=True):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(F.relu(tinput) - self.n * F.relu(-tinput))
        return F.relu(tinput) - self.n * F.relu(-tinput)
