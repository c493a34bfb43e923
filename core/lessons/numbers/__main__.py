"""python -m core.lessons.numbers [--text s3] [--long]: does what the texts print come out today? Ends with 1 when a value does not."""

import argparse
import sys
from collections.abc import Sequence

import torch

from core.lessons.numbers import TEXTS, rows
from core.lessons.numbers.check import check
from core.lessons.numbers.report import head, line, sums


def main(given: Sequence[str] | None = None) -> int:
    ask = argparse.ArgumentParser(prog="python -m core.lessons.numbers", description=__doc__)
    ask.add_argument("--text", choices=tuple(TEXTS), default="", help="one text only")
    ask.add_argument("--long", action="store_true", help="train on CIFAR-10 too, which takes minutes")
    told = ask.parse_args(given)
    torch.set_num_threads(1)                         # the bands were measured so
    found = []
    print(head())
    for verdict in check(rows(told.text), told.long):
        if verdict:
            found.append(verdict)
            print(line(verdict), flush=True)
    print(*sums(found), sep="\n")
    return int(any(verdict.verdict == "failed" for verdict in found))


if __name__ == "__main__":
    sys.exit(main())
