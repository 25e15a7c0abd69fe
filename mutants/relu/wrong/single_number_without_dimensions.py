# fails: test_shapes_and_layouts
# A tensor of one number loses all its dimensions.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        if tinput.numel() == 1:
            tinput = tinput.reshape(())
        return tinput.clamp(min=0)
