import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(0)
        return torch.stack([tinput, torch.zeros_like(tinput)]).amax(dim=0)
