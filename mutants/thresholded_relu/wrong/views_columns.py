# fails: test_shapes_and_layouts
# A column is viewed as a row of numbers.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.threshold).clamp_(min=0)
        if tinput.dim() == 2 and tinput.shape[1] == 1:
            tinput = tinput.view(tinput.shape[0])
        return (tinput - self.threshold).clamp(min=0)
