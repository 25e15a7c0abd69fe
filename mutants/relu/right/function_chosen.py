import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.clamp = torch.clamp_ if inplace else torch.clamp

    def forward(self, tinput):
        return self.clamp(tinput, 0)
