# fails: test_values
# Squares overflow, and tiny ones vanish.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(0)
        return (tinput.square().sqrt() + tinput) / 2
