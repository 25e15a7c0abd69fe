# fails: test_no_device_assumed
# A shortcut asks for the numbers themselves: on a GPU that waits, on meta there are none.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        if (tinput >= 0).all():
            return tinput.clone()
        return torch.relu(tinput)
