# fails: all
# Picks the positive numbers: another shape.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput[tinput > 0]
        return tinput[tinput > 0]
