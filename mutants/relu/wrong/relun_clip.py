# fails: test_values
# A function of nearly the same name: clips at 1.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(0, 1)
        return tinput.clamp(0, 1)
