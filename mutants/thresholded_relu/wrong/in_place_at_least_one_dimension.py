# fails: test_in_place_every_kind
# What comes back for a single number is a view of it.

import torch
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput = torch.atleast_1d(tinput)
            return tinput.sub_(self.threshold).clamp_(min=0)
        return (tinput - self.threshold).clamp(min=0)
