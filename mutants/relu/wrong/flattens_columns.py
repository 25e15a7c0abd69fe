# fails: test_shapes_and_layouts
# What has one number in each row is flattened.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        if tinput.shape[-1:] == (1,):
            tinput = tinput.flatten()
        return tinput.clamp(min=0)
