# fails: test_values, test_input_left_alone
# Only the branch for inplace=True is written.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        raise NotImplementedError()
