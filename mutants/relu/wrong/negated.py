# fails: all
# The sign is wrong.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.clamp_(min=0)
            return tinput.neg_()
        return -torch.relu(tinput)
