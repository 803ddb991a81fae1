"""What a picture looks like: hash, thumbnail, what cameras write in every format, the picture without its place."""

from __future__ import annotations

from io import BytesIO

import pillow_heif
import pytest
from PIL import ExifTags, Image, ImageDraw

from parsers.hashing import THUMBNAIL_SIDE, look_at
from parsers.image import PARSER
from parsers.parsed import Parsed
from parsers.places import without_place
from records.extracts import ReadLimits
from records.mail import Part
from tests.made_pictures import camera, encoded, scene, through_chat

pillow_heif.register_heif_opener()
NEAR = 10
FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF")
SCENES = 40


def parsed(content: bytes) -> Parsed:
    return PARSER.parse(Part("1", "a", "image/jpeg", content), ReadLimits())


def dhash(picture: Image.Image, quality: int = 85) -> str:
    with Image.open(BytesIO(encoded(picture, quality=quality))) as image:
        found = look_at(image).dhash
    assert found is not None
    return found


def distance(first: str, second: str) -> int:
    """The greater of the two hashes' distances."""
    pairs = ((first[:16], second[:16]), (first[16:], second[16:]))
    return max((int(one, 16) ^ int(other, 16)).bit_count() for one, other in pairs)


def gps(content: bytes) -> dict[int, object]:
    with Image.open(BytesIO(content)) as image:
        return dict(image.getexif().get_ifd(ExifTags.IFD.GPSInfo))


def test_a_photo_is_known_again_after_chat_programs() -> None:
    """Smaller, lighter, marked and compressed hard, it stays within the distance that counts as the same."""
    far = [seed for seed in range(SCENES) if distance(dhash(scene(seed)), dhash(through_chat(scene(seed)), 30)) > NEAR]
    assert far == []


def test_different_scenes_are_told_apart() -> None:
    """No two of forty scenes come near each other."""
    hashes = [dhash(scene(seed)) for seed in range(SCENES)]
    close = [(a, b) for a in range(SCENES) for b in range(a) if distance(hashes[a], hashes[b]) <= NEAR]
    assert close == []


def test_a_turned_photo_is_turned_back_first() -> None:
    """The camera's note on how it was held counts, so the same scene has one hash."""
    upright, lying = scene(1), scene(1).transpose(Image.Transpose.ROTATE_90)
    content = encoded(lying, exif=camera(turn=6))
    picture = parsed(content).picture
    assert picture is not None and picture.dhash is not None
    assert distance(picture.dhash, dhash(upright)) <= NEAR


def _page() -> Image.Image:
    page = Image.new("L", (1000, 1400), "white")
    draw = ImageDraw.Draw(page)
    for line in range(40):
        draw.text((80, 60 + 32 * line), f"line {line} of a page with words " * 4, fill="black")
    return page.convert("RGB")


def _squares() -> Image.Image:
    squares = Image.new("1", (33, 33), 1)
    for x in range(33):
        for y in range(33):
            squares.putpixel((x, y), (x * 7 + y * 13 + x * y) % 3 != 0)
    return squares.resize((330, 330)).convert("RGB")


@pytest.mark.parametrize(
    "picture",
    [_page(), _squares(), Image.new("RGB", (640, 480), (90, 120, 90)), scene(1).resize((160, 120))],
    ids=["page of text", "QR code", "one colour", "icon"],
)
def test_what_looks_like_many_others_has_no_hash(picture: Image.Image) -> None:
    """Scanned pages, codes, plain grounds and icons would look the same as others without being it."""
    assert look_at(picture).dhash is None


@pytest.mark.parametrize("form", FORMATS)
def test_what_the_camera_wrote_is_kept_in_every_format(form: str) -> None:
    """Time, device and place come out of JPEG, HEIC, WebP, PNG and TIFF alike; the thumbnail has none of it."""
    found = parsed(encoded(scene(3), form, exif=camera()))
    picture = found.picture
    assert picture is not None
    assert (picture.width, picture.height) == (960, 720)
    assert (picture.taken_at, picture.device) == ("2025-06-12T09:31:00", "Maker Model 7")
    assert (picture.latitude, picture.longitude) == (30.26, 120.17)
    assert picture.dhash is not None and distance(picture.dhash, dhash(scene(3))) <= NEAR
    with Image.open(BytesIO(found.thumbnail)) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (THUMBNAIL_SIDE, 240))
        assert len(thumbnail.getexif()) == 0


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixels_has_a_thumbnail(mode: str) -> None:
    """Fax, grey, palette, see-through, print and 16-bit pictures."""
    picture = scene(4).convert("RGB" if mode == "I;16" else mode)
    if mode == "I;16":
        picture = Image.frombytes("I;16", (64, 64), bytes(range(256)) * 32)
    form = "TIFF" if mode == "CMYK" else "PNG"
    with Image.open(BytesIO(parsed(encoded(picture, form)).thumbnail)) as thumbnail:
        assert thumbnail.format == "WEBP"


def test_a_broken_photo_keeps_its_metadata() -> None:
    """What cannot be decoded to its end has no hash, and is a picture with EXIF all the same."""
    content = encoded(scene(5), exif=camera())
    found = parsed(content[: len(content) // 3])
    assert found.picture is not None
    assert (found.picture.taken_at, found.picture.dhash, found.thumbnail) == ("2025-06-12T09:31:00", None, b"")


@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_leaves_without_its_place(form: str) -> None:
    """Only the place goes: pixels, time and device stay, and the file keeps its length."""
    content = encoded(scene(6), form, exif=camera())
    assert gps(content)
    stripped = without_place(content)
    assert gps(stripped) == {} and len(stripped) == len(content)
    with Image.open(BytesIO(content)) as before, Image.open(BytesIO(stripped)) as after:
        assert after.tobytes() == before.tobytes()
        assert after.getexif()[ExifTags.Base.Make] == "Maker"
    for value in (30, 15, 36):  # as TIFF writes a rational
        assert value.to_bytes(4, "big") + (1).to_bytes(4, "big") not in stripped or form == "PNG"


def test_a_place_in_xmp_goes_too() -> None:
    """Photo programs write it once more, as text."""
    xmp = b'<rdf:Description exif:GPSLatitude="30,15.6N" exif:GPSLongitude="120,10.2E" tiff:Make="Maker"/>'
    out = BytesIO()
    scene(7).save(out, "JPEG", xmp=xmp)
    stripped = without_place(out.getvalue())
    assert b"30,15" not in stripped and b"120,10" not in stripped and b'tiff:Make="Maker"' in stripped


def test_a_picture_without_a_place_stays_as_it_is() -> None:
    """Nothing to take out: not an octet changes; nor in what is no picture."""
    content = encoded(scene(8), exif=camera(place=False))
    assert without_place(content) == content
    for broken in (b"", b"II*\0", b"MM\0*\0\0\0\x08\xff\xff", content[:300]):
        assert without_place(broken) == broken
