# fails: test_in_place_every_kind
# The whole storage is changed, also what lies beside a slice.

import torch
from torch import nn


class MyReLU(nn.Module):
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            whole = torch.as_strided(
                tinput, (tinput.untyped_storage().nbytes() // tinput.element_size(),), (1,), 0
            )
            whole.copy_(torch.relu(whole))
            return tinput
        return tinput.clamp(min=0)
