# fails: test_in_place
# With inplace=True, the function of the same name that keeps x above T.

import torch.nn.functional as F
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return F.threshold_(tinput, self.threshold, 0)
        return (tinput - self.threshold).clamp(min=0)
