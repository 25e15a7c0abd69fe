# fails: all
# An if on a whole tensor raises.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if tinput > 0:
            result = tinput
        else:
            result = torch.zeros_like(tinput)
        return tinput.copy_(result) if self.inplace else result
