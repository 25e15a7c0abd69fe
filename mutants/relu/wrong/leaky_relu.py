# fails: all
# A neighbour: leaky ReLU.

import torch.nn.functional as F
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return F.leaky_relu_(tinput, 0.01)
        return F.leaky_relu(tinput, 0.01)
