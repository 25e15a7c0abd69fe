# fails: test_threshold
# The argument has another name than the exercise asks for.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, limit=1.0, inplace=False):
        super().__init__()
        self.limit = limit
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.limit).clamp_(min=0)
        return (tinput - self.limit).clamp(min=0)
