import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            tinput[...] = torch.relu(tinput)
            return tinput
        return torch.relu(tinput)
