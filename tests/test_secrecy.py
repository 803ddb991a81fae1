"""Marks of secrecy: found wherever they stand, never in mere talk of secrets; and none of the words goes anywhere."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from records.secrecy import mark_in_name, mark_of
from tests.hostile_mails import zipped
from tests.made_pictures import encoded, scene
from tests.small_office import SmallOffice, file_named, letter
from tests.taken_in import take_in

SECRET = "秘语甲乙丙丁"
MARK = "机密★1年"
AT = "2025-06-20T10:00:00+08:00"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE = "向阳托育园2025年冬春火灾防控活动总结"
LINES = (TITLE, f"{SECRET}：我园组织消防疏散演练1场，发现火灾隐患7处，均已整改。", "向阳托育园")
FONT = next(Path("/usr/share/fonts/truetype").glob("wqy/*.tt?"), Path("/none"))


@pytest.mark.parametrize(
    "line",
    [
        "机密★1年", "机 密", "密级：秘密", "【机密】", "（绝密）", "秘密▲", "机密级", "000123  机密★1年",
        "机密★1年 特急", "秘密★长期", "秘密☆6个月", "机密*1年", "秘 密 ★ 1 年", "机密★一年", "机密1年",
        "编号：003  密级：机密", "密级\t秘密",
    ],
)  # fmt: skip
def test_marks_are_known_in_all_their_forms(line: str) -> None:
    """GB/T 9704, and how people and scanners write it."""
    assert mark_of(f"某某局文件\n{line}\n关于演练的报告") is not None


@pytest.mark.parametrize(
    "line",
    [
        "保密工作", "商业秘密", "个人秘密", "秘密投票", "机密文件管理", "做好秘密文件保管", "秘密花园",
        "国家秘密分为绝密、机密、秘密三级",
        "密级：□绝密 □机密 □秘密", "学习保密知识，防止泄露国家秘密", "★重点：保守秘密", "密级：公开",
    ],
)  # fmt: skip
def test_talk_of_secrets_is_no_mark(line: str) -> None:
    """A report on work for secrecy is a report like any other."""
    assert mark_of(f"某某局文件\n{line}\n关于演练的报告") is None
    assert mark_in_name(f"{line}.docx") is None


def test_a_mark_deep_in_a_text_needs_its_star() -> None:
    """Below the head a lone word may be anything; with the star it is a paper bound in behind another."""
    assert mark_of("一行\n" * 40 + MARK) == "机密"
    assert mark_of("一行\n" * 40 + "机密") is None


@pytest.mark.parametrize(
    "name", ["【秘密】总结.docx", "总结（机密★1年）.docx", "(绝密)名单.xlsx", "机密★长期 名单.xlsx"]
)
def test_marks_in_names_are_known(name: str) -> None:
    """In brackets or with the star."""
    assert mark_in_name(name) is not None


def in_docx_header() -> bytes:
    document, out = Document(), BytesIO()
    document.sections[0].header.paragraphs[0].text = MARK
    for line in LINES:
        document.add_paragraph(line)
    document.add_picture(BytesIO(encoded(scene(1))))
    document.save(out)
    return out.getvalue()


def on_second_page() -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = BytesIO()
    canvas = Canvas(out)
    for page in (("封面", "2025年"), (MARK, *LINES)):
        canvas.setFont("STSong-Light", 14)
        for number, line in enumerate(page):
            canvas.drawString(72, 760 - 30 * number, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def scanned() -> bytes:
    page = Image.new("RGB", (1240, 900), "white")
    draw, font = ImageDraw.Draw(page), ImageFont.truetype(FONT, 34)
    for number, line in enumerate((MARK, *LINES)):
        draw.text((100, 100 + 90 * number), line, fill="black", font=font)
    return encoded(page, "PNG")


def plain() -> bytes:
    return "\n".join((MARK, *LINES)).encode()


FILES = {
    "head of a page": ("总结.docx", in_docx_header),
    "second page": ("总结.pdf", on_second_page),
    "scan": ("扫描件.png", scanned),
    "in an archive": ("材料.zip", lambda: zipped({"a/说明.txt": "见附件".encode(), "a/总结.docx": in_docx_header()})),
    "by its name": ("【机密】总结.txt", lambda: "\n".join(LINES).encode()),
    "plain text": ("总结.txt", plain),
}


def mail(name: str, content: bytes) -> bytes:
    return file_named(letter("c1@example.com", f"{TITLE}{SECRET}", f"请查收。{SECRET}\n"), name, content)


@pytest.mark.parametrize("place", [place for place in FILES if place != "scan" or FONT.exists()])
def test_nothing_of_a_marked_paper_goes_anywhere(tmp_path: Path, place: str, caplog: pytest.LogCaptureFixture) -> None:
    """Not into listings, search, digest, workbook, filed tree, kept files, cache or log, then or after a decision."""
    office = SmallOffice(tmp_path).furnish()
    name, made = FILES[place]
    caplog.set_level("DEBUG")
    take_in(office, [(mail(name, made()), AT)])
    (row,) = office.export()
    assert (row["status"], row["reason"]) == ("review", "classified")
    assert "机密" in row["explanation"] and "互联网邮箱" in row["explanation"] and "机要渠道" in row["explanation"]
    _assert_silent(office, {**row, "subject": ""}, caplog)
    office.run("review", "assign", row["id"], "--unit", "C1", "--kind", "summary")
    (row,) = office.export()
    _assert_silent(office, {**row, "subject": ""}, caplog)
    office.run("rebuild")
    (row,) = office.export()
    _assert_silent(office, {**row, "subject": ""}, caplog)


def _assert_silent(office: SmallOffice, row: dict[str, object], caplog: pytest.LogCaptureFixture) -> None:
    """No output and no derived file holds the secret words; ``row`` comes without the subject, which listings show."""
    assert SECRET not in str(row) and row["body_text"] == "" and row["remarks"] == []
    assert office.run("search", SECRET, "--format", "jsonl").rows == []
    assert office.run("search", "消防疏散演练", "--format", "jsonl").rows == []
    id_ = str(row["id"])
    shown = office.run("review", "show", id_).out
    assert SECRET not in shown.replace(f"{TITLE}{SECRET}", "")
    folder = office.folder / "out"
    office.run("digest", "--date", "2025-06-20", "--out", str(folder))
    for file in ("digest.txt", "digest.html"):
        assert SECRET not in (folder / file).read_text("utf-8")
    sheets = load_workbook(folder / "status.xlsx")
    assert SECRET not in str([list(sheet.values) for sheet in sheets])
    assert SECRET not in caplog.text
    derived = [
        path for part in ("filed", "files", "cache") for path in (office.root / part).rglob("*") if path.is_file()
    ]
    assert derived == []
    assert SECRET.encode() not in (office.root / "baosong.db").read_bytes().replace(f"{TITLE}{SECRET}".encode(), b"")
    assert office.attempt("verify").status == 0


def test_the_digest_tells_the_fact_and_what_to_do(tmp_path: Path) -> None:
    """The coordinator learns that something came, from whom and what the law expects; not its subject or file name."""
    office = SmallOffice(tmp_path).furnish()
    take_in(office, [(mail("绝不外传的名字.docx", in_docx_header()), AT)])
    text = office.run("digest", "--date", "2025-06-20").out
    assert "标有密级（机密）" in text and "机要渠道" in text and "c1@example.com" in text
    assert "绝不外传的名字" not in text and TITLE not in text


def test_reports_on_work_for_secrecy_are_filed(tmp_path: Path) -> None:
    """Training about state secrets, a secret ballot: no mark."""
    office = SmallOffice(tmp_path).furnish()
    body = "\n".join((*LINES, "会前开展保密工作培训，讲解绝密、机密、秘密三级；以秘密投票选出消防安全员。"))
    take_in(office, [(letter("c1@example.com", TITLE, body, name="向阳托育园"), AT)])
    assert [row["status"] for row in office.export()] == ["filed"]


def test_a_mark_in_the_mail_itself_counts(tmp_path: Path) -> None:
    """In the subject, or at the head of the body; where no campaign runs as well."""
    office = SmallOffice(tmp_path).furnish()
    body = "\n".join(LINES)
    mails = [letter("c1@example.com", f"【机密】{TITLE}", body), letter("c1@example.com", TITLE, f"{MARK}\n{body}")]
    take_in(office, [(raw, AT) for raw in mails])
    assert [row["reason"] for row in office.export()] == ["classified"] * 2
    assert not any(row["body_text"] for row in office.export())


def test_a_marked_scan_leaves_nothing_in_the_cache_that_another_reading_needs(tmp_path: Path) -> None:
    """The same picture is read again, and the same is found; an honest scan is read once."""
    if not FONT.exists():
        pytest.skip("no font for Chinese")
    office = SmallOffice(tmp_path).furnish()
    page = Image.new("RGB", (900, 300), "white")
    ImageDraw.Draw(page).text((60, 100), "消防疏散演练现场照片", fill="black", font=ImageFont.truetype(FONT, 40))
    honest = file_named(letter("a1@example.com", "演练", "见附件"), "图.png", encoded(page, "PNG"))
    take_in(office, [(mail("扫描件.png", scanned()), AT), (honest, AT)])
    assert len([path for path in (office.root / "cache").rglob("*") if path.is_file()]) == 1
