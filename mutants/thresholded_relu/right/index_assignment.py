from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput -= self.threshold
            tinput[tinput < 0] = 0
            return tinput
        out = tinput - self.threshold
        out[out < 0] = 0
        return out
