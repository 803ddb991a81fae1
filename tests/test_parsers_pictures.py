"""Pictures: what the camera wrote, and the text in their pixels, however they lie."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageDraw, ImageOps

from intake.message import read_message
from parsers import image
from parsers.reader import PartReader
from parsers.seals import without_seals
from records.extracts import Extract, Picture, ReadLimits
from records.mail import Part

PARTS = Path(__file__).parent / "parts"
SHEET = PARTS / "sheet.png"  # a printed report, upright, without skew
FIRST_LINES = "关于开展安全生产月活动情况的报告"


class DictCache:
    """Keeps texts in memory and counts what was put."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """What was put under that key."""
        return self.texts.get(key)

    def put(self, key: str, value: str) -> None:
        """Keeps it."""
        assert key not in self.texts, "read twice"
        self.texts[key] = value


def encoded(picture: Image.Image, form: str, **options: Any) -> bytes:
    """The picture in a file format."""
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def part(content: bytes, position: str = "1") -> Part:
    """An attachment whose name and declared type tell nothing."""
    return Part(position, None, "application/octet-stream", content)


@pytest.fixture(scope="module")
def cache() -> DictCache:
    """The cache of the module's reader."""
    return DictCache()


@pytest.fixture(scope="module")
def reader(cache: DictCache) -> Iterator[PartReader]:
    """A reader as the service has it."""
    with PartReader(ReadLimits(), read_message, cache) as reader:
        yield reader


@pytest.fixture(scope="module")
def upright(reader: PartReader) -> Extract:
    """The sheet read as it lies."""
    (extract,) = reader.read([part(SHEET.read_bytes())])
    return extract


def test_printed_page_is_read_in_lines_as_they_were_written(upright: Extract) -> None:
    """Headings, paragraphs and the signature stand on lines of their own; broken lines are joined."""
    lines = upright.text.splitlines()

    assert lines[0] == FIRST_LINES
    assert "一、组织全体职工学习文件精神，观看警示教育片，开展应急演练2场，排查隐患26处，均已整改到位。" in lines
    assert lines[-2:] == ["某某镇中心卫生院", "2025年6月25日"]
    assert upright.pages[0].source == "ocr"
    assert (upright.pages[0].confidence or 0) > 0.9


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_page_on_its_side_or_upside_down_reads_the_same(reader: PartReader, upright: Extract, quarter: int) -> None:
    """Scanners are fed in any direction."""
    with Image.open(SHEET) as sheet:
        turned = sheet.rotate(90 * quarter, expand=True)

    (extract,) = reader.read([part(encoded(turned, "PNG"))])

    assert extract.text == upright.text


def test_skewed_page_reads_the_same_words(reader: PartReader, upright: Extract) -> None:
    """A few degrees askew change no line."""
    with Image.open(SHEET) as sheet:
        askew = sheet.convert("RGB").rotate(4, Image.Resampling.BICUBIC, expand=True, fillcolor="white")

    (extract,) = reader.read([part(encoded(askew, "JPEG", quality=85))])

    assert extract.text.splitlines()[:3] == upright.text.splitlines()[:3]


def test_picture_is_read_once_and_then_remembered(reader: PartReader, cache: DictCache, upright: Extract) -> None:
    """The same octets again, in whatever message, come from the cache."""
    kept = dict(cache.texts)

    (again,) = reader.read([part(SHEET.read_bytes(), "7")])

    assert again.text == upright.text
    assert cache.texts == kept


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "BMP", "GIF", "TIFF", "HEIF"])
def test_every_common_format_is_read(reader: PartReader, form: str) -> None:
    """Cameras, telephones and scanners write all of these."""
    pillow_heif.register_heif_opener()
    with Image.open(SHEET) as sheet:
        top = sheet.convert("RGB").crop((0, 0, sheet.width, 260))

    (extract,) = reader.read([part(encoded(top, form))])

    assert FIRST_LINES in extract.text
    assert extract.picture == Picture(top.width, 260)
    assert extract.media_type == f"image/{'heic' if form == 'HEIF' else form.lower()}"


@pytest.mark.parametrize(
    ("mode", "form", "options"),
    [
        ("CMYK", "JPEG", {}),
        ("L", "JPEG", {"progressive": True}),
        ("1", "TIFF", {"compression": "group4"}),
        ("L", "TIFF", {"compression": "tiff_lzw"}),
        ("I;16", "PNG", {}),
        ("P", "PNG", {}),
        ("LA", "PNG", {}),
        ("P", "GIF", {}),
        ("1", "BMP", {}),
    ],
)
def test_every_kind_of_pixels_is_read(reader: PartReader, mode: str, form: str, options: dict[str, Any]) -> None:
    """Print shops send CMYK, fax machines one bit in CCITT group 4, scanners 16 bits, screens palettes and alpha."""
    with Image.open(SHEET) as sheet:
        top = sheet.convert("L").crop((0, 0, sheet.width, 260))
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(top).astype(np.uint16) * 257)
    else:
        picture = (top.convert("RGB") if mode in ("CMYK", "P") else top).convert(mode)

    (extract,) = reader.read([part(encoded(picture, form, **options))])

    assert FIRST_LINES in extract.text
    assert extract.status == "ok"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_that_a_camera_notes_is_undone(reader: PartReader, orientation: int) -> None:
    """EXIF 2.32, tag 274: turned by quarters, mirrored or both; mirrored text could not be read."""
    undone_by = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    with Image.open(SHEET) as sheet:
        top = sheet.convert("RGB").crop((0, 0, sheet.width, 260))
    held = top.transpose(undone_by[orientation]) if orientation in undone_by else top
    exif = Image.Exif()
    exif[0x0112] = orientation

    (extract,) = reader.read([part(encoded(held, "JPEG", exif=exif, quality=90))])

    assert FIRST_LINES in extract.text
    assert extract.picture == Picture(top.width, 260)


def test_first_frame_of_an_animation_is_read(reader: PartReader) -> None:
    """Messengers send GIFs; the others would be the same text again."""
    with Image.open(SHEET) as sheet:
        top = sheet.convert("L").crop((0, 0, sheet.width, 260))

    (extract,) = reader.read([part(encoded(top, "GIF", save_all=True, append_images=[Image.new("L", top.size)]))])

    assert FIRST_LINES in extract.text
    assert extract.page_count == 1


def test_pages_of_a_tiff_are_pages(reader: PartReader) -> None:
    """Fax and scanner programs put many pages into one file."""
    with Image.open(SHEET) as sheet:
        top = sheet.convert("L").crop((0, 0, sheet.width, 260))
        blank = Image.new("L", top.size, 255)

    (extract,) = reader.read([part(encoded(top, "TIFF", save_all=True, append_images=[blank, top]))])

    assert [page.number for page in extract.pages] == [1, 3]
    assert (extract.page_count, extract.status) == (3, "ok")


def test_camera_data_and_orientation_are_read(reader: PartReader) -> None:
    """Size as the picture is seen, moment, device and place as the camera wrote them; pixels turned before OCR."""
    with Image.open(SHEET) as sheet:
        sideways = sheet.convert("RGB").crop((0, 0, sheet.width, 260)).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "HUAWEI", "NOH-AN00", 6
    exif.get_ifd(0x8769)[0x9003] = "2025:06:16 09:30:05"
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 43.0, 12.0), 3: "E", 4: (106.0, 37.0, 48.0)})

    (extract,) = reader.read([part(encoded(sideways, "JPEG", exif=exif))])

    assert extract.picture == Picture(
        width=sideways.height, height=260, taken_at="2025-06-16T09:30:05", device="HUAWEI NOH-AN00",
        latitude=29.72, longitude=106.63,
    )  # fmt: skip
    assert FIRST_LINES in extract.text


def test_broken_exif_costs_only_itself() -> None:
    """Division by zero in a coordinate, a moment of zeros."""
    exif = Image.Exif()
    exif[0x0132] = "0000:00:00 00:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (999.0, 0.0, 0.0)})
    content = encoded(Image.new("RGB", (200, 100)), "JPEG", exif=exif)

    parsed = image.PARSER.parse(part(content), ReadLimits())

    assert parsed.picture == Picture(200, 100)
    assert ("gps", "unreadable") in parsed.metadata


def test_exif_that_cannot_be_read_at_all_leaves_a_note() -> None:
    """The picture stands, and its metadata tell why there is no moment and no place."""
    exif = Image.Exif()
    exif[0x0132] = "2025:06:16 09:30:05"
    content = encoded(Image.new("RGB", (200, 100)), "JPEG", exif=exif).replace(b"Exif\0\0MM\0*", b"Exif\0\0XX\0*")

    parsed = image.PARSER.parse(part(content), ReadLimits())

    assert parsed.picture == Picture(200, 100)
    assert ("exif", "unreadable") in parsed.metadata


def test_tiff_whose_chain_of_pages_is_broken_is_partial() -> None:
    """The first page is there; how many there were nobody knows."""
    pages = [Image.new("L", (200, 100), 255) for _ in range(3)]
    content = bytearray(encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:]))
    first = int.from_bytes(content[4:8], "little")
    link = first + 2 + 12 * int.from_bytes(content[first : first + 2], "little")
    content[link : link + 4] = (len(content) - 3).to_bytes(4, "little")

    parsed = image.PARSER.parse(part(bytes(content)), ReadLimits())

    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.page_count) == ("partial", 1)


def test_picture_that_is_broken_off_is_read_as_far_as_it_goes(reader: PartReader) -> None:
    """A download that stopped: the upper half is there, and people are told."""
    with Image.open(SHEET) as sheet:
        content = encoded(sheet.convert("RGB"), "JPEG", quality=90)

    (extract,) = reader.read([part(content[: len(content) * 2 // 3])])

    assert FIRST_LINES in extract.text
    assert (extract.status, extract.reason) == ("partial", "damaged")


def test_picture_too_small_for_a_line_is_not_read() -> None:
    """Icons and separators cost nothing."""
    parsed = image.PARSER.parse(part(encoded(Image.new("RGB", (24, 24)), "PNG")), ReadLimits())

    assert (parsed.pixel_pages, parsed.problem) == ((), None)


def test_signature_under_a_seal_is_read(reader: PartReader) -> None:
    """The round red seal lies where the unit's name stands; print shows through in the red channel."""
    with Image.open(SHEET) as sheet:
        page = sheet.convert("RGB")
    width, height = page.size
    seal = Image.new("RGB", page.size, "white")
    draw = ImageDraw.Draw(seal)
    centre = (width - 330, height - 260)
    draw.ellipse([centre[0] - 130, centre[1] - 130, centre[0] + 130, centre[1] + 130], outline=(205, 20, 25), width=8)
    draw.regular_polygon((*centre, 45), 3, fill=(205, 20, 25))
    sealed = Image.fromarray(np.minimum(np.asarray(page), np.asarray(seal)))

    (extract,) = reader.read([part(encoded(sealed, "PNG"))])

    assert "某某镇中心卫生院" in extract.text


def test_page_without_a_seal_is_left_as_it_is() -> None:
    """A red letterhead is no seal."""
    page = Image.new("RGB", (1240, 1754), "white")
    ImageDraw.Draw(page).rectangle((100, 100, 1140, 180), fill=(205, 20, 25))
    pixels = np.asarray(page)[:, :, ::-1]

    assert np.array_equal(without_seals(pixels), pixels)


def test_mark_of_secrecy_at_the_head_is_metadata(reader: PartReader) -> None:
    """A document that bears 机密 must be noticed, whatever else it says."""
    secret = Part("1", "a.txt", "text/plain", "机 密★1年\n关于演练的报告\n机密级内容".encode())
    open_text = Part("2", "b.txt", "text/plain", "关于保守秘密的通知\n要求做好机密文件管理".encode())

    found = [dict(extract.metadata).get("classified") for extract in reader.read([secret, open_text])]

    assert found == ["机密", None]


def test_negative_colours_and_transparency_are_put_on_white(reader: PartReader) -> None:
    """Screenshots with an alpha channel read like the picture that people see."""
    with Image.open(SHEET) as sheet:
        ink = ImageOps.invert(sheet.convert("L").crop((0, 0, sheet.width, 260)))
    layer = Image.new("RGBA", ink.size, (0, 0, 0, 0))
    layer.putalpha(ink)

    (extract,) = reader.read([part(encoded(layer, "PNG"))])

    assert FIRST_LINES in extract.text
