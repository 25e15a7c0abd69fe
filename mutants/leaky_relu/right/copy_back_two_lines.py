import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            out = F.relu(tinput) - self.n * F.relu(-tinput)
            tinput.copy_(out)
            return tinput
        out = F.relu(tinput) - self.n * F.relu(-tinput)
        return out
