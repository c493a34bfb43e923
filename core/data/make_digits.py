"""Remake digits.npz from the scikit-learn package: python -m core.data.make_digits"""

import numpy as np

from core.data.digits import FILE


def main() -> None:
    from sklearn.datasets import load_digits

    source = load_digits()
    images = np.round(source.images * 255 / 16).astype(np.uint8)           # (1797, 8, 8), 0..16 -> 0..255
    np.savez_compressed(FILE, images=images, labels=source.target.astype(np.uint8))
    print(f"{FILE}: {len(images)} digits, {FILE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
