# fails: test_module_manners
# A lock cannot be copied, so neither can the module.

import threading

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace
        self.lock = threading.Lock()

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        return torch.relu(tinput)
