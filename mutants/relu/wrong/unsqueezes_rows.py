# fails: test_shapes_and_layouts
# What has one dimension comes back with two.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        if tinput.dim() == 1:
            tinput = tinput.unsqueeze(0)
        return tinput.clamp(min=0)
