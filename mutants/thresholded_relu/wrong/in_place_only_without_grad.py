# fails: test_in_place_gradient, test_in_place_where_forbidden
# Where a gradient is wanted, a new tensor is made: the error is dodged, and the flag ignored.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace and not tinput.requires_grad:
            return tinput.sub_(self.threshold).clamp_(min=0)
        return (tinput - self.threshold).clamp(min=0)
