# fails: test_no_device_assumed
# A shortcut asks for the numbers themselves: on a GPU that waits, on meta there are none.

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
        if (tinput >= 0).all():
            return tinput.clone()
        return F.relu(tinput) - self.n * F.relu(-tinput)
