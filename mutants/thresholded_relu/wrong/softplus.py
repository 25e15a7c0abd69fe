# fails: all
# A neighbour: softplus, which is close for a large beta.

import torch.nn.functional as F
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        return F.softplus(tinput, beta=100)
