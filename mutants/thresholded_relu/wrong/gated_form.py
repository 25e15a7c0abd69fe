# fails: test_values, test_in_place
# The function of the same name that keeps x above T.

import torch
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(torch.where(tinput > self.threshold, tinput, 0))
        return torch.where(tinput > self.threshold, tinput, 0)
