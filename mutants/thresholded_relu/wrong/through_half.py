# fails: test_values
# Computed in float16: digits and large numbers are lost.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.threshold).clamp_(min=0)
        dtype = tinput.dtype
        tinput = tinput.half()
        return (tinput - self.threshold).clamp(min=0).to(dtype)
