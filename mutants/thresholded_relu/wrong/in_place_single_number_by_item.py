# fails: test_in_place_gradient
# A single number is taken out of the tensor, and its gradient is lost.

from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            if tinput.numel() == 1:
                return tinput.fill_(max(0.0, tinput.item() - self.threshold))
            return tinput.sub_(self.threshold).clamp_(min=0)
        return (tinput - self.threshold).clamp(min=0)
