# fails: test_values, test_special_values
# The function of the same name that keeps x above T, by a mask.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.mul_(tinput > self.threshold)
        return tinput * (tinput > self.threshold)
