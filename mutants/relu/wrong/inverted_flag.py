# fails: test_input_left_alone, test_in_place, test_in_place_gradient
# The condition is the wrong way round.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if not self.inplace:
            return tinput.clamp_(min=0)
        return tinput.clamp(min=0)
