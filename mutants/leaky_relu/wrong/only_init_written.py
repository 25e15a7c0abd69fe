# fails: all
# Both branches of forward still wait.

from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            raise NotImplementedError()
        else:
            raise NotImplementedError()
