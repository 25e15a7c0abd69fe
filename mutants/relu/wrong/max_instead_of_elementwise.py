# fails: all
# The largest number instead of each number's maximum with 0.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.max()
        return tinput.max()
