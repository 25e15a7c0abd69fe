"""`python -m rectify` is the command `rectify`."""

import sys

from rectify.cli import main

if __name__ == "__main__":
    sys.exit(main())
