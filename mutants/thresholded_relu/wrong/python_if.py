# fails: all
# An if on a whole tensor raises.

import torch
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if tinput > self.threshold:
            result = tinput - self.threshold
        else:
            result = torch.zeros_like(tinput)
        return tinput.copy_(result) if self.inplace else result
