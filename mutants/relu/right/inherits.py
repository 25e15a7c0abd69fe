from torch import nn


class MyReLU(nn.ReLU):
    def __init__(self, inplace=False):
        super().__init__(inplace=inplace)
