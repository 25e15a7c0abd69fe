import torch
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            t = torch.full_like(tinput, self.threshold)
            return tinput.copy_(torch.maximum(tinput - t, torch.zeros_like(t)))
        t = torch.full_like(tinput, self.threshold)
        return torch.maximum(tinput, t) - t
