from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            out = (tinput - self.threshold).clamp(min=0)
            tinput.copy_(out)
            return tinput
        out = (tinput - self.threshold).clamp(min=0)
        return out
