"""Bodies and headers: what a person sees, out of the alternatives, and who wrote to whom when."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from intake.addresses import parse_addresses
from intake.body import TextPart, compose_body, unwrap_flowed
from intake.headers import message_id, parse_date, received_at
from intake.message import read_message
from records.mail import Address
from records.markup import html_tables, html_to_text

CHINA = timezone(timedelta(hours=8))


def _alternative(plain: str, html: str) -> bytes:
    return (
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
        + plain.encode()
        + b"\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        + html.encode()
        + b"\r\n--b--\r\n"
    )


def test_plain_text_is_preferred_where_both_say_the_same() -> None:
    """The plain alternative is what the sender's program made of the same words."""
    message = read_message(_alternative("各位老师：\r\n总结见附件。", "<div>各位老师：</div><div>总结见附件。</div>"))

    assert message.body_text == "各位老师：\n总结见附件。"
    assert message.body_html is not None
    assert not message.parts


def test_html_is_read_where_it_says_more() -> None:
    """A table or a report that stands in the HTML alone must not be lost."""
    rows = "<tr><td>排查隐患</td><td>31个</td></tr><tr><td>整改</td><td>29个，占九成以上</td></tr>"
    html = f"<p>您好</p><table>{rows}</table>"

    message = read_message(_alternative("您好", html))

    assert message.body_text == "您好\n排查隐患\t31个\n整改\t29个，占九成以上"


def test_empty_plain_text_gives_way_to_the_html() -> None:
    """Some clients send a blank plain alternative."""
    assert read_message(_alternative(" \r\n", "<p>总结见附件</p>")).body_text == "总结见附件"


def test_texts_that_stand_by_themselves_are_joined_in_order() -> None:
    """Apple Mail cuts the text at each inline picture."""
    body = compose_body([TextPart("上", False), TextPart("<p>下</p>", True), TextPart("末", False)])

    assert body.text == "上\n\n下\n\n末"


def test_flowed_text_is_put_together() -> None:
    """RFC 3676: a blank at the line's end means that the line goes on; DelSp takes that blank away."""
    assert unwrap_flowed("安全生产 \r\n月总结\r\n末行", delete_space=True) == "安全生产月总结\n末行"
    assert unwrap_flowed("one \ntwo\n-- \nname", delete_space=False) == "one two\n-- \nname"
    assert unwrap_flowed("> a \n> b\nc", delete_space=False) == "> a b\nc"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>安<span>全</span><b>生产</b></div>", "安全生产"),
        ("<p>一<br>二</p><p>三</p>", "一\n二\n三"),
        ("<style>p{}</style><script>x</script><title>t</title><p>见</p>", "见"),
        ('<p>见</p><div style="font-size:1px; DISPLAY : none">不见<p>也不见</p></div><p>又见</p>', "见\n又见"),
        ('<div style="max-height:0; overflow:hidden">预览</div><p style="height:0px">见</p>', "见"),
        ("<p>a&nbsp;&amp;&lt;b&#23433;</p>", "a &<b安"),
        ("<p>安全\n  生产 work\nsafety</p>", "安全生产 work safety"),
        (
            "<table><tr><th>单位</th><th>人数</th></tr><tr><td><p>甲</p></td><td>3</td></tr></table>",
            "单位\t人数\n甲\t3",
        ),
        ("<table><tr><td>只有一格<br>两行</td></tr></table>", "只有一格\n两行"),
        ("<table><tr><td>a<table><tr><td>x</td><td>y</td></tr></table></td></tr></table>", "a\nx\ty"),
        ("<pre>a\n  b</pre>", "a\nb"),
        ("<ul><li>一<li>二</ul>", "一\n二"),
        ("plain < text & more", "plain < text & more"),
        ("安\u200b全", "安全"),
        ("", ""),
        ('<meta charset="gb2312"><p>中文', "中文"),
        ("</td></table></p>散", "散"),
    ],
)
def test_html_is_read_as_a_person_sees_it(html: str, text: str) -> None:
    """Lines where lines are seen, nothing of what is hidden, no blanks between spans."""
    assert html_to_text(html) == text


def test_tables_come_out_as_rows_of_cells() -> None:
    """Cells under a colspan are empty; layout tables of one column are none."""
    html = "<table><tr><td colspan=2>单位</td><td>数</td></tr><tr><td>甲<td>乙<td>3</table><table><tr><td>x</table>"

    assert html_tables(html) == ((("单位", "", "数"), ("甲", "乙", "3")),)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a@B.cn", [("a@b.cn", "")]),
        ('"王, 小明" <w@b.cn>, x@y.cn', [("w@b.cn", "王, 小明"), ("x@y.cn", "")]),
        ("=?gbk?B?s8LQobaBLCBK?= <c@d.cn>", [("c@d.cn", "陈小秮, J")]),
        ('"=?utf-8?B?546L?=" <w@b.cn>', [("w@b.cn", "王")]),
        ("卫生院 办公室 <w@b.cn>", [("w@b.cn", "卫生院 办公室")]),
        ("w@b.cn (办公室)", [("w@b.cn", "办公室")]),
        ("=?utf-8?B?546LIDx3QGIuY24+?=", [("w@b.cn", "王")]),
        ('"boss@bank.cn" <thief@x.cn>', [("thief@x.cn", "boss@bank.cn")]),
        ("各单位: a@b.cn, c@d.cn;", [("a@b.cn", ""), ("c@d.cn", "")]),
        ("undisclosed-recipients:;", []),
        ("王小明", [("", "王小明")]),
        ("<>", []),
        ("", []),
    ],
)
def test_addresses_are_read_as_they_come(text: str, wanted: list[tuple[str, str]]) -> None:
    """Names with commas, in encoded words, without brackets; a name that looks like an address stays a name."""
    assert parse_addresses(text) == tuple(Address(address, name) for address, name in wanted)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mon, 30 Jun 2025 23:41:06 +0800", datetime(2025, 6, 30, 23, 41, 6, tzinfo=CHINA)),
        ("Mon, 30 Jun 2025 23:41:06 +0800 (CST)", datetime(2025, 6, 30, 23, 41, 6, tzinfo=CHINA)),
        ("Mon, 30 Jun 2025 23:41:06 CST", datetime(2025, 6, 30, 23, 41, 6, tzinfo=CHINA)),
        ("Mon, 30 Jun 2025 23:41:06 +0800 (GMT+08:00)", datetime(2025, 6, 30, 23, 41, 6, tzinfo=CHINA)),
        ("2025-06-30 23:41:06", datetime(2025, 6, 30, 23, 41, 6, tzinfo=CHINA)),
        ("30 Jun 2025 15:41:06 GMT", datetime(2025, 6, 30, 23, 41, 6, tzinfo=CHINA)),
        ("Mon, 31 Feb 2025 10:00:00 +0800", None),
        ("Mon, 30 Jun 2025 10:00:00 +9999", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_dates_are_aware_or_none(text: str, wanted: datetime | None) -> None:
    """CST is China's time in this mail; what cannot be read is None."""
    assert parse_date(text) == wanted


def test_time_of_receipt_is_that_of_the_topmost_received() -> None:
    """The last server stands on top; what it wrote before the last semicolon does not matter."""
    values = ["from a; x (b; c) ; Mon, 30 Jun 2025 23:41:09 +0800", "by b; Mon, 30 Jun 2025 01:00:00 +0800"]

    assert received_at(values) == datetime(2025, 6, 30, 23, 41, 9, tzinfo=CHINA)
    assert received_at(["no date here"]) is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("<a@b>", "<a@b>"), (" <a@b> (x)", "<a@b>"), ("a@b", "<a@b>"), ("<>", None), ("", None), ("two words", None)],
)
def test_message_id_is_the_one_in_brackets(text: str, wanted: str | None) -> None:
    """One without brackets gets them; none is None."""
    assert message_id(text) == wanted


def test_raw_headers_are_read_in_the_charset_of_the_body() -> None:
    """A raw GBK subject of one character could be something else; the body's label settles it."""
    raw = "Subject: 一\r\nFrom: 一 <a@b.cn>\r\nContent-Type: text/plain; charset=gbk\r\n\r\n一".encode("gbk")

    message = read_message(raw)

    assert (message.subject, message.sender.name, message.body_text) == ("一", "一", "一")


def test_headers_are_decoded_and_in_order() -> None:
    """Rules about automatic mail look at them by lower-case name; repeated ones all stand there."""
    message = read_message(b"Received: a\r\nX-Loop: yes\r\nReceived: b\r\nSubject: =?gbk?B?19y94Q==?=\r\n\r\nx")

    assert message.headers == (("received", "a"), ("x-loop", "yes"), ("received", "b"), ("subject", "总结"))
    assert message.header("X-Loop") == "yes"
    assert message.header("x-none") is None


def test_threads_are_known_by_references() -> None:
    """In-Reply-To and References as identifiers."""
    message = read_message(b"In-Reply-To: <a@b> x\r\nReferences: <c@d>\r\n <a@b>\r\nReply-To: r@b.cn\r\n\r\nx")

    assert message.in_reply_to == "<a@b>"
    assert message.references == ("<c@d>", "<a@b>")
    assert message.reply_to == Address("r@b.cn")
