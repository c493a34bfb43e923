"""Fetch datasets before the lesson: python -m core.data fetch mnist fashion_mnist cifar10"""

import argparse
import sys
import time

from core.data import vision
from core.data.fetch import FETCHABLE, fetch
from core.errors import SpecError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m core.data", description="Datasets for Firstlight.")
    parser.add_argument("action", choices=["fetch"])
    parser.add_argument("keys", nargs="+", choices=FETCHABLE)
    for key in parser.parse_args().keys:
        replaced, first = False, None
        try:
            for at in fetch(key):
                first = first or (at.done_bytes, time.monotonic())
                speed = (at.done_bytes - first[0]) / max(time.monotonic() - first[1], 0.1)
                done = f"{at.done_bytes / 1e6:.1f} of {at.total_bytes / 1e6:.1f} MB, {speed / 1e6:.1f} MB/s"
                print(f"\r{key}: {done} {at.doing or 'unpacking':30s}", end="", flush=True)
                replaced = at.replaced
        except SpecError as refused:
            print(f"\n{refused}", file=sys.stderr)
            return 1
        if replaced:
            print(f"\r{key}: the stored copy was damaged and has been replaced" + " " * 30)
        print(f"\r{key} is in {vision.root()}" + " " * 50)
    return 0


if __name__ == "__main__":
    sys.exit(main())
