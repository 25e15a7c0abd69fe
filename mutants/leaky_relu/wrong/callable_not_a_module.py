# fails: test_module_manners
# Can be called, but is no nn.Module.

import torch.nn.functional as F


class MyLeakyReLU:
    def __init__(self, n=0.1, inplace=False):
        super().__init__()
        self.n = n
        self.inplace = inplace

    def __call__(self, tinput):
        if self.inplace:
            return tinput.copy_(F.relu(tinput) - self.n * F.relu(-tinput))
        return F.relu(tinput) - self.n * F.relu(-tinput)
