# fails: all
# A neighbour: ELU.

import torch.nn.functional as F
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return F.elu_(tinput)
        return F.elu(tinput)
