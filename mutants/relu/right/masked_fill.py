from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.masked_fill_(tinput < 0, 0)
        return tinput.masked_fill(tinput < 0, 0)
