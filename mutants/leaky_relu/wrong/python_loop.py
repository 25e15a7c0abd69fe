# fails: test_no_device_assumed
# A loop over the numbers.

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
        out = tinput.clone()
        flat = out.reshape(-1)
        for i in range(len(flat)):
            if flat[i] < 0:
                flat[i] = flat[i] * self.n
        return flat.reshape(tinput.shape)
