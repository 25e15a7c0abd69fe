"""Displays HTML, JavaScript, SVG, Markdown and LaTeX with scripts."""

from attacks.kit import Earns

OUTCOME = Earns(10)
CELLS = (
    """
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, display

display(HTML("<script>alert(1)</script><img src=x onerror=alert(1)>"))
display(Javascript("alert(1)"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"))
display(Markdown("<script>alert(1)</script> [x](javascript:alert(1))"))
display(Latex("$\\\\href{javascript:alert(1)}{x}$"))
display({"text/html": "<script>alert(1)</script>", "text/plain": "x"}, raw=True)
display({"application/vnd.jupyter.widget-view+json": {"model_id": "x"}}, raw=True)
display({"image/svg+xml": "<svg onload=alert(1)></svg>"}, raw=True)
""",
    """
import base64

from IPython.display import display

html = b"<script>alert(1)</script>"
display({"image/png": base64.b64encode(b"\\x89PNG\\r\\n\\x1a\\n" + html).decode()}, raw=True)
display({"image/png": "x' onerror='alert(1)", "text/plain": "x"}, raw=True)
""",
    "print('<script>alert(1)</script>\\x1b]8;;javascript:alert(1)\\x07link\\x1b]8;;\\x07')",
    "raise ValueError('<script>alert(1)</script>')",
    "class A:\n    def __repr__(self):\n        return '<script>alert(1)</script>'\nA()",
)
