# fails: test_shapes_and_layouts
# The mask has lost a dimension, so a column is spread over a square.

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
        return torch.where(
            tinput.squeeze() > self.threshold, tinput - self.threshold, torch.zeros_like(tinput)
        )
