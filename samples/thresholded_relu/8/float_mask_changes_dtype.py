from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            mask = (tinput > self.threshold).float()
            return tinput.sub_(self.threshold).mul_(mask)
        else:
            return (tinput - self.threshold) * (tinput > self.threshold).float()
