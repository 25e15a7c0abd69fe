from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            mask = tinput < self.threshold
            return tinput.sub_(self.threshold).masked_fill_(mask, 0)
        return (tinput - self.threshold).masked_fill(tinput < self.threshold, 0)
