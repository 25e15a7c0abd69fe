# fails: test_slope_n
# The argument has another name than the exercise asks for.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, slope=0.1, inplace=False):
        super().__init__()
        self.slope = slope
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(F.relu(tinput) - self.slope * F.relu(-tinput))
        return F.relu(tinput) - self.slope * F.relu(-tinput)
