from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput[tinput < 0] = 0
            return tinput
        out = tinput.clone()
        out[out < 0] = 0
        return out
