from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.f = nn.LeakyReLU(n, inplace)

    def forward(self, tinput):
        return self.f(tinput)
