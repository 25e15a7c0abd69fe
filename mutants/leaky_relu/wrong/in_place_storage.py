# fails: test_in_place_every_kind
# The whole storage is changed, also what lies beside a slice.

import torch
import torch.nn.functional as F
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            whole = torch.as_strided(
                tinput, (tinput.untyped_storage().nbytes() // tinput.element_size(),), (1,), 0
            )
            whole.copy_(F.relu(whole) - self.n * F.relu(-whole))
            return tinput
        return F.relu(tinput) - self.n * F.relu(-tinput)
