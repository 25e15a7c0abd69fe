import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.copy_(self._compute(tinput))
            return tinput
        return self._compute(tinput)

    def _compute(self, tinput):
        return torch.relu(tinput)
