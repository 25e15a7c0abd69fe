# Its gradient at 0 is 0.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return torch.relu_(tinput)
        return torch.relu(tinput)
