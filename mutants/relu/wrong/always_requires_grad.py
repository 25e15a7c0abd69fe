# fails: test_gradient
# The result asks for a gradient though the input does not.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        return torch.relu(tinput).requires_grad_()
