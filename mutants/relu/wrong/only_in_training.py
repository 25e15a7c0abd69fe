# fails: test_module_manners
# In eval mode nothing is computed.

from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        if not self.training:
            return tinput.clone()
        return tinput.clamp(min=0)
