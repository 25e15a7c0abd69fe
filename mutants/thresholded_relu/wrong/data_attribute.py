# fails: test_in_place_gradient
# The change is made through .data, so autograd does not see it.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.data.sub_(self.threshold).clamp_(min=0)
            return tinput
        return (tinput - self.threshold).clamp(min=0)
