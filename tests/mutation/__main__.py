"""`python -m tests.mutation`: changes the engine in small ways, and looks whether a test notices.

The changes are cosmic-ray's. Each is made in a copy of the package, and the tests of its module run
against that copy. What no test notices is named in `equivalent.json` with the reason why it is no
fault, or needs a test.

    python -m tests.mutation                          all modules, and writes docs/engine.md
    python -m tests.mutation result.py --sample 20    so many changes of one module, by chance
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.mutation import engine


def main(arguments: list[str]) -> int:
    """Try changes, and print what no test notices. Returns how many there are, at most 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("modules", nargs="*", default=sorted(engine.TESTS), metavar="MODULE")
    parser.add_argument("--sample", type=int, help="try so many changes of each module")
    parser.add_argument("--seed", default="engine", help="decides which ones")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.modules if name not in engine.TESTS]
    if unknown:
        parser.error(f"no module with tests of its own: {', '.join(unknown)}")
    known, tried, survivors = engine.equivalents(), [], 0
    for name in options.modules:
        started = time.monotonic()
        found = engine.measure(name, engine.chosen(name, options.sample, options.seed))
        tried += found
        print(f"{name}: {len(found)} changes, {time.monotonic() - started:.0f} s", flush=True)
        for change in engine.unnoticed(found, known):
            survivors += 1
            print(f"  no test notices: {change.label}", flush=True)
    if options.sample is None and set(options.modules) == set(engine.TESTS):
        for label in engine.out_of_date(tried, known):
            survivors += 1
            print(f"  named equivalent, and is noticed or not made: {label}")
        Path("docs", "engine.md").write_text(engine.page(tried, known), encoding="utf-8")
        print("Written: docs/engine.md")
    return min(survivors, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
