import torch.nn.functional as F
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return F.relu(tinput.sub_(self.threshold), inplace=True)
        return F.relu(tinput - self.threshold)
