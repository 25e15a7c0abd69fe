# fails: test_in_place_every_kind
# For most transposed and sliced tensors reshape(-1) makes a copy, which is then changed.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            flat = tinput.reshape(-1)
            flat.copy_(torch.relu(tinput).reshape(-1))
            return tinput
        return tinput.clamp(min=0)
