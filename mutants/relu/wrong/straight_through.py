# fails: test_gradient
# Right values, with the gradient of the identity.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        return tinput + (torch.relu(tinput) - tinput).detach()
