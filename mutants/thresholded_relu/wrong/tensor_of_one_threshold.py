# fails: test_floating_point_types
# A tensor of one element in float32 changes the dtype.

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
        return (tinput - torch.tensor([self.threshold])).clamp(min=0)
