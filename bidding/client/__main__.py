"""`python -m bidding.client`."""

import sys

from bidding.client.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
