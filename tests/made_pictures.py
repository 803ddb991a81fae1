"""Pictures made for tests: scenes that look like photographs, by seed, and what programs on their way do to them."""

from __future__ import annotations

import random
from io import BytesIO

import pillow_heif
from PIL import ExifTags, Image, ImageDraw, ImageEnhance, ImageFilter

pillow_heif.register_heif_opener()


def scene(seed: int, size: tuple[int, int] = (960, 720)) -> Image.Image:
    """Shapes of all colours on a ground that changes from side to side; another seed is another scene."""
    random_ = random.Random(seed)
    left, right = (tuple(random_.randrange(40, 216) for _ in range(3)) for _ in range(2))
    ground = Image.new("RGB", (2, 1))
    ground.putpixel((0, 0), left)
    ground.putpixel((1, 0), right)
    picture = ground.resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y = random_.randrange(size[0]), random_.randrange(size[1])
        width, height = random_.randrange(40, size[0] // 3), random_.randrange(40, size[1] // 3)
        colour = tuple(random_.randrange(30, 226) for _ in range(3))
        shape = random_.choice((draw.rectangle, draw.ellipse))
        shape((x - width // 2, y - height // 2, x + width // 2, y + height // 2), fill=colour)
    return picture.filter(ImageFilter.GaussianBlur(2))


def encoded(picture: Image.Image, form: str = "JPEG", *, exif: Image.Exif | None = None, quality: int = 85) -> bytes:
    """A file of it."""
    out = BytesIO()
    more = {} if exif is None else {"exif": exif.tobytes()}
    picture.save(out, form, quality=quality, **more)
    return out.getvalue()


def camera(taken_at: str = "2025:06:12 09:31:00", *, place: bool = True, turn: int = 1) -> Image.Exif:
    """What a telephone writes: maker, model, time, place."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make], exif[ExifTags.Base.Model] = "Maker", "Model 7"
    exif[ExifTags.Base.Orientation] = turn
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken_at
    if place:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "N", (30.0, 15.0, 36.0)
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "E", (120.0, 10.0, 12.0)
    return exif


def through_chat(picture: Image.Image, seed: int = 0) -> Image.Image:
    """As a chat program passes it on: smaller, lighter, with a mark in a corner."""
    smaller = picture.resize((picture.width // 3, picture.height // 3))
    lighter = ImageEnhance.Brightness(smaller).enhance(1.15)
    ImageDraw.Draw(lighter).text((8, lighter.height - 20), f"2025-06-{seed % 28 + 1:02}", fill="white")
    return lighter
