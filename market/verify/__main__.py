"""Where `python -m market.verify` starts."""

import sys
from io import TextIOWrapper

from market.verify.command_line import main

if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):  # an old console may lack a character of a name
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.exit(main(sys.argv[1:], sys.stdout))
