import torch.nn.functional as F
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            t = self.threshold
            return F.threshold_(tinput, t, t).sub_(t)
        t = self.threshold
        return F.threshold(tinput, t, t) - t
