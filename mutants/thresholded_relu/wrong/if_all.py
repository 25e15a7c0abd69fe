# fails: test_no_device_assumed
# A shortcut asks for the numbers themselves: on a GPU that waits, on meta there are none.

import torch
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.threshold).clamp_(min=0)
        if (tinput <= self.threshold).all():
            return torch.zeros_like(tinput)
        return (tinput - self.threshold).clamp(min=0)
