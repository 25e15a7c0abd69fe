# fails: test_input_left_alone, test_gradient, test_shapes_and_layouts, test_no_device_assumed
# The flag is not looked at: every call changes its input.

import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        return tinput.copy_(F.relu(tinput) - self.n * F.relu(-tinput))
