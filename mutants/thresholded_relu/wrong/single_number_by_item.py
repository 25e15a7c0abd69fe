# fails: test_gradient
# A single number is taken out of the tensor, and its gradient is lost.

import torch
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.threshold).clamp_(min=0)
        if tinput.numel() == 1 and not tinput.is_meta:
            return torch.full_like(tinput, max(0.0, tinput.item() - self.threshold))
        return (tinput - self.threshold).clamp(min=0)
