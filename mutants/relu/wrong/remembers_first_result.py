# fails: test_values
# Every call returns the first result.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace
        self.result = None

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        if self.result is None:
            self.result = torch.relu(tinput)
        return self.result.clone()
