"""Remarks: what was sent before is told, what everybody sends is not, and the order of work plays no part."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from filing.alike import Alike, alike_pictures, alike_texts, prints_of, taken_before, text_runs
from records.extracts import Extract, Page
from records.mail import Part
from records.remarks import Prints, SeenPicture, Sent
from storage.archive import open_archive
from storage.likeness import thumbnail
from tests.filing_values import message
from tests.made_pictures import camera, encoded, scene, through_chat
from tests.small_office import CAMPAIGN, ROSTER, SmallOffice, file_named, letter, material, summary
from tests.taken_in import take_in

T0 = datetime(2025, 6, 12, 2, tzinfo=UTC)
BEGINS = {"this": date(2025, 6, 1), "last": date(2024, 6, 1)}
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LOOK, NEAR_LOOK, OTHER_LOOK = "00ff" * 8, "00ff" * 7 + "00f0", "5a5a" * 8
HAN = "".join(chr(0x4E00 + number) for number in range(0, 6000, 7))
HAS_PLACE = (b"30.26", b"120.17")


def words(seed: int, count: int) -> str:
    """Han characters in sentences, by seed."""
    random_ = random.Random(seed)
    return "，".join("".join(random_.choices(HAN, k=15)) for _ in range(count // 15)) + "。"


def prints(text: str) -> tuple[Prints, ...]:
    return prints_of(message(body=text), ())


def sent(number: int, unit: str | None = "甲", **more: Any) -> Sent:
    """The ``number``-th submission, an hour after the one before it."""
    usual: dict[str, Any] = {"campaign": "this", "activities": frozenset(), "compared": True, "counts": True}
    pictures = tuple(more.pop("pictures", ()))
    return Sent(
        f"m{number}/1", f"m{number}", T0 + timedelta(hours=number), unit=unit, pictures=pictures, **{**usual, **more}
    )


def photo(sha256: str = "p", dhash: str | None = LOOK, taken_at: str | None = None) -> SeenPicture:
    return SeenPicture("part", sha256, f"{sha256}.jpg", dhash, taken_at)


def told(found: Sequence[Alike]) -> list[tuple[str, str, str | None]]:
    return [(one.kind, one.sent.message, one.other.message if one.other else None) for one in found]


# -- pictures ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("second", "exact"), [("p", True), ("q", False)])
def test_a_photo_of_another_unit_is_told_of_the_later_report(second: str, exact: bool) -> None:
    """The same file or a copy that looks the same; what came first stands without a remark."""
    look = LOOK if exact else NEAR_LOOK
    reports = [sent(1, pictures=[photo()]), sent(2, "乙", pictures=[photo(second, look)])]
    (found,) = alike_pictures(reports, BEGINS)
    assert told([found]) == [("photo_of_another_unit", "m2", "m1")]
    assert (found.exact, found.there) == (exact, "p.jpg")


def test_the_order_of_work_plays_no_part() -> None:
    """Whatever was read first, the time of receipt decides."""
    reports = [sent(number, unit, pictures=[photo()]) for number, unit in enumerate("甲乙丙", 1)]
    results = {tuple(told(alike_pictures(order, BEGINS))) for order in permutations(reports)}
    assert results == {(("photo_of_another_unit", "m2", "m1"), ("photo_of_another_unit", "m3", "m1"))}


@pytest.mark.parametrize("look", [OTHER_LOOK, None])
def test_what_does_not_look_the_same_is_not_told(look: str | None) -> None:
    """Another scene; a page of text or a code, which look like many others."""
    assert alike_pictures([sent(1, pictures=[photo()]), sent(2, "乙", pictures=[photo("q", look)])], BEGINS) == []


def test_what_many_units_send_is_common_property() -> None:
    """A poster or letterhead that five units use is told of none of them."""
    assert alike_pictures([sent(n, f"单位{n}", pictures=[photo()]) for n in range(5)], BEGINS) == []
    assert len(alike_pictures([sent(n, f"单位{n}", pictures=[photo()]) for n in range(4)], BEGINS)) == 3


def test_a_unit_may_use_its_photos_again() -> None:
    """In its closing report, in a correction, for the same activity; not for another one."""
    first = sent(1, pictures=[photo()], activities=frozenset("1"))
    final = sent(2, pictures=[photo()], activities=frozenset("2"), kind="summary")
    correction = sent(3, pictures=[photo()], activities=frozenset("2"), supersedes="m1")
    same = sent(4, pictures=[photo()], activities=frozenset("12"))
    assert alike_pictures([first, final, correction, same], BEGINS) == []
    other = sent(5, pictures=[photo()], activities=frozenset("3"))
    assert told(alike_pictures([first, other], BEGINS)) == [("photo_again", "m5", "m1")]


def test_photos_of_an_earlier_campaign_are_told() -> None:
    """By the same unit, for a campaign that began before; not of two that run side by side."""
    old, new = sent(1, pictures=[photo()], campaign="last"), sent(2, pictures=[photo()])
    assert told(alike_pictures([old, new], BEGINS)) == [("photo_of_earlier_campaign", "m2", "m1")]
    assert alike_pictures([old, new], {"this": BEGINS["this"], "last": BEGINS["this"]}) == []
    history = sent(0, None, pictures=[photo()], campaign=None, compared=False)
    assert told(alike_pictures([history, new], BEGINS)) == [("photo_of_earlier_campaign", "m2", "m0")]


def test_one_message_is_not_compared_with_itself() -> None:
    """Two units' reports in one mail of the town: its photos are its own."""
    one = sent(1, pictures=[photo()])
    two = Sent("m1/2", "m1", one.received_at, "this", "乙", frozenset(), True, True, (photo(),))
    assert alike_pictures([one, two], BEGINS) == []


def test_what_waits_for_a_person_accuses_nobody() -> None:
    """A suggestion is remarked upon, and never the measure for others."""
    waits, filed = sent(1, pictures=[photo()], counts=False), sent(2, "乙", pictures=[photo()])
    assert alike_pictures([waits, filed], BEGINS) == []
    assert told(alike_pictures([sent(0, "丙", pictures=[photo()]), waits], BEGINS)) != []


@pytest.mark.parametrize(
    ("taken_at", "is_told"),
    [
        ("2024-06-12T09:00:00", True),
        ("2025-05-31T23:59:59", True),
        ("2025-06-01T00:00:00", False),
        ("2000-01-01T00:00:00", False),
        (None, False),
    ],
)
def test_a_photo_from_before_the_period_is_told(taken_at: str | None, is_told: bool) -> None:
    """By its camera's clock; one that was never set says nothing."""
    found = taken_before([sent(1, pictures=[photo(taken_at=taken_at)])], BEGINS)
    assert told(found) == ([("photo_taken_before", "m1", None)] if is_told else [])


# -- texts -------------------------------------------------------------------------------------------------------------


def test_a_text_that_nearly_repeats_another_units_is_told() -> None:
    """Names and figures changed, a little added: most of it is the same all the same."""
    original = words(1, 900)
    copy = original.replace(original[100:130], words(2, 30)) + words(3, 90)
    found = alike_texts([sent(1, prints=prints(original)), sent(2, "乙", prints=prints(copy))], BEGINS, frozenset())
    assert told(found) == [("text_of_another_unit", "m2", "m1")]
    assert found[0].share > 0.8


def test_a_text_of_last_year_is_told_and_corrections_are_not() -> None:
    """The same unit: another year's words are remarked upon, this year's are its own."""
    old, new = prints(words(1, 900)), prints(words(1, 900) + words(2, 45))
    assert told(alike_texts([sent(1, prints=old, campaign="last"), sent(2, prints=new)], BEGINS, frozenset())) == [
        ("text_of_earlier_campaign", "m2", "m1")
    ]
    assert alike_texts([sent(1, prints=old), sent(2, prints=new)], BEGINS, frozenset()) == []


def test_the_notices_words_and_common_phrases_count_for_nothing() -> None:
    """Honest reports repeat the notice, and phrases that everybody uses; what is left is their own."""
    notice, template = words(100, 600), words(101, 600)
    honest = [sent(n, f"单位{n}", prints=prints(notice + template + words(n, 300))) for n in range(8)]
    notices = text_runs([notice])
    assert alike_texts(honest, BEGINS, notices) == []
    assert len(alike_texts(honest[:2], BEGINS, frozenset())) == 1  # the notice's words and the template weigh most
    copied = sent(9, "单位9", prints=prints(notice + template + words(3, 300)))
    assert told(alike_texts([*honest, copied], BEGINS, notices)) == [("text_of_another_unit", "m9", "m3")]


def test_short_texts_are_nobodys() -> None:
    """A cover note of a hundred characters may be anybody's."""
    note = prints(words(1, 105))
    assert alike_texts([sent(1, prints=note), sent(2, "乙", prints=note)], BEGINS, frozenset()) == []


def test_a_copy_is_found_across_a_units_several_mails() -> None:
    """Half of it in one mail of the other unit, half in another."""
    halves = words(1, 450), words(2, 450)
    reports = [sent(n, prints=prints(half)) for n, half in enumerate(halves)]
    found = alike_texts([*reports, sent(3, "乙", prints=prints("".join(halves)))], BEGINS, frozenset())
    assert [(one.kind, one.sent.message) for one in found] == [("text_of_another_unit", "m3")]


def test_quotations_and_tables_are_left_out_of_the_prints() -> None:
    """Only own words count, a scan's among them; layout and figures play no part."""
    text = words(5, 300)
    broken = "\n".join(text[at : at + 20] + f" {at} " for at in range(0, len(text), 20))
    scan = Extract(Part("1", "扫描.pdf", "x", b"x"), "application/pdf", "ok", pages=(Page(1, broken, "ocr"),))
    (one,) = prints_of(message(body=""), (scan,))
    assert one.part == scan.part.sha256
    assert one.values == prints(text)[0].values
    assert prints_of(message(body=f"请查收\n\n------------------ 原始邮件 ------------------\n{text}"), ()) == ()


@pytest.mark.parametrize("count", [0, 1])
def test_few_reports_have_no_remarks(count: int) -> None:
    """An empty archive, and one report alone."""
    reports = [sent(n, pictures=[photo()], prints=prints(words(1, 300))) for n in range(count)]
    assert alike_pictures(reports, BEGINS) == [] and alike_texts(reports, BEGINS, frozenset()) == []


# -- the whole way -----------------------------------------------------------------------------------------------------


@pytest.fixture
def office(tmp_path: Path) -> SmallOffice:
    """An office without a mailbox."""
    return SmallOffice(tmp_path).furnish()


def paper(*paragraphs: str, picture: bytes = b"") -> bytes:
    """A Word document, with a picture where one is given."""
    document, out = Document(), BytesIO()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if picture:
        document.add_picture(BytesIO(picture))
    document.save(out)
    return out.getvalue()


def at(day: int, hour: int = 10) -> str:
    return f"2025-06-{day:02}T{hour:02}:00:00+08:00"


def remarks(office: SmallOffice) -> list[list[str]]:
    """The kinds of remarks, by message in order of receipt."""
    return [[remark["kind"] for remark in row["remarks"]] for row in office.export()]


def shared_photo() -> list[tuple[bytes, str]]:
    """A photo from one unit; a copy of it by way of a chat program inside another unit's paper; one of last year."""
    original = encoded(scene(1), exif=camera())
    copy = encoded(through_chat(scene(1)), quality=40)
    old = encoded(scene(2), "HEIF", exif=camera("2024:06:20 10:00:00"))
    inside = paper("区中医院开展消防疏散演练", "6月14日开展演练。", picture=copy)
    return [
        (file_named(material("A1"), "演练现场.jpg", original, "image/jpeg"), at(12)),
        (file_named(material("A2"), "演练情况.docx", inside, DOCX), at(14)),
        (file_named(material("B1"), "现场.heic", old, "image/heic"), at(16)),
    ]


def test_photos_are_kept_found_again_and_told_everywhere(office: SmallOffice) -> None:
    """Attached or inside a paper: listed with EXIF but no place; told in listing, review show, digest and workbook."""
    take_in(office, shared_photo())
    first, second, third = office.export()
    assert remarks(office) == [[], ["photo_of_another_unit"], ["photo_taken_before"]]
    (remark,) = second["remarks"]
    assert remark["other"] == first["id"] and remark["files"] == ["图片1.jpg"]
    assert remark["text"] == "照片“图片1.jpg”与青山区人民医院6月12日报送的照片“演练现场.jpg”几乎相同"
    taken = "照片“现场.heic”的拍摄时间是2024年6月20日（相机记录，仅供参考），早于本次活动开始的2025年6月1日"
    assert third["remarks"][0]["text"] == taken
    picture = {"width": 960, "height": 720, "taken_at": "2025-06-12T09:31:00", "device": "Maker Model 7"}
    assert first["attachments"][0]["picture"] == picture
    assert second["attachments"][0]["members"][0]["picture"]["width"] == 320
    assert taken in office.run("review", "show", third["id"]).out
    folder = office.folder / "out"
    office.run("digest", "--date", "2025-06-16", "--out", str(folder))
    assert taken in (folder / "digest.txt").read_text("utf-8")
    assert taken in (folder / "digest.html").read_text("utf-8")
    cells = [cell for row in load_workbook(folder / "status.xlsx")["收件清单"].values for cell in row]
    assert any(isinstance(cell, str) and taken in cell for cell in cells)


def test_thumbnails_and_places_stay_inside(office: SmallOffice) -> None:
    """Each picture has a small copy in the archive; no listing or mail shows a picture or where it was taken."""
    take_in(office, shared_photo())
    archive = open_archive(office.root)
    with archive.database.session() as session:
        small = thumbnail(session, office.export()[0]["attachments"][0]["sha256"])
    archive.close()
    assert small is not None and small[8:12] == b"WEBP"
    folder = office.folder / "out"
    office.run("digest", "--date", "2025-06-16", "--out", str(folder))
    shown = [path.read_bytes() for path in folder.iterdir() if path.suffix != ".xlsx"]
    shown += [office.run("submissions", "--format", form).octets for form in ("jsonl", "csv", "table")]
    shown += [str(list(sheet.values)).encode() for sheet in load_workbook(folder / "status.xlsx")]
    assert not [text for text in shown for value in HAS_PLACE if value in text]
    assert not [text for text in shown if b"image/" in text and b"Content-Type: image" in text]


def test_a_rebuild_and_another_order_of_work_say_the_same(office: SmallOffice, tmp_path: Path) -> None:
    """Remarks are derived: from a new database, and from mails that were read the other way round."""
    mails = shared_photo()
    take_in(office, mails)
    before = [row["remarks"] for row in office.export()]
    office.run("rebuild")
    assert [row["remarks"] for row in office.export()] == before
    (tmp_path / "other").mkdir()
    other = SmallOffice(tmp_path / "other").furnish()
    for mail in reversed(mails):
        take_in(other, [mail])
    assert [row["remarks"] for row in other.export()] == before


def test_a_decision_changes_the_remarks(office: SmallOffice) -> None:
    """What a person takes for no report is compared with nothing any more; undone, it is again."""
    take_in(office, shared_photo())
    first = office.export()[0]["id"]
    office.run("review", "reject", first)
    assert remarks(office)[1] == []
    office.run("undo", office.run("decisions").out.splitlines()[1].split()[0])
    assert remarks(office)[1] == ["photo_of_another_unit"]


def report(unit: str, own: str, name: str, year: int = 2025) -> bytes:
    """A closing report as a paper."""
    content = paper(f"{name}{year}年冬春火灾防控活动总结", "我院组织消防疏散演练1场。", own, name, f"{year}年6月20日")
    mail = letter(f"{unit.lower()}@example.com", f"{name}{year}年冬春火灾防控活动总结", "请查收。", name=name)
    return file_named(mail, "总结.docx", content, DOCX)


def test_a_copied_report_is_told_and_an_honest_one_is_not(office: SmallOffice) -> None:
    """Two hospitals' own words, and a third that took most of the first one's."""
    own = words(1, 900)
    mails = [
        (report("A1", own, "青山区人民医院"), at(18)),
        (report("A2", words(2, 900), "青山区中医院"), at(19)),
        (report("B1", own[:800] + words(3, 60), "绿水镇卫生院"), at(20)),
    ]
    take_in(office, mails)
    assert remarks(office) == [[], [], ["text_of_another_unit"]]
    text = office.export()[2]["remarks"][0]["text"]
    assert text.startswith("文字约9") and "青山区人民医院6月18日报送的材料相同" in text


def test_last_years_report_and_photo_are_told(tmp_path: Path) -> None:
    """Sent again by the same unit, from a closed campaign of last year."""
    last = CAMPAIGN.replace("2025", "2024")
    office = SmallOffice(tmp_path, campaigns={"this": (CAMPAIGN, ROSTER), "last": (last, ROSTER)}).furnish()
    office.run("close", "--campaign", "2024-fanghuo")
    own, shot = words(1, 900), encoded(scene(9))
    old = report("A1", own, "青山区人民医院", 2024)
    old = file_named(old, "现场.jpg", shot, "image/jpeg")
    new = file_named(report("A1", own, "青山区人民医院"), "照片1.jpg", shot, "image/jpeg")
    take_in(office, [(old, "2024-06-20T10:00:00+08:00"), (new, at(20))])
    office.run("review", "assign", office.export()[0]["id"], "--campaign", "2024-fanghuo", "--unit", "A1")
    rows = office.export() + office.run("submissions", "--campaign", "2024-fanghuo", "--format", "jsonl").rows
    told_of = {row["received_at"][:4]: [item["kind"] for item in row["remarks"]] for row in rows}
    assert told_of == {"2024": [], "2025": ["photo_of_earlier_campaign", "text_of_earlier_campaign"]}
    assert "与本单位2024年6月20日报送" in str(rows[0]["remarks"])


def test_short_honest_reports_of_the_office_have_no_remarks(office: SmallOffice) -> None:
    """Reports of a few sentences in the same words are nobody's own."""
    take_in(office, [(summary(unit), at(20)) for unit in ("A1", "A2", "B1")])
    assert remarks(office) == [[], [], []]
