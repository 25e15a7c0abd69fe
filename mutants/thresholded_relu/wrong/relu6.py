# fails: test_values
# A neighbour: nothing above 6.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.sub_(self.threshold).clamp_(min=0)
            return tinput.clamp_(max=6)
        return (tinput - self.threshold).clamp(min=0).clamp(max=6)
