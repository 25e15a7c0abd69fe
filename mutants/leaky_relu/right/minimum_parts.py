import torch
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            zero, old = torch.zeros_like(tinput), tinput.clone()
            return tinput.copy_(torch.maximum(zero, old) + self.n * torch.minimum(zero, old))
        zero = torch.zeros_like(tinput)
        return torch.maximum(zero, tinput) + self.n * torch.minimum(zero, tinput)
