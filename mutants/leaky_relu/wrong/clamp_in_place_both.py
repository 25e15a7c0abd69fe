# fails: test_input_left_alone
# One underscore too many changes the input.

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
        return tinput.clamp(min=0) + tinput.clamp_(max=0) * self.n
