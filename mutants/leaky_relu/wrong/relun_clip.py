# fails: test_values
# Caffe2's function of the same name: clips at n, no leak.

from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(0, self.n)
        return tinput.clamp(0, self.n)
