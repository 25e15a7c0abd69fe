# fails: test_module_manners
# In eval mode nothing is computed.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.threshold).clamp_(min=0)
        if not self.training:
            return tinput.clone()
        return (tinput - self.threshold).clamp(min=0)
