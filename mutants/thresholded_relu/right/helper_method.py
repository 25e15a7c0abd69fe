from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput.copy_(self._compute(tinput))
            return tinput
        return self._compute(tinput)

    def _compute(self, tinput):
        return (tinput - self.threshold).clamp(min=0)
