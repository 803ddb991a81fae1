"""Last year's mail: filed where its campaign is known, else history; and what its addresses tell about this year's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from demo.servers import EmbeddedImap
from filing.history import file_imported
from records.campaigns import CampaignContext
from records.filings import Filing
from records.learnt import LearntAddress
from records.mail import Message
from tests.filing_values import COORDINATOR, RECEIVED, context, extract, file, filed_units, message
from tests.filing_values import summary as paper
from tests.mail_servers import pymap
from tests.small_office import CAMPAIGN, ROSTER, SmallOffice, at, letter, material, summary
from tests.test_import import dated

__all__ = ["pymap"]
BEFORE = RECEIVED.replace(month=3)  # half a year before the notice
PRIVATE = "wang@qq.com"


def seen(address: str, unit: str) -> CampaignContext:
    """The campaign, two messages from that address having told that unit."""
    known = context().roster.unit(unit)
    assert known is not None
    return replace(context(), learnt=(LearntAddress(address, unit, known.name, reports=("a", "b")),))


SEEN_S09 = seen(PRIVATE, "S09")
LAST_YEAR = CAMPAIGN.replace("2025-fanghuo", "2024-fanghuo").replace("2025", "2024")


def imported(sent: Message, text: str, received_at: datetime = BEFORE, *, is_open: bool = True) -> Filing:
    found = extract("总结.docx", text)
    whole = replace(sent, parts=(found.part,))
    return file_imported(whole, (found,), (replace(context(), is_open=is_open),), received_at)


def of_2024(raw: bytes) -> bytes:
    """The same mail, written a year earlier."""
    mail = message_from_bytes(raw, policy=SMTP)
    assert isinstance(mail, EmailMessage)
    mail.replace_header("Subject", mail["Subject"].replace("2025", "2024"))
    mail.set_content(mail.get_content().replace("2025", "2024"))
    return mail.as_bytes(policy=SMTP)


def last_year(raw: bytes, day: int = 20) -> bytes:
    """A mail as it came in June 2024."""
    return dated(of_2024(raw), at(day).replace(year=2024))


def from_address(raw: bytes, unit: str, address: str) -> bytes:
    """The same mail from another address."""
    return raw.replace(f"{unit.lower()}@example.com".encode(), address.encode())


def hand_over(office: SmallOffice, *mails: bytes) -> None:
    """Import mails that lie in a folder."""
    folder = office.folder / "old"
    folder.mkdir(exist_ok=True)
    for number, raw in enumerate(mails):
        (folder / f"{number}.eml").write_bytes(raw)
    office.run("import", str(folder))


# -- what becomes of old mail ------------------------------------------------------------------------------------------


def test_a_report_from_before_the_notice_is_history() -> None:
    """Its words fit the campaign, its time does not: nobody is asked, and its sender is remembered."""
    filing = imported(message(sender=PRIVATE), paper("东湖区康宁老年公寓", date="2024年11月2日"))
    assert (filing.status, filing.reason, filing.submissions) == ("not_a_report", "history", ())
    assert filing.new_addresses == ((PRIVATE, "S09"),)


def test_imported_mail_of_the_open_campaigns_time_is_mail_like_any_other() -> None:
    """Filed where all is sure, shown to a person where not."""
    assert imported(message(), paper("东湖区康宁老年公寓"), RECEIVED).status == "filed"
    assert imported(message(), paper("东湖区无名老年公寓"), RECEIVED).status == "review"


def test_doubtful_mail_of_a_closed_campaign_is_history() -> None:
    """What was surely its report is filed to it; nobody is asked about the rest any more."""
    assert imported(message(), paper("东湖区康宁老年公寓"), RECEIVED, is_open=False).status == "filed"
    assert imported(message(), paper("东湖区无名老年公寓"), RECEIVED, is_open=False).reason == "history"


def test_a_paper_marked_secret_is_shown_however_old() -> None:
    """GB/T 9704: it does not belong here in any year."""
    filing = imported(message(body="机密★1年\n见附件"), paper("东湖区康宁老年公寓"))
    assert (filing.status, filing.reason) == ("review", "classified")


def test_nothing_is_learnt_from_what_others_pass_on() -> None:
    """R21: a coordinator's or a forwarder's address stands for no unit; nor is a doubtful unit remembered."""
    report = paper("东湖区康宁老年公寓")
    assert imported(message(sender=COORDINATOR), report).new_addresses == ()
    assert imported(message(subject="转发：总结", sender=PRIVATE), report).new_addresses == ()
    assert imported(message(sender=PRIVATE), paper("", "", "我们")).new_addresses == ()


def test_a_thousand_old_mails_ask_nobody(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """Without last year's campaign: reports, questions, doubtful ones, all of 2024: no review, none under a unit."""
    office = SmallOffice(tmp_path).furnish(pymap)
    mails = [last_year(summary(unit, str(number))) for unit in ("A1", "A2", "B1") for number in range(10)]
    mails += [last_year(letter(f"x{number}@qq.com", "火灾防控活动总结", "见附件")) for number in range(10)]
    mails += [last_year(letter(f"y{number}@qq.com", "咨询", "请问总结什么时候交？")) for number in range(5)]
    hand_over(office, *mails)
    rows = office.export()
    assert len(rows) == 45 and {row["status"] for row in rows} == {"not_a_report"}
    assert [row["reason"] for row in rows].count("history") >= 40
    assert not any(row["submissions"] for row in rows)
    assert "没有等人处理的邮件" in office.run("review", "list").out
    assert office.missing("2025-06-25")["received"] == 0


def test_last_years_campaign_takes_its_mail(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """Configured and closed, it gets its reports, and this year's campaign none; doubtful ones ask nobody."""
    campaigns = {"this": (CAMPAIGN, ROSTER), "last": (LAST_YEAR, ROSTER)}
    office = SmallOffice(tmp_path, campaigns=campaigns).furnish(pymap)
    office.run("close", "--campaign", "2024-fanghuo")
    hand_over(
        office, last_year(summary("A1")), last_year(material("B1")), last_year(letter("x@qq.com", "总结", "见附件"))
    )
    rows = office.export() + office.run("submissions", "--campaign", "2024-fanghuo", "--format", "jsonl").rows
    filed = {(item["campaign"], item["unit"]) for row in rows for item in row["submissions"]}
    assert filed == {("2024-fanghuo", "A1"), ("2024-fanghuo", "B1")}
    assert not any(row["status"] == "review" for row in rows)
    assert office.missing("2025-06-30")["received"] == 0


def test_last_years_campaign_does_not_stand_in_this_years_way(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """Their words are the same: this year's report is filed, last year's paper sent once more is not."""
    campaigns = {"this": (CAMPAIGN, ROSTER), "last": (LAST_YEAR, ROSTER)}
    office = SmallOffice(tmp_path, campaigns=campaigns).furnish(pymap)
    office.run("close", "--campaign", "2024-fanghuo")
    pymap.deliver(summary("A1"), at(20))
    pymap.deliver(of_2024(summary("A2")), at(21))
    office.run("poll")
    rows = office.export()
    assert [(row["status"], row["reason"]) for row in rows] == [("filed", None), ("review", "earlier_year")]
    assert rows[0]["submissions"][0]["campaign"] == "2025-fanghuo"


def test_old_mail_that_the_mailbox_holds_too_is_judged_again(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """A wrong Date made it look old; INTERNALDATE says that it came in time. Import or poll first alike."""
    office = SmallOffice(tmp_path).furnish(pymap)
    raw = dated(summary("A1"), date=at(20).replace(year=2024))
    hand_over(office, raw)
    assert [row["reason"] for row in office.export()] == ["history"]
    pymap.deliver(raw, at(20))
    office.run("poll")
    (row,) = office.export()
    assert (row["status"], row["submissions"][0]["unit"], row["submissions"][0]["on_time"]) == ("filed", "A1", True)
    hand_over(office, raw)
    assert office.export() == [row]


def test_a_person_can_take_up_history(tmp_path: Path, pymap: EmbeddedImap) -> None:
    """A wrong Date again, and no mailbox to ask: review assign files it."""
    office = SmallOffice(tmp_path).furnish(pymap)
    hand_over(office, last_year(summary("A1")))
    (row,) = office.export()
    office.run("review", "assign", row["id"][:12], "--unit", "A1", "--kind", "summary")
    assert office.missing("2025-06-30")["received"] == 1


# -- what its addresses tell -------------------------------------------------------------------------------------------


def test_an_address_seen_before_is_evidence_beside_the_content() -> None:
    """A subject alone is too little from a stranger, enough from where the unit reported before."""
    sent = message(subject="东湖区康宁老年公寓敬老月总结", sender=PRIVATE)
    report = extract("总结.docx", paper("", "", "我们"))
    assert filed_units(file(sent, report)) == []
    assert filed_units(file(sent, report, contexts=(SEEN_S09,))) == ["S09"]


@pytest.mark.parametrize(
    "content",
    [
        paper("", ""),  # names nobody
        paper("", "", "我们"),
        paper("东湖区静安养老院"),  # another unit's
        paper("", "东湖区静安养老院"),
        paper("东湖区康宁老年公寓", "东湖区静安养老院"),
        paper("东湖区无名老年公寓"),  # on no roster
        paper("", "", "我校"),
    ],
    ids=["nobody", "nobody-we", "other", "other-signs", "two", "stranger", "school"],
)
def test_an_address_seen_before_never_files_by_itself(content: str) -> None:
    """Filed under its unit is only what the content says too; a report of another unit stays that unit's or waits."""
    filing = file(message(sender=PRIVATE), extract("总结.docx", content), contexts=(SEEN_S09,))
    assert "S09" not in filed_units(filing)
    assert set(filed_units(filing)) <= {"S13"}


def test_a_picture_alone_from_an_address_seen_before_waits_with_its_suggestion() -> None:
    """A registered address would do; this one only says whom to ask about first."""
    picture = extract("IMG_1.jpg")
    filing = file(message("活动照片", "敬老月走访慰问照片", PRIVATE), picture, contexts=(SEEN_S09,))
    assert filing.status == "review" and filing.submissions[0].unit == "S09"
    assert filing.explanation is not None and "以前报过" in filing.explanation.zh


def test_an_address_seen_with_two_units_is_shared() -> None:
    """Also where one of them has registered it: then it files for neither by itself."""
    nobody = extract("总结.docx", paper("", ""))
    shared = seen("kn@qq.com", "S13")
    assert filed_units(file(message(sender="kn@qq.com"), nobody)) == ["S09"]
    filing = file(message(sender="kn@qq.com"), nobody, contexts=(shared,))
    assert filed_units(filing) == [] and {one.unit for one in filing.submissions} == {"S09", "S13"}


@pytest.mark.parametrize("is_configured", [True, False], ids=["last-year-configured", "roster-alone"])
def test_imported_mail_makes_addresses_known(tmp_path: Path, pymap: EmbeddedImap, is_configured: bool) -> None:
    """Whether or not last year's campaign is configured: a weak report of this year is filed, after a rebuild too."""
    campaigns = {"this": (CAMPAIGN, ROSTER), **({"last": (LAST_YEAR, ROSTER)} if is_configured else {})}
    office = SmallOffice(tmp_path, campaigns=campaigns).furnish(pymap)
    if is_configured:
        office.run("close", "--campaign", "2024-fanghuo")
    weak = letter(
        PRIVATE, "青山区人民医院演练", "消防疏散演练已开展，6月12日组织，共有45人参加，演练取得了良好的效果。"
    )
    pymap.deliver(weak, at(12))
    office.run("poll")
    assert [row["status"] for row in office.export()] == ["review"]
    hand_over(
        office,
        *(from_address(last_year(summary("A1", str(number))), "A1", PRIVATE) for number in range(3)),
        from_address(last_year(summary("B1")), "B1", "shared@qq.com"),
        from_address(last_year(summary("A2")), "A2", "shared@qq.com"),
    )
    pymap.deliver(weak.replace(b"Subject", b"X-Again: 1\r\nSubject"), at(13))
    pymap.deliver(letter(PRIVATE, "图片", "消防疏散演练已开展，见附件"), at(14))
    office.run("poll")
    found = office.export()
    rows = {row["received_at"][:10]: row for row in found}
    for day in ("2025-06-12", "2025-06-13"):  # what waited from before the import is filed with it
        assert (rows[day]["status"], rows[day]["submissions"][0]["unit"]) == ("filed", "A1")
    assert rows["2025-06-14"]["status"] == "review"
    learnt = office.run("learnt")
    assert [line.split()[1] for line in learnt.out.splitlines() if PRIVATE in line] == ["A1"]
    office.run("rebuild")
    assert office.export() == found and office.run("learnt") == learnt
