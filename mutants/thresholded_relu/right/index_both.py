from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            low = tinput <= self.threshold
            tinput[low] = 0
            tinput[~low] -= self.threshold
            return tinput
        out = tinput.clone()
        low = out <= self.threshold
        out[low] = 0
        out[~low] -= self.threshold
        return out
