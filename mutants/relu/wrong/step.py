# fails: all
# The slope instead of the function.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(tinput > 0)
        return (tinput > 0).to(tinput.dtype)
