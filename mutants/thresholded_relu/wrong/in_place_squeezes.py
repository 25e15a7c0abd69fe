# fails: test_in_place_every_kind
# The input itself loses its dimensions of size 1.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.squeeze_()
            return tinput.sub_(self.threshold).clamp_(min=0)
        return (tinput - self.threshold).clamp(min=0)
