# fails: test_gradient
# The result is made under no_grad, so no gradient flows.

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
        with torch.no_grad():
            return (tinput - self.threshold).clamp(min=0)
