# fails: test_floating_point_types
# A mask in float32 changes the dtype.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_((tinput - self.threshold) * (tinput > self.threshold).float())
        return (tinput - self.threshold) * (tinput > self.threshold).float()
