# fails: test_values
# The positive part is missing.

from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(max=0).mul_(self.n)
        return self.n * tinput.clamp(max=0)
