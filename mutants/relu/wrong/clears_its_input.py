# fails: test_input_left_alone
# The input is set to zero once it is used.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        result = torch.relu(tinput)
        tinput.zero_()
        return result
