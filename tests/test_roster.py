"""Rosters as offices have them: any encoding, headings in any order, title rows, merged cells, no codes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from filing.files.roster import read_roster
from records.errors import UsageError
from records.units import Membership, Roster, Unit

ROSTERS = Path(__file__).with_name("rosters")
SAMPLE = Path(__file__).parents[1] / "demo" / "sample" / "units.csv"


def _roster(text: str, encoding: str = "utf-8", kept: dict[str, str] | None = None) -> Roster:
    return read_roster(text.encode(encoding), "units.csv", "c", kept or {})


def _book(*sheets: tuple[str, Sequence[Sequence[object]]], merge: Sequence[str] = ()) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
        for cells in merge:
            sheet.merge_cells(cells)
    octets = io.BytesIO()
    book.save(octets)
    return octets.getvalue()


# -- csv --------------------------------------------------------------------------------------------------------------


def test_sample_csv_is_read_in_its_order_with_its_codes() -> None:
    """The columns of CONTRACT.md: codes, aliases by ;, addresses in lower case, a membership for each unit."""
    roster = read_roster(SAMPLE.read_bytes(), str(SAMPLE), "c", {})

    assert [unit.code for unit in roster.units][:3] == ["W01", "W02", "W03"]
    assert (len(roster.units), len(roster.memberships), roster.made_codes) == (51, 51, ())
    assert roster.units[0] == Unit(
        code="W01",
        name="重庆市渝北区人民医院",
        category="委属单位",
        aliases=("渝北区人民医院", "区人民医院"),
        emails=("ybrmyy_bgs@163.com",),
        contact="办公室",
    )
    assert roster.memberships[0] == Membership("c", "W01")


def test_all_columns_of_the_contract_are_read() -> None:
    """Former names, telephones, parents, days of joining and leaving, exemption."""
    roster = _roster(
        "code,name,category,aliases,emails,contact,former_names,phone,second_contact,parent,valid_from,valid_to,exempt\n"
        "A1,云溪中心,直属,云中;中心,A@X.com;b@x.com,甲,旧中心；老中心,0000-0000,乙,云溪局,2025-06-01,2025年12月31日,是\n"
    )

    assert roster.units == (
        Unit(
            "A1",
            "云溪中心",
            "直属",
            ("云中", "中心"),
            ("旧中心", "老中心"),
            ("a@x.com", "b@x.com"),
            "甲",
            "0000-0000",
            "乙",
            "云溪局",
        ),
    )
    assert roster.memberships == (Membership("c", "A1", date(2025, 6, 1), date(2025, 12, 31), exempt=True),)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_found(encoding: str, delimiter: str) -> None:
    """Whatever a spreadsheet program exports says the same."""
    text = "名称,类别,邮箱\n云溪医院,公立,a@x.com\n青石诊所,民营,\n".replace(",", delimiter)

    assert [(unit.name, unit.category, unit.emails) for unit in _roster(text, encoding).units] == [
        ("云溪医院", "公立", ("a@x.com",)),
        ("青石诊所", "民营", ()),
    ]


@pytest.mark.parametrize("name", ["units-gbk.csv", "units-office.xlsx"])
def test_the_offices_own_files_hold_the_units_of_the_sample(name: str) -> None:
    """The same fifty-one units in GBK and in an xlsx with title rows, 序号, merged cells and no codes."""
    plain = read_roster(SAMPLE.read_bytes(), "units.csv", "c", {})

    found = read_roster((ROSTERS / name).read_bytes(), name, "c", {})

    assert [(unit.name, unit.category, unit.aliases, unit.emails) for unit in found.units] == [
        (unit.name, unit.category, unit.aliases, unit.emails) for unit in plain.units
    ]


# -- office files -----------------------------------------------------------------------------------------------------


def test_title_rows_numbers_and_merged_categories_of_an_office_file() -> None:
    """Headings below a title, in any order; a merged category holds for all its rows; totals and notes are no units."""
    octets = _book(
        (
            "Sheet1",
            [
                ["2025年度报送单位名单", None, None, None, None],
                ["序号", "性质", "单位 名称", "联系电话", "备注"],
                [1, "公立", "云溪 医院", 13800000000, None],
                [2, None, "青石医院", "0000-0000001", "今年免报"],
                [3, "民营", "桃园诊所", 80000000.0, "不免报"],
                ["合计", None, "3家", None, None],
                ["填表人：某", None, None, None, None],
            ],
        ),
        merge=["A1:E1", "B3:B4"],
    )

    roster = read_roster(octets, "名单.xlsx", "c", {})

    assert [(unit.name, unit.category, unit.phone) for unit in roster.units] == [
        ("云溪医院", "公立", "13800000000"),
        ("青石医院", "公立", "0000-0000001"),
        ("桃园诊所", "民营", "80000000"),
    ]
    assert [member.exempt for member in roster.memberships] == [False, True, False]


def test_headings_of_two_rows_are_read_together() -> None:
    """联系方式 over 联系人 and 邮箱: the lower row names the columns."""
    octets = _book(
        ("名册", [["单位名称", "联系方式", None], [None, "联系人", "电子邮箱"], ["云溪医院", "甲", "a@x.com"]]),
        merge=["A1:A2", "B1:C1"],
    )

    assert [(unit.name, unit.contact, unit.emails) for unit in read_roster(octets, "a.xlsx", "c").units] == [
        ("云溪医院", "甲", ("a@x.com",))
    ]


def test_sheets_are_categories_where_no_column_says() -> None:
    """公立 and 民营 on sheets of their own; a sheet without units is passed over."""
    octets = _book(
        ("公立医院", [["名称"], ["云溪医院"]]),
        ("民营医院（1家）", [["名称"], ["桃园诊所"]]),
        ("说明", [["请逐项填写"]]),
    )

    assert [(unit.name, unit.category) for unit in read_roster(octets, "a.xlsx", "c").units] == [
        ("云溪医院", "公立医院"),
        ("桃园诊所", "民营医院"),
    ]


def test_rows_that_announce_a_group_are_categories() -> None:
    """一、公立医院（2家） above its units is no unit."""
    roster = _roster("序号,单位名称\n一、公立医院（2家）,\n1,云溪医院\n2,青石医院\n二、民营医院,\n3,桃园诊所\n")

    assert [(unit.name, unit.category) for unit in roster.units] == [
        ("云溪医院", "公立医院"),
        ("青石医院", "公立医院"),
        ("桃园诊所", "民营医院"),
    ]


def test_category_that_stands_once_for_several_rows_is_filled_down() -> None:
    """A csv saved from merged cells; but a unit without a category among units with theirs has none."""
    merged = _roster("类别,名称\n公立,甲院\n,乙院\n民营,丙院\n")
    single = _roster("类别,名称\n公立,甲院\n,乙院\n公立,丙院\n")

    assert [unit.category for unit in merged.units] == ["公立", "公立", "民营"]
    assert [unit.category for unit in single.units] == ["公立", "", "公立"]


def test_days_in_every_usual_form() -> None:
    """ISO, slashes, dots, Chinese, eight digits, and a spreadsheet's own dates."""
    octets = _book(
        (
            "名册",
            [
                ["名称", "valid_from"],
                *(
                    [f"单位{number}", value]
                    for number, value in enumerate(
                        [
                            "2025-06-01",
                            "2025/6/1",
                            "2025.6.1",
                            "2025年6月1日",
                            "20250601",
                            45809,
                            date(2025, 6, 1),
                            date(2025, 6, 1),
                        ]
                    )
                ),
            ],
        )
    )

    assert {member.valid_from for member in read_roster(octets, "a.xlsx", "c").memberships} == {date(2025, 6, 1)}


def test_second_row_of_a_unit_adds_its_contact() -> None:
    """Two rows for one unit (two contacts) are one unit."""
    roster = _roster("名称,联系人,邮箱\n云溪医院,甲,a@x.com\n云溪医院,乙,b@x.com\n")

    assert [(unit.contact, unit.second_contact, unit.emails) for unit in roster.units] == [
        ("甲", "乙", ("a@x.com", "b@x.com"))
    ]


def test_words_for_nothing_are_nothing() -> None:
    """无, / and — in a cell, and a QQ number among the addresses, are not taken for values."""
    roster = _roster("名称,简称,邮箱,联系人\n云溪医院,无,/,—\n青石医院,青院,12345678,甲\n")

    assert [(unit.aliases, unit.emails, unit.contact) for unit in roster.units] == [((), (), ""), (("青院",), (), "甲")]


# -- codes ------------------------------------------------------------------------------------------------------------


def test_codes_are_made_once_and_kept() -> None:
    """Read again with other units in another order, each unit keeps its code and no code is given twice."""
    first = _roster("名称\n甲院\n乙院\n丙院\n")
    kept = dict(first.made_codes)

    second = _roster("名称\n丁院\n丙院\n甲院\n", kept=kept)

    assert first.made_codes == (("甲院", "U001"), ("乙院", "U002"), ("丙院", "U003"))
    assert [(unit.name, unit.code) for unit in second.units] == [("丁院", "U004"), ("丙院", "U003"), ("甲院", "U001")]


def test_renamed_unit_keeps_the_code_made_for_its_former_name() -> None:
    """The code goes with the unit, not with the name."""
    roster = _roster("名称,曾用名\n新名医院,旧名医院\n", kept={"旧名医院": "U007"})

    assert [unit.code for unit in roster.units] == ["U007"]


def test_made_codes_keep_clear_of_those_in_the_file() -> None:
    """A code that the file gives to one unit is never made for another."""
    roster = _roster("代码,名称\nU005,甲院\n,乙院\n", kept={"乙院": "U005"})

    assert [unit.code for unit in roster.units] == ["U005", "U006"]


def test_numbers_of_rows_are_no_codes() -> None:
    """编号 1, 2, 3 would change with the order of the file."""
    assert [unit.code for unit in _roster("编号,名称\n1,甲院\n2,乙院\n").units] == ["U001", "U002"]


# -- mistakes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        (b"", ("空",)),
        (b"\r\n,,\r\n", ("空",)),
        ("电话,地址\n1,2\n".encode(), ("单位名称",)),
        ("名称,类别\n".encode(), ("没有单位",)),
        ("代码,名称\nA,甲院\nA,乙院\n".encode(), ("第 3 行", "“A”", "第 2 行")),
        ("代码,名称\nA,甲院\nB,甲院\n".encode(), ("第 3 行", "甲院", "第 2 行")),
        ("代码,名称,邮箱\nA,,a@x.com\n".encode(), ("第 2 行", "“A”", "名称")),
        ("名称,邮箱\n甲院,a@@x\n".encode(), ("第 2 行", "a@@x")),
        ("名称,valid_to\n甲院,明年\n".encode(), ("第 2 行", "明年", "2025-06-30")),
        ("名称,valid_from,valid_to\n甲院,2025-07-01,2025-06-01\n".encode(), ("第 2 行", "早于")),
        ("名称,免报\n甲院,也许\n".encode(), ("第 2 行", "也许", "是")),
        (b"PK\x03\x04 no workbook at all", ("无法读取", ".xlsx")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 nor this", ("无法读取",)),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe", ("无法读取",)),
    ],
)
def test_mistake_is_told_with_row_and_remedy(octets: bytes, said: tuple[str, ...]) -> None:
    """One line names the file, the row, what is wrong and what to do."""
    with pytest.raises(UsageError) as refused:
        read_roster(octets, "conf/units.csv", "c", {})

    line = refused.value.say("zh")
    assert all(words in line for words in ("units.csv", *said))
    assert "\n" not in line


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: ("名称,邮箱,代码\n" + text).encode("utf-8", "replace")),
    )
)
def test_any_octets_give_a_roster_or_a_usage_error(octets: bytes) -> None:
    """Nothing in a roster file makes the reader fail in any other way."""
    for whole in (octets, b"PK\x03\x04" + octets, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + octets):
        try:
            roster = read_roster(whole, "units.csv", "c", {})
        except UsageError:
            continue
        codes = [unit.code for unit in roster.units]
        assert len(codes) == len(set(codes)) == len(roster.memberships)
