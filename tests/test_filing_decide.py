"""The decision as a whole: campaign, kind, requirement, what could not be read, what stays the same."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from filing.decide import file_message
from filing.documents import documents_of
from filing.papers import paper_of
from filing.text.quoting import split_body
from filing.themes import themes_of
from records.extracts import Extract
from records.mail import CloudLink
from tests.filing_values import (
    OTHER_NOTICE,
    RECEIVED,
    context,
    extract,
    file,
    filed_units,
    message,
    summary,
)


def fire_summary(unit: str) -> str:
    """A closing report to the other campaign."""
    return (
        f"{unit}2025年“养老机构消防安全月”活动总结\n区民政局：\n我院组织职工学习灭火器使用方法，观看火灾警示教育片；"
        f"10月20日组织火灾疏散演练1次；对厨房、配电房开展火灾隐患排查，发现隐患3处，均已整改。\n{unit}\n2025年11月2日\n"
    )


def test_documents_keep_their_places() -> None:
    """Own words, quotation, attachments and members each stand with a path; a photographed paper is a document."""
    paper = extract("总结.jpg", summary("静安养老院"))
    archive = extract("材料.zip", members=(extract("照片/1.jpg", "重阳节"), paper))
    sent = message("回复：总结", "见附件\n\n在 2025年11月1日，养老科 <a@example.com> 写道：\n> 请尽快报送")
    found = [(document.where, document.role) for document in documents_of(sent, (archive,))]
    assert found == [
        ("subject", "subject"),
        ("body", "body"),
        ("body", "quoted"),
        ("材料.zip/照片/1.jpg", "picture"),
        ("材料.zip/总结.jpg", "document"),
    ]


@pytest.mark.parametrize(
    "mark",
    [
        "-----原始邮件-----",
        "------------------ 原始邮件 ------------------",
        "在 2025年6月18日，15:58，安稳办 <a@example.com> 写道：",
        "发件人：某某\n发送时间：2025年6月18日\n收件人：某某\n主题：提醒",
        "On Wed, Jun 18, 2025 at 3:58 PM Office <a@example.com> wrote:",
        "---------- Forwarded message ---------",
        "> 引文第一行",
    ],
)
def test_what_stands_below_the_mark_is_quoted(mark: str) -> None:
    """Clients mark quotations in many ways; own words end there."""
    body = split_body(f"总结见附件。\n\n{mark}\n请尽快报送总结。")
    assert "总结见附件" in body.own
    assert "请尽快报送" not in body.own or mark.startswith(">")
    assert "请尽快报送" in body.quoted or "引文" in body.quoted


def test_a_single_line_with_a_header_word_is_no_quotation() -> None:
    """主题： in an own sentence does not cut the body."""
    assert split_body("活动情况如下\n主题：敬老爱老\n参加60人").quoted == ""


@pytest.mark.parametrize(
    ("title", "paper"),
    [
        ("关于报送2025年“敬老月”活动总结的报告", "summary"),
        ("敬老月活动小结", "summary"),
        ("关于敬老月活动开展情况的报告", "report"),
        ("关于重阳节活动开展情况的图文信息", "material"),
        ("敬老月活动实施方案", "plan"),
        ("关于开展敬老月活动的通知", "notice"),
        ("视频和照片先报，总结月底另报", "material"),
        ("Summary report on the campaign", "summary"),
        ("重阳节照片", "material"),
    ],
)
def test_titles_say_what_a_paper_is(title: str, paper: str) -> None:
    """The last word decides, a closing report apart; one that is still to come is none."""
    assert paper_of(title) == paper


def test_a_campaign_is_known_by_its_quoted_name() -> None:
    """The words of the notice's title, without the formal ones."""
    assert themes_of(context().campaign) == ("敬老月",)


def test_two_campaigns_with_the_same_units_are_told_apart_by_content() -> None:
    """Each report goes where its words belong, whatever the date."""
    both = (context(), context(OTHER_NOTICE))
    first = file(message(), extract("总结.docx", summary("静安养老院")), contexts=both)
    second = file(message(), extract("总结.docx", fire_summary("静安养老院")), contexts=both)
    assert [one.campaign for one in first.submissions] == [both[0].campaign.id]
    assert [one.campaign for one in second.submissions] == [both[1].campaign.id]
    assert (first.status, second.status) == ("filed", "filed")


def test_a_message_with_reports_to_two_campaigns_is_parted() -> None:
    """One entry a unit and campaign (CONTRACT.md, submissions), each with its own file."""
    both = (context(), context(OTHER_NOTICE))
    papers = extract("敬老月总结.docx", summary("静安养老院")), extract("消防总结.docx", fire_summary("静安养老院"))
    filing = file(message("静安养老院两个总结", "两份总结"), *papers, contexts=both)
    assert {(one.campaign, one.parts) for one in filing.submissions} == {
        (both[0].campaign.id, (papers[0].part.sha256,)),
        (both[1].campaign.id, (papers[1].part.sha256,)),
    }


def test_a_report_that_fits_two_campaigns_alike_goes_to_a_person() -> None:
    """In doubt about the campaign nothing is filed; both are suggested."""
    both = (context(), context(OTHER_NOTICE))
    sent = message("静安养老院照片", "我院组织活动，照片两张")
    filing = file(sent, extract("1.jpg", "静安养老院"), extract("2.jpg", ""), contexts=both)
    assert (filing.status, filing.reason) == ("review", "campaign_unknown")


def test_a_closed_campaign_still_receives_by_content() -> None:
    """What comes after the closing belongs to it all the same."""
    closed, open_ = replace(context(), is_open=False), context(OTHER_NOTICE)
    filing = file(message(), extract("总结.docx", summary("静安养老院")), contexts=(closed, open_))
    assert [one.campaign for one in filing.submissions] == [closed.campaign.id]


def test_last_years_text_goes_to_a_person() -> None:
    """Title and signature of an earlier year: sent by mistake, perhaps."""
    old = summary("静安养老院", date="2024年11月2日").replace("2025年", "2024年")
    filing = file(message(), extract("总结.docx", old))
    assert (filing.status, filing.reason) == ("review", "earlier_year")


def test_a_comparison_with_last_year_does_not_make_it_last_years() -> None:
    """Only title and signature date a report."""
    text = summary("静安养老院").replace("三、", "2024年慰问98人，今年多28人。\n三、")
    assert file(message(), extract("总结.docx", text)).status == "filed"


def test_a_closing_report_that_never_names_the_campaign_goes_to_a_person() -> None:
    """A summary of something else."""
    text = "静安养老院2025年食品安全周活动总结\n我院组织食堂人员学习食品安全法，检查冷库。\n静安养老院\n2025年11月2日"
    filing = file(message("静安养老院总结"), extract("总结.docx", text))
    assert (filing.status, filed_units(filing)) == ("review", [])


def test_summary_answers_the_summary_requirement_and_photos_the_other() -> None:
    """The most binding requirement that it can answer."""
    report = file(message(), extract("总结.docx", summary("静安养老院")), extract("1.jpg", "重阳节"))
    photos = file(message("静安养老院重阳节照片", "静安养老院照片"), extract("1.jpg", "静安养老院重阳节文艺演出"))
    assert [(one.kind, one.requirement) for one in report.submissions] == [("summary", "r1")]
    assert [(one.kind, one.requirement) for one in photos.submissions] == [("material", "r2")]


def test_an_interim_report_answers_the_interim_requirement() -> None:
    """What the notice asks for under another name than the closing report is material."""
    notice = context().campaign
    interim = replace(notice.requirements[1], id="r3", what="中期进展简报", due=RECEIVED, required=True)
    known = replace(context(), campaign=replace(notice, requirements=(*notice.requirements, interim)))
    text = summary("静安养老院").replace("活动总结", "活动中期小结")
    filing = file(message("中期小结"), extract("中期小结.docx", text), contexts=(known,))
    assert [(one.kind, one.requirement) for one in filing.submissions] == [("material", "r3")]
    photo = file(message("静安养老院照片", "静安养老院照片"), extract("1.jpg", "静安养老院义诊"), contexts=(known,))
    assert [one.requirement for one in photo.submissions] == ["r2"]


def test_a_photo_of_a_paper_with_a_summarys_title_is_a_summary() -> None:
    """What the picture shows counts, not that it is a picture."""
    filing = file(message(), extract("IMG_1.jpg", summary("静安养老院")))
    assert [(one.unit, one.kind) for one in filing.submissions] == [("S13", "summary")]


def test_zero_reports_are_reports() -> None:
    """零报告 counts as received."""
    filing = file(message("敬老月零报告", "本单位敬老月零报告。", "kn@qq.com"))
    assert [(one.unit, one.kind, one.status) for one in filing.submissions] == [("S09", "summary", "filed")]


def test_an_archive_that_we_cannot_read_goes_to_a_person() -> None:
    """Unread, not unreadable: headers and names tell unit and kind."""
    archive = extract("静安养老院总结.rar", status="skipped", reason="no_parser")
    filing = file(message("静安养老院敬老月总结", sender="a@qq.com"), archive)
    assert (filing.status, filing.reason) == ("review", "unread_part")
    assert [(one.unit, one.kind) for one in filing.submissions] == [("S13", "summary")]


def test_a_video_beside_a_readable_report_keeps_nothing_waiting() -> None:
    """Only what may be the report itself must be read first."""
    video = extract("活动.mp4", status="skipped", reason="no_parser")
    assert file(message(), extract("总结.docx", summary("静安养老院")), video).status == "filed"


@pytest.mark.parametrize("reason", ["encrypted", "damaged"])
def test_a_report_that_nobody_can_open_is_unreadable(reason: str) -> None:
    """Its entry carries the suggested unit and waits for a person (CONTRACT.md, unreadable)."""
    broken = extract("静安养老院总结.zip", status="unreadable", reason=reason)
    filing = file(message("静安养老院敬老月总结"), broken)
    assert (filing.status, filing.reason) == ("unreadable", reason)
    assert [(one.unit, one.status, one.kind) for one in filing.submissions] == [("S13", "review", "summary")]


def test_a_broken_picture_archive_beside_a_summary_does_not_hide_it() -> None:
    """The summary is filed."""
    broken = extract("照片.zip", status="unreadable", reason="encrypted")
    assert file(message(), extract("总结.docx", summary("静安养老院")), broken).status == "filed"


def test_a_promised_attachment_that_is_missing_is_told() -> None:
    """Somebody must ask for it."""
    filing = file(message("敬老月总结", "总结见附件", "kn@qq.com"))
    assert (filing.status, filing.reason) == ("review", "nothing_attached")
    assert [one.unit for one in filing.submissions] == ["S09"]


def test_a_report_behind_a_link_waits_for_a_person() -> None:
    """We fetch nothing from the network."""
    sent = replace(
        message("静安养老院敬老月总结", "总结在超大附件里"),
        cloud_links=(CloudLink("总结.zip", "https://example.com/x"),),
    )
    assert (file(sent).status, file(sent).reason) == ("review", "cloud_link")


def test_a_classified_paper_shows_nothing() -> None:
    """It goes to a person, without evidence, activities or figures."""
    secret = extract("总结.docx", summary("静安养老院"), metadata=(("classified", "秘密"),))
    filing = file(message(), secret)
    assert (filing.status, filing.reason) == ("review", "classified")
    assert all(not one.evidence and not one.activities and not one.figures for one in filing.submissions)


def test_the_forwarded_text_is_the_report() -> None:
    """Of a forward the quotation is read for activities, which a reply's never is."""
    told = "10月9日，我院组织志愿者走访慰问独居老人22人，开展义诊1场。\n静安养老院\n2025年10月10日"
    quoted = f"\n-----原始邮件-----\n发件人: 某某<x@qq.com>\n主题: 静安养老院信息\n\n{told}"
    forward = file(message("转发：信息", "转" + quoted, "coordinator@example.com"))
    assert [(one.unit, one.activities) for one in forward.submissions] == [("S13", ("1", "2"))]
    reply = file(message("回复：信息", "收到，谢谢" + quoted, "kn@qq.com"))
    assert reply.status == "not_a_report"


def test_a_correction_is_marked_and_a_late_report_is_not() -> None:
    """更正 and 以本次为准 say so; 补报 does not."""
    paper = extract("总结.docx", summary("静安养老院"))
    corrected = file(message("更正：静安养老院总结", "前次数据有误，以本次为准"), paper)
    late = file(message("静安养老院总结（补报）", "补报，以盖章件为准"), paper)
    assert [one.sign for one in (*corrected.submissions, *late.submissions)] == ["correction", "supplement"]


def test_evidence_says_where_it_stands() -> None:
    """Each decision carries the words that justify it (DESIGN.md, principle 3)."""
    filing = file(message(), extract("总结.docx", summary("静安养老院")))
    evidence = {(one.for_, one.where) for one in filing.submissions[0].evidence}
    assert {("unit", "总结.docx"), ("kind", "总结.docx"), ("campaign", "总结.docx")} <= evidence
    assert all(one.text for one in filing.submissions[0].evidence)


def test_the_same_values_give_the_same_answer() -> None:
    """Nothing depends on the process or on the order of campaigns."""
    both = (context(), context(OTHER_NOTICE))
    paper = extract("总结.docx", summary("静安养老院", "静和养老院"))
    first = file(message(), paper, contexts=both)
    assert repr(file(message(), paper, contexts=both[::-1])) == repr(first)


def test_without_any_campaign_a_person_decides() -> None:
    """Nothing is lost when no campaign is configured."""
    filing = file_message(message(), (), (), RECEIVED)
    assert (filing.status, filing.reason) == ("review", "no_campaign")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x01",
        "：" * 5000,
        "（" * 3000,
        "年月日" * 3000,
        "2025年1月" * 2000,
        "康宁老年公寓" * 3000,
        "\t|\t" * 4000,
    ],
)
def test_hostile_text_is_decided_all_the_same(text: str) -> None:
    """Whatever stands in a paper, there is an answer, and soon."""
    hostile: tuple[Extract, ...] = (extract("总结.docx", text), extract("1.jpg", text))
    filing = file(message(text[:200], text), *hostile)
    assert json.dumps([one.unit for one in filing.submissions]) is not None
    assert filing.status in ("filed", "review", "not_a_report", "unreadable")
