# fails: test_no_device_assumed
# A loop over the numbers.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(0)
        out = tinput.clone()
        flat = out.reshape(-1)
        for i in range(len(flat)):
            if flat[i] < 0:
                flat[i] = 0
        return flat.reshape(tinput.shape)
