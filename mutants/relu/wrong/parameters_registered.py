# fails: test_module_manners
# A parameter that nothing uses: there is nothing to learn here.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace
        self.weight = nn.Parameter(torch.ones(3))

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        return tinput.clamp(min=0)
