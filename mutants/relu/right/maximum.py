# Its gradient at 0 is 0.5.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(torch.maximum(tinput.clone(), torch.zeros_like(tinput)))
        return torch.maximum(tinput, torch.zeros_like(tinput))
