"""Image files: size, what the camera wrote (EXIF 2.32), pages for OCR."""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from parsers import media_types as mt
from parsers.hashing import look_at
from parsers.media_types import called
from parsers.parsed import Parsed, PixelPage, Problem, Unread
from parsers.problems import broken_off, damaged, too_large, too_many_pages
from parsers.sniff import sniff
from records.extracts import Picture, ReadLimits
from records.mail import Part

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = None  # our own limit is looked at before anything is decoded

_BROKEN_EXIF = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    ZeroDivisionError,
    SyntaxError,
    OSError,
    struct.error,
    EOFError,
)
_LEAST_SIDE, _LEAST_AREA = 32, 6000  # pixels: less holds no readable line
_SIDEWAYS = (5, 6, 7, 8)  # orientations that swap width and height
_NO_EXIF = ("exif", "unreadable")  # so that nobody takes the camera for having written nothing
_MOMENT = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")


class ImageParser:
    """What is known of the picture; its text is read later, by OCR."""

    name = "image"

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged, too_large (by pixels, before decoding)."""
        media_type = sniff(part)
        try:
            image = Image.open(BytesIO(part.content))
        except (UnidentifiedImageError, *_BROKEN_EXIF) as error:
            raise damaged(called(media_type)) from error
        with image:
            if image.width * image.height > limits.max_pixels:
                raise Unread(too_large(called(media_type)))
            picture, metadata = _picture(image)
            pages, broken = _frames(image, media_type)
            look = look_at(image)  # last: it decodes the picture, smaller than it is where that is cheaper
        return Parsed(
            media_type,
            picture=replace(picture, dhash=look.dhash),
            thumbnail=look.thumbnail,
            metadata=metadata,
            pixel_pages=_pixel_pages(picture, min(pages, limits.max_ocr_pages)),
            page_count=pages,
            problem=broken or _problem(pages, limits),
        )


PARSER = ImageParser()


def _frames(image: Image.Image, media_type: str) -> tuple[int, Problem | None]:
    """Pages of a TIFF, and whether their chain is broken; of animations only the first frame is read."""
    if media_type != mt.TIFF:
        return 1, None
    try:
        return int(getattr(image, "n_frames", 1)), None
    except _BROKEN_EXIF:
        return 1, broken_off(called(media_type))


def _pixel_pages(picture: Picture, pages: int) -> tuple[PixelPage, ...]:
    if min(picture.width, picture.height) < _LEAST_SIDE or picture.width * picture.height < _LEAST_AREA:
        return ()
    return tuple(PixelPage(number=index + 1, frame=index) for index in range(pages))


def _problem(pages: int, limits: ReadLimits) -> Problem | None:
    return too_many_pages(limits.max_ocr_pages, "ocr_pages") if pages > limits.max_ocr_pages else None


def _picture(image: Image.Image) -> tuple[Picture, tuple[tuple[str, str], ...]]:
    """Width and height as the picture is meant to be seen; metadata only as far as it can be read."""
    width, height = image.size
    try:
        exif = image.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except _BROKEN_EXIF:
        return Picture(width, height), (("format", image.format or ""), _NO_EXIF)
    if exif.get(ExifTags.Base.Orientation) in _SIDEWAYS:
        width, height = height, width
    if image.info.get("exif") and not exif:
        return Picture(width, height), (("format", image.format or ""), _NO_EXIF)
    found = {"format": image.format or "", "software": _text(exif.get(ExifTags.Base.Software))}
    moment = _moment(details.get(ExifTags.Base.DateTimeOriginal)) or _moment(exif.get(ExifTags.Base.DateTime))
    latitude = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
    longitude = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    if latitude is None and ExifTags.GPS.GPSLatitude in gps:
        found["gps"] = "unreadable"
    device = _device(_text(exif.get(ExifTags.Base.Make)), _text(exif.get(ExifTags.Base.Model)))
    picture = Picture(width, height, moment, device or None, latitude, longitude)
    return picture, tuple((name, value) for name, value in found.items() if value)


def _text(value: Any) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value or "")
    return "".join(char for char in text if char.isprintable()).strip()


def _device(make: str, model: str) -> str:
    return model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()


def _moment(value: Any) -> str | None:
    """ "2025:06:12 09:31:00" → ISO 8601 without offset; None where it is no moment."""
    found = _MOMENT.search(_text(value))
    if found is None or found[1] == "0000":
        return None
    year, month, day, hour, minute, second = found.groups()
    return f"{year}-{month}-{day}T{hour}:{minute}:{second}"


def _degrees(gps: Mapping[int, Any], tag: int, reference: int, negative: str, most: float) -> float | None:
    """Degrees, minutes and seconds as one number, south and west below zero."""
    try:
        degrees, minutes, seconds = (float(value) for value in gps[tag])
        value = degrees + minutes / 60 + seconds / 3600
    except _BROKEN_EXIF:
        return None
    if not 0 <= value <= most:  # also NaN
        return None
    return round(-value if _text(gps.get(reference)).upper() == negative else value, 6)
