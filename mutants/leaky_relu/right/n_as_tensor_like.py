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
            return F.leaky_relu_(tinput, self.n)
        n = torch.as_tensor(self.n, dtype=tinput.dtype, device=tinput.device)
        return torch.where(tinput < 0, n * tinput, tinput)
