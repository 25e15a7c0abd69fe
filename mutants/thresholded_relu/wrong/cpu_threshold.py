# fails: test_no_device_assumed
# The thresholds are on the CPU, wherever the input is.

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
        return (tinput - torch.full(tinput.shape, self.threshold, dtype=tinput.dtype)).clamp(min=0)
