# fails: test_gradient
# A single number is taken out of the tensor, and its gradient is lost.

import torch
from torch import nn


class MyLeakyReLU(nn.Module):
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def forward(self, tinput):
        if self.inplace:
            return tinput.copy_(torch.where(tinput > 0, tinput, self.n * tinput))
        if tinput.numel() == 1 and not tinput.is_meta:
            return torch.full_like(
                tinput, max(0.0, tinput.item()) + self.n * min(0.0, tinput.item())
            )
        return torch.where(tinput > 0, tinput, self.n * tinput)
