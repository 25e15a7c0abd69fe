# fails: test_no_device_assumed
# The zeros are on the CPU, wherever the input is.

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
            return F.leaky_relu_(tinput, self.n)
        zero = torch.zeros(tinput.shape, dtype=tinput.dtype)
        return torch.maximum(zero, tinput) + self.n * torch.minimum(zero, tinput)
