# fails: test_special_values
# Minus infinity plus infinity is NaN.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.add_(tinput.abs()).div_(2)
        return (tinput + tinput.abs()) / 2
