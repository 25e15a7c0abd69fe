# fails: test_in_place_gradient
# The change is made under no_grad, so autograd does not see it.

import torch
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            with torch.no_grad():
                tinput.sub_(self.threshold).clamp_(min=0)
            return tinput
        return (tinput - self.threshold).clamp(min=0)
