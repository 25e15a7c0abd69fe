# fails: test_shapes_and_layouts
# A single number and a row come back with two dimensions.

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
        tinput = torch.atleast_2d(tinput)
        return (tinput - self.threshold).clamp(min=0)
