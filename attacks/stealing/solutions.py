"""Looks for the solutions in source/ and hands them in."""

from attacks.kit import WRONG, Earns

OUTCOME = Earns(0, "Compare your results?")
ANSWER = (
    WRONG
    + """

import json

try:
    notebook = json.load(open("@COURSE@/source/relu/relu.ipynb"))
except OSError:
    pass
else:
    for cell in notebook["cells"]:
        if "relu" in cell["metadata"].get("tags", ()):
            exec("".join(cell["source"]))
"""
)
