# fails: test_input_left_alone, test_gradient, test_shapes_and_layouts, test_no_device_assumed
# The flag is not looked at: every call changes its input.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        return tinput.sub_(self.threshold).clamp_(min=0)
