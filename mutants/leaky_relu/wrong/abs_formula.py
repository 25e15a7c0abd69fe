# fails: test_special_values
# Infinity minus infinity is NaN.

from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_((1 + self.n) / 2 * tinput + (1 - self.n) / 2 * tinput.abs())
        return (1 + self.n) / 2 * tinput + (1 - self.n) / 2 * tinput.abs()
