# fails: test_input_left_alone, test_in_place
# The flag is stored on the class: all modules share the one that was set last.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        MyReLU.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        return tinput.clamp(min=0)
