# fails: test_shapes_and_layouts
# A column is viewed as a row of numbers.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        if tinput.dim() == 2 and tinput.shape[1] == 1:
            tinput = tinput.view(tinput.shape[0])
        return tinput.clamp(min=0)
