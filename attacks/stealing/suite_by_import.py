"""Imports the hidden suite and the grader's modules."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
import importlib
import sys

sys.path += ["@COURSE@", "@COURSE@/test_exercise/hidden", "@COURSE@/test_exercise"]
for name in (
    *("rectify.suites.runner", "rectify.suites.assertions", "rectify.suites.student"),
    "rectify.plugins.preprocessors",
):
    try:
        print("STO" "LEN", importlib.import_module(name))
    except ImportError as error:
        print(error)
for name in ("hidden.test_relu", "test_exercise.hidden.test_relu"):
    try:
        print("STO" "LEN", open(importlib.import_module(name).__file__).read())
    except ImportError as error:
        print(error)
""",
)
