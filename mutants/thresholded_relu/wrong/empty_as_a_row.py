# fails: test_shapes_and_layouts
# Whatever the shape, nothing comes back as an empty row.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.sub_(self.threshold).clamp_(min=0)
        if not tinput.numel():
            tinput = tinput.flatten()
        return (tinput - self.threshold).clamp(min=0)
