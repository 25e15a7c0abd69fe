from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        target = tinput if self.inplace else tinput.clone()
        target.sub_(self.threshold).clamp_(min=0)
        return target
