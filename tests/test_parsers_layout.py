"""Lines with places → text: order, columns, paragraphs; and what text is worth reading."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from parsers.layout import Line, paragraphs, reading_order, tidy
from parsers.quality import is_usable
from parsers.sniff import sniff
from records.mail import Part

SIZE = 10.0


def line(text: str, left: float, top: float) -> Line:
    """A line of Chinese characters of ten units each."""
    return Line(text, left, top, left + SIZE * len(text), top + SIZE)


def test_cells_of_a_row_are_parted_by_tabs_from_left_to_right() -> None:
    """Boxes come in any order, and not quite level."""
    boxes = [line("整改", 0, 40), line("29", 200, 21), line("排查", 0, 20), line("27", 200, 39)]

    assert [row.text for row in reading_order(boxes)] == ["排查\t29", "整改\t27"]


def test_pieces_of_one_line_are_joined() -> None:
    """A detector that cuts a line in two costs no characters."""
    assert [row.text for row in reading_order([line("共计三百", 0, 0), line("二十人次", 42, 1)])] == [
        "共计三百二十人次"
    ]


def test_columns_of_running_text_are_read_one_after_the_other() -> None:
    """A newsletter's second column follows its first; the heading across both comes first."""
    heading = line("安全生产月简报第一期", 150, 0)
    left = [line(f"左栏第{number}行文字文字文字文字", 0, 20 + 15 * number) for number in range(8)]
    right = [line(f"右栏第{number}行文字文字文字文字", 200, 20 + 15 * number) for number in range(8)]

    texts = [row.text for row in reading_order([*right, *left, heading])]

    assert texts[0] == heading.text
    assert texts[1:] == [box.text for box in (*left, *right)]


def test_table_of_two_columns_is_read_row_by_row() -> None:
    """Short cells are no columns of running text."""
    cells = [line(text, x, 20.0 * row) for row in range(10) for x, text in ((0, f"项目{row}"), (200, str(row)))]

    assert [row.text for row in reading_order(cells)] == [f"项目{row}\t{row}" for row in range(10)]


def test_paragraph_broken_by_the_margin_is_one_line() -> None:
    """A full line goes on in the next, unless that is indented, numbered or a cell."""
    page = [
        line("开展应急演练活动总结", 100, 0),
        line("一、组织开展消防应急疏散演练共计", 20, 20),
        line("两场，参加人员三百二十人次。", 0, 35),
        line("二、发放资料。", 20, 50),
        line("某某镇中心卫生院", 100, 80),
        line("二〇二五年六月", 110, 95),
    ]

    assert paragraphs(page).splitlines() == [
        "开展应急演练活动总结", "一、组织开展消防应急疏散演练共计两场，参加人员三百二十人次。",
        "二、发放资料。", "某某镇中心卫生院", "二〇二五年六月",
    ]  # fmt: skip


def test_blanks_between_chinese_characters_are_layout() -> None:
    """Blanks between words of an alphabet stay."""
    assert tidy("演 练 共 计 3 场") == "演练共计3场"
    assert tidy("LED screen 2025") == "LED screen 2025"


@given(
    st.lists(
        st.builds(
            Line,
            text=st.text("安全生产月甲乙丙丁", min_size=1, max_size=12),
            left=st.floats(0, 500),
            top=st.floats(0, 800),
            right=st.floats(500, 1000),
            bottom=st.floats(800, 1000),
        ),
        max_size=40,
    )
)
def test_no_order_loses_a_character(boxes: list[Line]) -> None:
    """However boxes lie, each character stands in the text once."""
    text = paragraphs(reading_order(boxes))

    assert sorted(text.replace("\n", "").replace("\t", "")) == sorted("".join(box.text for box in boxes))


def test_text_of_a_font_without_a_map_is_not_usable() -> None:
    """Mojibake, private use and rare characters go to OCR; Chinese of either script, English and figures do not."""
    good = [
        "关于开展安全生产月活动的总结，共计320人次，㎡、①、℃。",
        "關於開展安全生產月活動的總結報告，參加人員共計三百二十人次。",
        "Summary of the safety month: 320 people, 12 hazards.",
        "12 34 56",
    ]
    bad = [
        "Ä¿Â¼¹ØÓÚ¿ªÕ¹°²È«Éú²úÔÂ»î¶¯µÄ×Ü½á",
        "\ue001\ue002\ue003\ue010\ue011",
        "\ufffd\ufffd\ufffd总\ufffd",
        "䀁䀂䀃䅀䅁䅂䆀䆁䆂䇀䇁䇂䈀䈁䈂",
        "\x01\x02\x03\x04",
        "(cid:1)(cid:2)(cid:3)",
        "&'( )&' *+,- /0 #$%;<=>?@AB ?@<CDEFG",
        "",
    ]

    assert [is_usable(text) for text in good] == [True] * len(good)
    assert [is_usable(text) for text in bad] == [False] * len(bad)


def test_content_decides_the_kind_not_name_or_declared_type() -> None:
    """A picture named .docx is a picture; a text that begins with BM is no bitmap."""
    parts = {
        "image/jpeg": Part("1", "总结.docx", "application/msword", b"\xff\xd8\xff\xe0" + bytes(20)),
        "text/plain": Part("1", "a.bmp", "image/bmp", "BMI指数与健康讲座".encode()),
        "text/html": Part("1", "总结.doc", "application/msword", b"<!DOCTYPE html><html><body>x</body></html>"),
        "application/rtf": Part("1", "总结.doc", "application/msword", b"{\\rtf1\\ansi x}"),
        "application/pdf": Part("1", None, "application/octet-stream", b"\r\n\r\n%PDF-1.4\n"),
        "application/octet-stream": Part("1", None, "text/plain", bytes(range(256)) * 20),
        "application/x-empty": Part("1", "a.docx", "application/msword", b"\r\n"),
    }

    assert [sniff(part) for part in parts.values()] == list(parts)


def test_title_that_fills_the_line_stands_alone() -> None:
    """Its characters are wider than the text's, though the boxes around short lines are as high as its own."""
    title = Line("某某区特殊教育学校防灾减灾宣传月活动总结", 240, 110, 1043, 163)
    recipient = Line("区教委：", 241, 192, 370, 244)
    body = [
        Line("我校现有学生一百二十六名听障视障智障和孤独症孩子各有难处", 180, top, 1100, top + 44)
        for top in (248, 306, 360)
    ]

    assert paragraphs([title, recipient, *body]).splitlines()[:2] == [title.text, recipient.text]


def test_many_short_headings_are_no_margin() -> None:
    """Headings that all end at one place do not make a full line out of each of them."""
    headings = [
        line("【活动时间】", 0, 0),
        line("六月三日", 0, 20),
        line("【活动主题】", 0, 40),
        line("【活动内容】", 0, 60),
    ]
    body = [line("区档案馆面向社会开放，邀请市民走进库房、展厅了", 0, 80), line("解档案保管过程。", 0, 100)]

    assert paragraphs([*headings, *body]).split("\n")[-3:] == [
        "【活动主题】",
        "【活动内容】",
        "区档案馆面向社会开放，邀请市民走进库房、展厅了解档案保管过程。",
    ]


def test_heading_below_a_full_line_that_ends_its_sentence_stands_alone() -> None:
    """A paragraph's last line would end a sentence; this one is a heading."""
    lines = [
        line("组织档案员学习归档要求，时间不少于半天为宜。", 0, 0),
        line("家庭档案展示", 0, 20),
        line("动员干部职工整理家庭老照片、老物件参加展览。", 0, 40),
    ]

    assert paragraphs(lines).split("\n")[1] == "家庭档案展示"
