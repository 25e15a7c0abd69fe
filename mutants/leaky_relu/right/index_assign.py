from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            mask = tinput < 0
            tinput[mask] = self.n * tinput[mask]
            return tinput
        out = tinput.clone()
        out[tinput < 0] = self.n * tinput[tinput < 0]
        return out
