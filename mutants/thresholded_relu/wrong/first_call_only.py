# fails: test_values
# Right in the first call only.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace
        self.calls = 0

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.threshold).clamp_(min=0)
        self.calls += 1
        if self.calls > 1:
            return tinput.clone()
        return (tinput - self.threshold).clamp(min=0)
