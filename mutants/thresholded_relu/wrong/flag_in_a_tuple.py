# fails: test_input_left_alone
# A comma at the end of the line makes the flag a tuple, and a tuple is true.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace,

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.threshold).clamp_(min=0)
        return (tinput - self.threshold).clamp(min=0)
