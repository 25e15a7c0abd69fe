# fails: test_module_manners
# A buffer that nothing uses: there is nothing to save here.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace
        self.register_buffer("calls", torch.zeros(1))

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        return tinput.clamp(min=0)
