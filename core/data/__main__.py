"""Fetch datasets before the lesson: python -m core.data fetch mnist fashion_mnist cifar10"""

import argparse
import sys

from core.data import vision
from core.data.fetch import FETCHABLE, fetch
from core.errors import SpecError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.data", description="Datasets for Firstlight.")
    parser.add_argument("action", choices=["fetch"])
    parser.add_argument("keys", nargs="+", choices=FETCHABLE)
    for key in parser.parse_args().keys:
        try:
            for at in fetch(key):
                done = f"{at.done_bytes / 1e6:.1f} of {at.total_bytes / 1e6:.1f} MB"
                print(f"\r{key}: {done} {at.file or 'unpacking':30s}", end="", flush=True)
        except SpecError as refused:
            print(f"\n{refused}", file=sys.stderr)
            return 1
        print(f"\r{key} is in {vision.root()}" + " " * 50)
    return 0


if __name__ == "__main__":
    sys.exit(main())
