# fails: test_values
# The leak has the wrong sign.

from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(tinput.clamp(min=0) - self.n * tinput.clamp(max=0))
        return tinput.clamp(min=0) - self.n * tinput.clamp(max=0)
