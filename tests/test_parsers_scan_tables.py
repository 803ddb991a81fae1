"""Tables in scans: rows and cells from ruled lines, whatever lies askew, is merged, or has no outer border."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from intake.message import read_message
from parsers.layout import Line
from parsers.ocr_cache import from_cache, to_cache
from parsers.parsed import PixelText
from parsers.reader import PartReader
from parsers.scan_tables import fill, overlooked, ruled
from parsers.turning import begun_left, turned
from records.extracts import ReadLimits
from records.mail import Part

FONT = ImageFont.load_default(size=30)
XS, ROW_HEIGHT, TOP = (60, 300, 460, 620, 780, 1000), 56, 80
WORDS = ("Training", "Drills", "Visitors", "Hazards", "Leaflets")
MERGED = {(2, 0): (3, 1), (3, 2): (1, 2), (6, 3): (2, 2)}  # first place: rows, columns
ROWS = 9


@pytest.fixture(scope="module")
def reader() -> Iterator[PartReader]:
    """A reader as the service has it."""
    with PartReader(ReadLimits(), read_message) as reader:
        yield reader


def drawn(rng: random.Random, *, merged: bool, bordered: bool) -> tuple[Image.Image, tuple[tuple[str, ...], ...]]:
    """A table of words and figures, and what its cells hold."""
    spans = MERGED if merged else {}
    owner = {
        (row + down, column + right): (row, column)
        for (row, column), (rows, columns) in spans.items()
        for down in range(rows)
        for right in range(columns)
    }
    picture = Image.new("RGB", (1100, 700), "white")
    draw = ImageDraw.Draw(picture)
    truth = [["" for _ in XS[1:]] for _ in range(ROWS)]
    for row in range(ROWS):
        for column in range(len(XS) - 1):
            if owner.get((row, column), (row, column)) != (row, column):
                continue
            rows, columns = spans.get((row, column), (1, 1))
            left, right = XS[column], XS[column + columns]
            top, bottom = TOP + ROW_HEIGHT * row, TOP + ROW_HEIGHT * (row + rows)
            if bordered:
                draw.rectangle((left, top, right, bottom), outline="black", width=2)
            elif row:
                draw.line((left, top, right, top), fill="black", width=2)
            if column and not bordered:
                draw.line((left, top, left, bottom), fill="black", width=2)
            figure = rng.choice([rng.randint(0, 9), rng.randint(10, 99), rng.randint(100, 3000)])
            text = truth[row][column] = rng.choice(WORDS) if column == 0 else str(figure)
            draw.text(((left + right) / 2, (top + bottom) / 2), text, font=FONT, fill=(20, 20, 20), anchor="mm")
    return picture, tuple(map(tuple, truth))


def scanned(picture: Image.Image, rng: random.Random, skew: float, quarter: int) -> bytes:
    """The picture blurred, noisy, askew, laid on the glass in some direction, as JPEG."""
    askew = picture.rotate(skew, Image.Resampling.BICUBIC, expand=True, fillcolor="white").rotate(
        90 * quarter, expand=True
    )
    soft = np.asarray(askew.filter(ImageFilter.GaussianBlur(0.7)), np.float32)
    noise = np.random.default_rng(rng.randint(0, 1 << 30)).normal(0, 6, soft.shape)
    out = io.BytesIO()
    Image.fromarray(np.clip(soft + noise, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=55)
    return out.getvalue()


@pytest.mark.parametrize(
    ("merged", "bordered", "skew", "quarter"),
    [(False, True, 0, 0), (True, True, 3, 0), (True, True, -7, 2), (False, False, 2, 0), (True, False, 0, 1)],
)
def test_cells_of_a_scanned_table(reader: PartReader, merged: bool, bordered: bool, skew: float, quarter: int) -> None:
    """At least 97 of 100 cells are right and in their place; the page's text has the rows too."""
    rng = random.Random(f"{merged}{bordered}{skew}")
    picture, truth = drawn(rng, merged=merged, bordered=bordered)

    (extract,) = reader.read([Part("1", None, "image/jpeg", scanned(picture, rng, skew, quarter))])

    (table,) = extract.tables
    assert (len(table.rows), len(table.rows[0]), table.page) == (ROWS, len(XS) - 1, 1)
    pairs = [
        (read, wanted)
        for row, line in zip(table.rows, truth, strict=True)
        for read, wanted in zip(row, line, strict=True)
    ]
    wrong = [pair for pair in pairs if pair[0] != pair[1]]
    assert len(wrong) <= 0.03 * len(pairs), wrong
    assert "\t".join(cell for cell in table.rows[0] if cell) in extract.text.splitlines()


def sheet() -> np.ndarray:
    """A page with a table of 3 × 3 cells, the last two of its first row merged."""
    page = Image.new("L", (500, 300), 255)
    draw = ImageDraw.Draw(page)
    for y in (50, 100, 150, 200):
        draw.line((50, y, 440, y), fill=0, width=2)
    for x, top in ((50, 50), (180, 50), (310, 100), (440, 50)):
        draw.line((x, top, x, 200), fill=0, width=2)
    return np.array(page.convert("RGB"))


def test_merged_cells_have_their_text_in_their_first_place() -> None:
    """As in tables of docx."""
    (grid,) = ruled(sheet(), 0.0, 30).grids

    filled, others = fill(
        grid,
        [
            Line("a", 60, 60, 100, 90),
            Line("both", 300, 60, 330, 90),
            Line("c", 400, 160, 420, 190),
            Line("below", 60, 250, 200, 280),
        ],
    )

    assert filled is not None
    assert filled.rows == (("a", "both", ""), ("", "", ""), ("", "", "c"))
    assert [line.text for line in filled.lines] == ["a\tboth", "c"]
    assert [line.text for line in others] == ["below"]


def test_walls_stand_only_where_cells_are_parted() -> None:
    """A line of text that the detector drew over two cells is cut there and nowhere else."""
    (grid,) = ruled(sheet(), 0.0, 30).grids

    assert [[round(wall, -1) for wall in grid.walls(y)] for y in (75, 125, 290)] == [[180], [180, 310], []]


def test_figure_that_the_detector_overlooked_is_found_in_its_cell() -> None:
    """One stroke alone in a cell is easily taken for dirt; an empty cell stays empty."""
    page = sheet()
    page[115:135, 240:245] = 0
    (grid,) = ruled(page, 0.0, 30).grids

    ((left, top, right, bottom),) = overlooked(grid, [], page[:, :, 0], 30)

    assert (left < 240, right > 245) == (True, True)
    assert (top < 115, bottom > 135) == (True, True)


@pytest.mark.parametrize("content", ["text", "frame"])
def test_what_is_no_table_makes_no_grid(content: str) -> None:
    """A frame around a notice has one cell."""
    page = Image.new("L", (500, 300), 255)
    draw = ImageDraw.Draw(page)
    if content == "frame":
        draw.rectangle((40, 40, 460, 260), outline=0, width=3)
    draw.text((60, 60), "Notice of a meeting", font=FONT, fill=0)

    assert ruled(np.array(page.convert("RGB")), 0.0, 30).grids == ()


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_boxes_turn_with_their_page(turns: int) -> None:
    """The mark that a box surrounds is in it after the page was turned, and its line begins at the left."""
    page = np.zeros((100, 200, 3), np.uint8)
    page[20:30, 50:90] = 255
    box = np.array([[[50, 20], [90, 20], [90, 30], [50, 30]]], np.float32)

    upright, (moved,) = turned(page, box, turns)

    left, top = moved.min(axis=0).astype(int)
    right, bottom = moved.max(axis=0).astype(int)
    assert upright[top:bottom, left:right].min() == 255
    assert upright.sum() == upright[top:bottom, left:right].sum()
    assert moved[0].tolist() == [left, top]


def test_steep_box_is_counted_from_its_left_side() -> None:
    """Detectors count corners from the leftmost, which on steep lines is the foot of the line's beginning."""
    box = np.array([[[238, 1108], [368, 182], [420, 189], [290, 1115]]], np.float32)

    assert begun_left(box)[0].tolist() == [[368, 182], [420, 189], [290, 1115], [238, 1108]]


def test_cache_gives_tables_back_as_they_were() -> None:
    """Tuples of tuples, so that extracts compare and hash as when they were read."""
    read = PixelText("a\tb", 0.9, 90, ((("a", "b"), ("1", "")),))

    assert from_cache(to_cache(read)) == read
