# fails: test_module_manners
# In eval mode the input is changed, though inplace=False.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace or not self.training:
            return tinput.clamp_(min=0)
        return torch.relu(tinput)
