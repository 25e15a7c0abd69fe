# fails: test_gradient
# The result goes through a list, so no gradient flows.

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
        return torch.tensor((tinput - self.threshold).clamp(min=0).tolist(), dtype=tinput.dtype)
