# fails: test_values
# Clips at T from above.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(0, self.threshold)
        return tinput.clamp(0, self.threshold)
