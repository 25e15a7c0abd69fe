# fails: test_in_place, test_in_place_gradient
# The tensor is given other memory instead of other numbers.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.data = (tinput - self.threshold).clamp(min=0).data
            return tinput
        return (tinput - self.threshold).clamp(min=0)
