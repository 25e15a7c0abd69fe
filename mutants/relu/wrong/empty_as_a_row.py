# fails: test_shapes_and_layouts
# Whatever the shape, nothing comes back as an empty row.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        if not tinput.numel():
            tinput = tinput.flatten()
        return tinput.clamp(min=0)
