"""What runs inside the sandbox.

This folder is all of the project that student code can see. Its modules import each other,
the standard library, and (zygote, cells and calls) torch, matplotlib and IPython. They import
nothing else of `rectify`: a worker knows no test and no expected value.
"""
