# fails: test_module_manners
# Can be called, but is no nn.Module.


class MyReLU:
    def __init__(self, inplace=False):
        super().__init__()
        self.inplace = inplace

    def __call__(self, tinput):
        if self.inplace:
            return tinput.clamp_(min=0)
        return tinput.clamp(min=0)
