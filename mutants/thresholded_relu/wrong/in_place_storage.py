# fails: test_in_place_every_kind
# The whole storage is changed, also what lies beside a slice.

import torch
from torch import nn


class MyThresholdedReLU(nn.Module):
    def __init__(self, threshold=1.0, inplace=False):
        super().__init__()
        self.threshold = threshold
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            whole = torch.as_strided(
                tinput, (tinput.untyped_storage().nbytes() // tinput.element_size(),), (1,), 0
            )
            whole.copy_((whole - self.threshold).clamp(min=0))
            return tinput
        return (tinput - self.threshold).clamp(min=0)
