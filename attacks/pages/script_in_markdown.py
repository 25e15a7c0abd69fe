"""Puts scripts into markdown cells, in many spellings."""

from pathlib import Path

from nbformat import NotebookNode

from attacks import kit

OUTCOME = kit.Earns(10)


def hand_in(released: NotebookNode, tag: str, folder: Path) -> None:
    """Add markdown cells."""
    notebook = kit.answered(released, tag)
    notebook.cells += kit.markdown(
        "<script>alert(1)</script>",
        "text <ScRiPt src='https://example.org/x.js'></sCrIpT > text",
        "<<script>script>alert(1)<</script>/script>",
        "<script\n>alert(1)</script\n>",
        "<noscript><p title='</noscript><script>alert(1)</script>'></noscript>",
        "<template><script>alert(1)</script></template>",
        "$<script>alert(1)</script>$ and $$<script>alert(1)</script>$$",
        "\\begin{a}<script>alert(1)</script>\\end{a}",
        "`</code><script>alert(1)</script>`",
        "```html\n</pre><script>alert(1)</script>\n```",
        "[a]: <javascript:alert(1)>\n\n[x][a] <!-- --><script>alert(1)</script>",
    )
    kit.write(folder, notebook)
