# fails: test_in_place_gradient
# clamp needs the old numbers for the gradient, and copy_ overwrites them.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(tinput.clamp(min=0))
        return tinput.clamp(min=0)
