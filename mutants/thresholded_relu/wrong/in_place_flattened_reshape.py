# fails: test_in_place_every_kind
# For most transposed and sliced tensors reshape(-1) makes a copy, which is then changed.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            flat = tinput.reshape(-1)
            flat.copy_((tinput - self.threshold).clamp(min=0).reshape(-1))
            return tinput
        return (tinput - self.threshold).clamp(min=0)
