from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            leak = (self.n * tinput).masked_fill(tinput > 0, 0)
            return tinput.masked_fill_(tinput < 0, 0).add_(leak)
        leak = (self.n * tinput).masked_fill(tinput > 0, 0)
        return tinput.masked_fill(tinput < 0, 0) + leak
