# fails: test_no_device_assumed
# A loop over the numbers.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.threshold).clamp_(min=0)
        out = tinput - self.threshold
        flat = out.reshape(-1)
        for i in range(len(flat)):
            if flat[i] < 0:
                flat[i] = 0
        return flat.reshape(tinput.shape)
