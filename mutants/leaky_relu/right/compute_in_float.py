from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            wide = tinput.double().clone()
            return tinput.copy_(wide.clamp(min=0) + self.n * wide.clamp(max=0))
        wide = tinput.double()
        return (wide.clamp(min=0) + self.n * wide.clamp(max=0)).to(tinput.dtype)
