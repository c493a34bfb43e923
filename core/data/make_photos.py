"""Remake photos.png from the scikit-image package: pip install scikit-image, then python -m core.data.make_photos"""

from PIL import Image

from core.data.photos import FILE, PHOTOS, SIDE


def main() -> None:
    from skimage import data

    sheet = Image.new("RGB", (SIDE * len(PHOTOS), SIDE))
    for i, name in enumerate(PHOTOS.values()):
        photo = Image.fromarray(getattr(data, name)())
        side = min(photo.size)
        left, top = (photo.width - side) // 2, (photo.height - side) // 2
        square = photo.crop((left, top, left + side, top + side))
        sheet.paste(square.resize((SIDE, SIDE), Image.Resampling.LANCZOS), (SIDE * i, 0))
    sheet.save(FILE, optimize=True)
    print(f"{FILE}: {len(PHOTOS)} photos, {FILE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
