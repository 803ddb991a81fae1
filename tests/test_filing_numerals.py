"""Numbers in Chinese office prose."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from filing.text.numerals import han_value, numbers, parse_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("800余份", 800),
        ("四百余人次", 400),
        ("约1.2万人次", 12000),
        ("近百人", 100),
        ("三百五十份", 350),
        ("二十六处", 26),
        ("两次", 2),
        ("1,286人次", 1286),
        ("１，２８６人次", 1286),
        ("1万2千人", 12000),
        ("3千余份", 3000),
        ("一百零五项", 105),
        ("一百二", 120),
        ("十余场", 10),
        ("30多人", 30),
        ("五十多个", 50),
        ("人数十二", 12),
        ("92.5分", 92.5),
        ("二〇二五", 2025),
        ("二千六百余万元", 26_000_000),
        ("10多万份", 100_000),
        ("3.2万余人次", 32_000),
        ("一百来张", 100),
        ("伍佰捌拾叁万元", 5_830_000),
    ],
)
def test_a_number_has_the_value_that_the_contract_gives_it(text: str, value: float) -> None:
    """Separators, full-width digits, 万, 余, 近 and Chinese numerals are read; rounded words count as their number."""
    assert [number.value for number in numbers(text)] == [value]


@pytest.mark.parametrize("text", ["数十人", "几十份", "十几人", "两三百人", "若干", "数百份"])
def test_vague_words_are_no_number(text: str) -> None:
    """数十, 几百 and 两三 name no amount."""
    assert not numbers(text)


def test_a_number_knows_its_place_with_its_own_signs() -> None:
    """The span covers the digits and 余, so that the counter follows directly."""
    (number,) = numbers("发放资料800余份")
    assert "发放资料800余份"[number.start : number.end] == "800余"
    assert number.rounded


def test_an_ordinal_is_marked() -> None:
    """第三季度 is a place in a row, no amount."""
    (number,) = numbers("第三季度")
    assert number.ordinal


@pytest.mark.parametrize(
    ("cell", "value"), [(" 2318 ", 2318), ("1,120", 1120), ("二十", 20), ("12条", None), ("/", None)]
)
def test_a_table_cell_is_a_number_only_as_a_whole(cell: str, value: float | None) -> None:
    """A cell with anything beside the number is not read as one."""
    assert parse_number(cell) == value


@given(st.integers(min_value=0, max_value=99_999_999))
def test_written_out_numerals_give_back_their_number(number: int) -> None:
    """Every number below a hundred million, written in Chinese, has its value."""
    assert han_value(_written(number)) == number


@given(st.text(max_size=60))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    """Hostile text raises nothing, and all spans lie within it."""
    assert all(0 <= number.start < number.end <= len(text) for number in numbers(text))


def _written(number: int) -> str:
    """A number below 10^8 in plain Chinese numerals."""
    high, low = divmod(number, 10_000)
    if not high:
        return _section(low) or "零"
    return f"{_section(high)}万" + ("零" if 0 < low < 1000 else "") + _section(low)


def _section(number: int) -> str:
    signs, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            signs += ("零" if gap and signs else "") + "一二三四五六七八九"[digit - 1] + name
        gap = not digit
    return signs
