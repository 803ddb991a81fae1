"""The status workbook, read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell

from digest.sheets import Sheet, workbook_octets
from digest.workbook import status_workbook
from records.boards import DigestData
from records.units import Unit
from tests.digest_data import CUTOFF, UNITS, at, board_of, busy_digest, digest_of, message, owes


def opened(data: DigestData) -> Workbook:
    return load_workbook(BytesIO(status_workbook(data)))


def rows_of(book: Workbook, title: str) -> list[dict[str, object]]:
    """The rows of one sheet by heading."""
    headings, *rows = book[title].iter_rows(values_only=True)
    return [{str(name): value for name, value in zip(headings, row, strict=True) if value is not None} for row in rows]


def only_cell(value: str) -> Cell:
    book = load_workbook(BytesIO(workbook_octets([Sheet("s", ("h",), ((value,),))], CUTOFF)))
    cell = book["s"]["A2"]
    assert isinstance(cell, Cell)
    return cell


def test_each_unit_has_a_row_with_what_it_did() -> None:
    """State, time, late mark, a tick for each activity, figures as numbers, promise and extension."""
    rows = rows_of(opened(busy_digest()), "报送情况")
    assert rows[0] == {
        "代码": "U1",
        "单位": "某某市青松林场",
        "类别": "国有林场",
        "报送要求": "秋季防火总结",
        "状态": "已报",
        "收到时间": datetime(2031, 9, 28, 9, 0),  # noqa: DTZ001 - xlsx knows no zones
        "迟报": "迟报",
        "（一）林区巡查": "✓",
        "（二）防火演练": "✓",
        "参与人次": 1200,
        "演练场次": 2,
        "暂计数据": "演练场次",
    }
    assert [row["状态"] for row in rows] == ["已报", "待复核", "未报", "未报"]
    assert rows[2]["承诺日期"] == "2031-09-29"
    assert rows[2]["延期至"] == datetime(2031, 10, 3, 12, 0)  # noqa: DTZ001


def test_every_mail_is_in_the_list_once() -> None:
    """New, belated, waiting and earlier ones, by time of receipt, each with its state; belated ones ticked."""
    data = busy_digest()
    rows = rows_of(opened(data), "收件清单")
    assert [row["编号"] for row in rows] == [
        item.id[:8] for item in (data.everything[0], data.belated[0], *data.messages)
    ]
    assert [row["状态"] for row in rows] == ["已归档", "已归档", "已归档", "待复核", "非报送", "无法读取", "非报送"]
    assert [row.get("补收") for row in rows] == [None, "✓", None, None, None, None, None]
    assert rows[4]["主题"] == "请问格式要求，电话***"


def test_missing_units_are_listed_with_whom_to_ask() -> None:
    """Only who is missing, with deadline, days, contact and what there is no material of."""
    contact = replace(UNITS[2], phone="000-9999")
    board = board_of(owes(contact, activities_without_evidence=("1", "2")), owes(UNITS[0], "received"))
    (row,) = rows_of(opened(digest_of(boards=(board,))), "未报名单")
    assert (row["单位"], row["剩余"], row["联系人"], row["电话"]) == ("某某市红枫苗圃", "还剩2天", "乙某", "000-9999")
    assert row["尚无材料的活动"] == "（一）（二）"


def test_sheets_have_fixed_headings_filters_and_widths() -> None:
    """Whoever opens it can sort at once."""
    for sheet in opened(busy_digest()).worksheets:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref is not None
        assert sheet.auto_filter.ref.startswith("A1:")
        assert all(3 < dimension.width <= 50 for dimension in sheet.column_dimensions.values())


@pytest.mark.parametrize(
    "text",
    ["=1+1", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\u200b=1", " =1", "＝1", "=" * 40],
)
def test_no_text_becomes_a_formula(text: str) -> None:
    """Strings stay strings, and are marked as text where a spreadsheet would compute them once edited or exported."""
    cell = only_cell(text)
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert str(cell.value).startswith(text.strip("\t\r \u200b")[:1])


@pytest.mark.parametrize("text", ["\x00\x01a", "a\x0bb", "\ud800a", "a\ufffe", "\u202ea", "a" * 100_000])
def test_what_xml_cannot_hold_is_left_out(text: str) -> None:
    """Control characters and half characters do not spoil the file; long text is cut."""
    cell = only_cell(text)
    assert "a" in str(cell.value)
    assert len(str(cell.value)) <= 2000


def test_a_hostile_message_stays_text_in_the_workbook() -> None:
    """Subject, sender and name of the unit as they came, as text."""
    evil = message("x", at(28), subject="=cmd|' /C calc'!A0", sender="=a@example.com")
    evil = replace(evil, submissions=(replace(evil.submissions[0], unit=None, unit_name="+1"),))
    unit = Unit("=U", "-单位", "@类")
    book = opened(digest_of([evil], units=(unit,), boards=(board_of(owes(unit)),)))
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert {"=U", "-单位", "@类", "=a@example.com", "+1"} <= {cell.value for cell in cells}


def test_the_same_data_give_the_same_octets() -> None:
    """Nothing of the clock is left in members, properties or names."""
    octets = status_workbook(busy_digest())
    assert octets == status_workbook(busy_digest())
    with ZipFile(BytesIO(octets)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2031, 9, 28, 9, 30, 0)}
        assert archive.read("docProps/core.xml").count(b"2031-09-28T09:30:00Z") == 2
