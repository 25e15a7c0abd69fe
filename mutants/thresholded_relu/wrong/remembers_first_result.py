# fails: test_values
# Every call returns the first result.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace
        self.result = None

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.threshold).clamp_(min=0)
        if self.result is None:
            self.result = (tinput - self.threshold).clamp(min=0)
        return self.result.clone()
