# fails: test_input_left_alone
# A comma at the end of the line makes the flag a tuple, and a tuple is true.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace,

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        return torch.relu(tinput)
