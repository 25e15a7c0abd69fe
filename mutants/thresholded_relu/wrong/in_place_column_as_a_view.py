# fails: test_in_place_every_kind
# What comes back for a column is a view of it.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            if tinput.shape[-1:] == (1,):
                tinput = tinput.squeeze(-1)
            return tinput.sub_(self.threshold).clamp_(min=0)
        return (tinput - self.threshold).clamp(min=0)
