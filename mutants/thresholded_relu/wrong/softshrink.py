# fails: test_values, test_in_place, test_threshold
# A neighbour: shrinks on both sides, and refuses T below 0.

import torch.nn.functional as F
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(F.softshrink(tinput, self.threshold))
        return F.softshrink(tinput, self.threshold)
