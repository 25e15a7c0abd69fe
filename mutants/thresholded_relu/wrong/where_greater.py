# fails: test_special_values
# NaN is not greater than T, so it becomes 0.

import torch
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(torch.where(tinput > self.threshold, tinput - self.threshold, 0))
        return torch.where(tinput > self.threshold, tinput - self.threshold, 0)
