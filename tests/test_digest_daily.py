"""The daily digest: what it says, that it balances, and that hostile mail cannot write into it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

import pytest

from digest.daily import digest_letter, reconciliation_line
from digest.directory import campaign_name, short_ids, short_names
from digest.speech import clean, number_text, quoted
from records.boards import MessageView, Reconciliation, WaitingLink
from records.campaigns import Requirement
from records.mail import CloudLink
from records.mails import Letter
from records.units import Unit
from records.words import Language, Text
from tests.digest_data import (
    CAMPAIGN,
    CUTOFF,
    DUE,
    UNITS,
    ZONE,
    at,
    attachment,
    balanced,
    board_of,
    busy_digest,
    digest_of,
    message,
    owes,
    report,
)

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=y>\u202e\x00\u200b{{7*7}}{% raw %}{x}\r\n\t=cmd"


class Reader(HTMLParser):
    """Collects tags, attributes and text of a document."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def section(letter: Letter, title: str) -> str:
    """The text below one heading."""
    match = re.search(rf"【{title}[^】]*】\n(.*?)(?:\n\n|\Z)", letter.text, re.DOTALL)
    assert match is not None, f"no section {title}"
    return match[1]


def has_section(letter: Letter, title: str) -> bool:
    return f"\n【{title}" in letter.text


def hostile(text: str = EVIL) -> MessageView:
    """A message that writes ``text`` wherever a sender can."""
    plain = message("evil", at(28, 12), "review", "U1")
    submission = replace(report(plain.id, None), status="review", unit_name=text)
    return replace(
        plain,
        sender=text,
        sender_name=text,
        subject=text,
        explanation=Text(text, text),
        attachments=(attachment(text, "unreadable", Text(text, text)),),
        cloud_links=(CloudLink(text, "https://x.example.com/" + text),),
        submissions=(submission,),
        new_addresses=((text, text),),
    )


def test_the_subject_tells_the_day_in_one_line() -> None:
    """Day, new, belated, to review, missing, campaign: what a coordinator sees in the list of mails."""
    assert digest_letter(busy_digest()).subject == (
        "【收报日报】9月28日：新收3件，补收1件，待复核1件，未报2家 — 2031年秋季“防火宣传周”活动"
    )


def test_a_report_is_told_with_all_that_matters() -> None:
    """Time, unit, kind, activities by the notice's numbers, figures, marks, unread files, new address."""
    lines = section(digest_letter(busy_digest()), "新收").splitlines()
    assert lines == [
        "- 9月28日 09:00 某某市青松林场 〔总结〕〔更正/重发〕〔数据待核〕",
        "    活动（一）（二），参与人次 1,200、演练场次 2",
        "    替代9月20日 10:00来件",
        "    附件未能全部读取：录像.rar（暂不能读）",
        "    新邮箱：new@example.com（已按内容归到青松林场）",
    ]


def test_belated_reports_stand_apart_with_their_marks() -> None:
    """What came before the period and stood in no digest is 补收; late is late."""
    assert section(digest_letter(busy_digest()), "补收") == "- 9月25日 10:00 某某市红枫苗圃 〔资料〕〔迟报〕"


def test_what_waits_names_reason_suggestions_and_the_command() -> None:
    """A person can decide from the digest alone: suggestions best first, reason, evidence, id, command."""
    text = section(digest_letter(busy_digest()), "待复核")
    assert "疑似：某某市白桦林场 或 某某市红枫苗圃" in text
    assert "原因：信中有两家单位的名称" in text
    id_ = message("b", at(28)).id
    assert f"编号 {id_[:8]}" in text
    assert f"python service.py review assign {id_[:8]} --campaign 2031-fanghuo --unit U2" in text


def test_questions_files_and_links_want_somebody() -> None:
    """Questions are answered, locked files asked for again, linked files fetched in time."""
    letter = digest_letter(busy_digest())
    assert "〔询问〕" in section(letter, "待答复")
    assert "压缩包有密码" in section(letter, "打不开的文件")
    assert "某某市银杏苗圃" in section(letter, "打不开的文件")
    assert "演练.mp4 〔9 B〕〔还剩2天〕" in section(letter, "超大附件")
    assert "请处理：待复核 1 件，待答复 1 件，打不开 1 件，超大附件三天内到期 1 个。" in letter.text


def test_progress_and_missing_units_are_told_by_category() -> None:
    """Numbers for the whole and by category; names with promise and extension; nobody who waits is missing."""
    letter = digest_letter(busy_digest())
    assert "- 秋季防火总结：应报 4，已报 1，待复核 1，未报 2，迟报 1，免报 0" in section(letter, "进度")
    assert "- 国有林场：应报 2，已报 1，待复核 1，未报 0，迟报 1，免报 0" in section(letter, "进度")
    assert section(letter, "未报单位").splitlines() == [
        "秋季防火总结，未报 2 家（还剩2天）：",
        "苗圃（2）：红枫苗圃（承诺9月29日报，延期至10月3日 12:00）、银杏苗圃",
    ]
    assert section(letter, "迟报单位") == "秋季防火总结（1）：青松林场（9月28日）"


def test_totals_say_how_far_they_reach() -> None:
    """A total names how many units state it, and that it is provisional."""
    assert section(digest_letter(busy_digest()), "数据合计") == "- 参与人次：合计 1,200人次（暂计），填报单位 1家"


def test_a_voluntary_activity_that_nobody_did_is_not_listed() -> None:
    """Required ones are counted, also with none; a voluntary one only once somebody did it."""
    text = section(digest_letter(busy_digest()), "活动开展情况")
    assert "（二）防火演练 〔累计1家〕" in text
    assert "知识竞赛" not in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_text_and_html_say_the_same(language: Language) -> None:
    """Each line of the text stands in the HTML too, apart from its marks of layout."""
    letter = digest_letter(busy_digest(), language)
    html = re.sub(r"\s+", "", Reader(letter.html).text).replace("\xa0", "")
    for item in ("28 Sep 09:00" if language == "en" else "9月28日 09:00", "某某市青松林场", "3e23e816", "252f10c8"):
        assert item in letter.text
        assert item.replace(" ", "") in html


def test_an_english_digest_has_no_chinese_of_ours() -> None:
    """Only names from notice, roster and mails stay as they are."""
    campaign = replace(
        CAMPAIGN,
        title="Fire week",
        activities=(),
        measures=(),
        requirements=(replace(CAMPAIGN.requirements[0], what="report"),),
    )
    unit = Unit("U1", "Pine", "forests")
    plain = message("x", at(28), unit="U1", subject="report", sender_name="Office")
    submission = replace(plain.submissions[0], unit_name="Pine", evidence=(), on_time=False, activities=("9",))
    board = replace(board_of(owes(unit)), campaign=campaign, requirement=campaign.requirements[0])
    data = digest_of(
        [replace(plain, submissions=(submission,))],
        campaign=campaign,
        units=(unit,),
        boards=(board,),
        unsent=1,
        waiting=(message("y", at(27), "review", None, subject="s", sender_name="n"),),
    )
    letter = digest_letter(data, "en")
    assert re.findall(r"[\u4e00-\u9fff]", letter.subject + letter.text + Reader(letter.html).text) == []


def test_a_day_without_news_is_short_and_says_so() -> None:
    """No mail: that nothing came, how it stands, who is missing; no empty headings."""
    letter = digest_letter(digest_of())
    assert "无新收" in letter.subject
    assert "没有新来件" in letter.text
    assert re.findall(r"^【(.+)】$", letter.text, re.MULTILINE) == ["未报单位"]
    assert len(letter.text.splitlines()) < 20


def test_what_waits_from_earlier_is_told_on_a_quiet_day_too() -> None:
    """Nothing new does not mean nothing to do."""
    old = message("old", at(20), "review", None)
    letter = digest_letter(digest_of(waiting=(old,)))
    assert old.id[:8] in section(letter, "待复核")
    assert "待复核1件" in letter.subject


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_mail_cannot_write_into_the_digest(language: Language) -> None:
    """No tag, attribute, template, bidi or control character, header or line of a sender's making."""
    quiet = digest_letter(busy_digest(), language)
    evil = message("evil2", at(28, 13), unit="U1", subject=EVIL, sender=EVIL, sender_name=EVIL)
    evil = replace(evil, new_addresses=((EVIL, "U1"),), attachments=(attachment(EVIL, "partial"),))
    answer = message("evil3", at(28, 14), "not_a_report", None, subject=EVIL, reason="question", sender=EVIL)
    unknown = message("evil4", at(28, 14), "not_a_report", None, subject=EVIL, reason=EVIL, sender=EVIL)
    locked = replace(hostile(), id="f" * 64, status="unreadable")
    link = WaitingLink(hostile(), hostile().cloud_links[0], 1, Text(EVIL, EVIL))
    letter = digest_letter(digest_of([hostile(), evil, answer, unknown, locked], links=(link,)), language)
    read = Reader(letter.html)
    assert set(read.tags) <= set(Reader(quiet.html).tags)
    assert {name for name, _ in read.attributes} <= {
        "lang", "charset", "name", "content", "style", "role", "width", "cellpadding", "cellspacing", "border",
        "align", "valign", "colspan",
    }  # fmt: skip
    assert "alert(1)" in read.text
    assert "{{7*7}}" in read.text
    for said in (letter.subject, letter.text, letter.html):
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f\x00-\x08\x0b-\x1f]", said)
    assert not re.search(r"^=cmd", letter.text, re.MULTILINE)


def test_the_html_brings_nothing_from_elsewhere() -> None:
    """No link, picture, script or style sheet: a mail program has nothing to fetch or to warn of."""
    read = Reader(digest_letter(busy_digest()).html)
    assert not {"a", "img", "script", "link", "iframe", "style", "form", "object"} & set(read.tags)
    assert [value for name, value in read.attributes if "url(" in value or name in {"href", "src"}] == []


def test_bodies_and_telephone_numbers_stay_out() -> None:
    """A digest travels further than the mails: no body text, numbers of telephones in subjects masked."""
    letter = digest_letter(busy_digest())
    assert "正文不进日报" not in letter.text + letter.html
    assert "13800138000" not in letter.text + letter.html
    assert "请问格式要求，电话***" in letter.text


def test_a_flood_of_mail_stays_readable() -> None:
    """Three hundred reports with names without end: a bounded mail, the rest in the workbook, every line short."""
    names = [message(f"m{n}", at(28, 10, n % 60), subject="长" * 5000, sender="a" * 5000) for n in range(300)]
    waiting = [message(f"w{n}", at(28, 11, n % 60), "review", None, subject="长" * 5000) for n in range(300)]
    letter = digest_letter(digest_of([*names, *waiting]))
    assert "另有 220 件，见附件。" in section(letter, "新收")
    assert max(map(len, letter.text.splitlines())) < 500
    assert len(letter.html) < 300_000


def test_the_reconciliation_line_balances_or_cries() -> None:
    """received = filed + review + no report + unreadable + too large; a difference is told as one."""
    right = Reconciliation(14, 8, 2, 1, 1, 1, archived=1, own_mail=3)
    assert reconciliation_line(right, "zh") == (
        "核对：收到 14 = 归档 8 + 待复核 2 + 非报送 1 + 无法读取 1 + 过大 1 + 处理中 1（另有本系统邮件 3 封，不计）"
    )
    wrong = Reconciliation(14, 8, 2, 1, 1, 1)
    assert "两边不等" in reconciliation_line(wrong, "zh")
    letter = digest_letter(digest_of(reconciliation=wrong))
    assert re.search(r"color:#b42318[^>]*>核对：收到 14", letter.html)


def test_times_are_those_of_the_campaigns_zone() -> None:
    """A message kept in UTC is told as clocks in the office show it."""
    letter = digest_letter(digest_of([message("utc", datetime(2031, 9, 27, 16, 30, tzinfo=UTC))]))
    assert "- 9月28日 00:30 某某市青松林场" in letter.text


def test_reports_to_another_campaign_are_not_told() -> None:
    """A message for two campaigns shows in each digest its own part."""
    both = message("both", at(28))
    other = replace(both.submissions[0], id=f"{both.id}/2", campaign="other", unit="U2", unit_name="别处")
    letter = digest_letter(digest_of([replace(both, submissions=(both.submissions[0], other))]))
    assert "别处" not in letter.text
    assert section(letter, "新收").count("- ") == 1


def test_several_reports_in_one_message_are_decided_one_by_one() -> None:
    """The second submission of a message has its number in the command."""
    plain = message("two", at(28), "review")
    first = replace(plain.submissions[0], status="review")
    second = replace(first, id=f"{plain.id}/2", unit="U2", unit_name="某某市白桦林场")
    letter = digest_letter(digest_of([replace(plain, submissions=(first, second))]))
    assert f"review assign {plain.id[:8]} --campaign 2031-fanghuo --unit U1" in letter.text
    assert f"review assign {plain.id[:8]}/2 --campaign 2031-fanghuo --unit U2" in letter.text


def test_commands_survive_a_hostile_roster() -> None:
    """A code with blanks and quotes is quoted for the shell."""
    plain = message("q", at(28), "review")
    bad = replace(plain.submissions[0], status="review", unit="A'; rm -rf ~;'", unit_name="甲")
    letter = digest_letter(digest_of([replace(plain, submissions=(bad,))]))
    assert "--unit 'A'\"'\"'; rm -rf ~;'\"'\"''" in letter.text


def test_manual_entries_returned_and_withdrawn_reports_are_marked() -> None:
    """A report by telephone counts the same and is told as such; what was sent back is told too."""
    manual = replace(message("p", at(28)), id="m-20310928-0001", raw_sha256=None, source="manual")
    sent_back = message("r", at(28), unit="U2")
    sent_back = replace(sent_back, submissions=(replace(sent_back.submissions[0], status="returned"),))
    text = section(digest_letter(digest_of([manual, sent_back])), "新收")
    assert "某某市青松林场 〔总结〕〔人工登记〕" in text
    assert "某某市白桦林场 〔总结〕〔已退回补正〕" in text


def test_far_deadlines_do_not_make_anybody_missing_today() -> None:
    """Of recurring requirements the next one counts, and past ones that are not complete."""

    def dated(id_: str, due: datetime) -> Requirement:
        return Requirement(id_, f"周报{id_}", "summary", due, "每周五前")

    boards = (
        board_of(owes(UNITS[0], "received"), requirement=dated("w1", at(12))),
        board_of(owes(UNITS[1]), requirement=dated("w2", at(19))),
        board_of(owes(UNITS[2]), requirement=dated("w3", CUTOFF + timedelta(days=1))),
        board_of(owes(UNITS[3]), owes(UNITS[2]), requirement=dated("w4", CUTOFF + timedelta(days=8))),
    )
    letter = digest_letter(digest_of([message("x", at(28))], boards=boards))
    assert "未报2家" in letter.subject
    assert "银杏苗圃" not in section(letter, "未报单位")
    assert "周报w4" in section(letter, "进度")
    assert re.findall(r"^周报(\w+)（", letter.text, re.MULTILINE) == ["w2", "w3"]


def test_voluntary_requirements_and_those_without_a_date_miss_nobody() -> None:
    """Nobody is rebuked for what is voluntary."""
    voluntary = board_of(owes(UNITS[0]), requirement=Requirement("v", "自愿", "summary", DUE, "", required=False))
    dateless = board_of(owes(UNITS[0]), requirement=Requirement("n", "随时", "summary", None, "及时报送"))
    letter = digest_letter(digest_of([message("x", at(28))], boards=(voluntary, dateless)))
    assert "未报0家" in letter.subject
    assert not has_section(letter, "未报单位")


def test_the_same_data_give_the_same_letter() -> None:
    """Text, HTML and workbook octets are repeatable."""
    assert digest_letter(busy_digest()) == digest_letter(busy_digest())


def test_unfinished_and_too_large_messages_are_seen() -> None:
    """A message still being read and one too large to fetch stand in the digest and in the count."""
    large = replace(message("l", at(28), "too_large", None), id="l-0001", explanation=Text("超过100MB", "over 100 MB"))
    reading = message("r", at(28), "archived", None)
    letter = digest_letter(digest_of([large, reading], reconciliation=balanced([large, reading])))
    assert "超过100MB" in section(letter, "打不开的文件")
    assert reading.id[:8] in section(letter, "仍在处理")
    assert "过大 1 + 处理中 1" in letter.text


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("某某市林业局关于开展 2031 年秋季“防火宣传周”活动的通知", "2031年秋季“防火宣传周”活动"),
        ("关于报送半年工作总结的通知", "半年工作总结"),
        ("Fire week 2031", "Fire week 2031"),
        ("通知", "通知"),
        ("", "2031-fanghuo"),
        ("长" * 100, "长" * 29 + "…"),
    ],
)
def test_a_campaign_has_a_name_that_fits_a_subject(title: str, expected: str) -> None:
    """Issuer and the frame of a notice's title are left out; never empty, never long."""
    assert campaign_name(replace(CAMPAIGN, title=title)) == expected


def test_short_names_are_never_ambiguous() -> None:
    """An alias that two units bear, or of one or two letters, names nobody."""
    twins = (
        Unit("A", "甲区人民医院", aliases=("人民医院", "甲医院")),
        Unit("B", "乙区人民医院", aliases=("人民医院", "乙院")),
    )
    assert short_names(twins) == {"A": "甲医院", "B": "乙区人民医院"}


def test_short_ids_grow_until_they_differ() -> None:
    """Eight characters, more where two messages begin alike."""
    ids = ["abcdef0123", "abcdef0199", "0" * 64, "m-1"]
    assert short_ids(ids) == {"abcdef0123": "abcdef012", "abcdef0199": "abcdef019", "0" * 64: "0" * 8, "m-1": "m-1"}


def test_cleaning_keeps_letters_and_drops_tricks() -> None:
    """Rare characters stay; bidi, zero-width, control characters, half characters go; long text is cut with a mark."""
    assert clean("𠮷野家 é") == "𠮷野家 é"
    assert clean("a\u202eb\u200bc\x00d\ud800e\ufeff\nf\u2028g\ufffe") == "abc de f g"
    assert clean("x" * 100, 10) == "x" * 9 + "…"
    assert clean("\u200b" * 10_000 + "late", 10) == ""
    assert quoted("打13800138000或010-12345678") == "打***或***"
    assert quoted("2025年第20250630001号，共1234567890123份") == "2025年第20250630001号，共1234567890123份"


def test_numbers_read_well() -> None:
    """Whole numbers without a point, thousands grouped."""
    assert [number_text(value) for value in (0, 12000, 1.5, 2.25, 1e15)] == [
        "0", "12,000", "1.5", "2.25", "1,000,000,000,000,000",
    ]  # fmt: skip


def test_the_zone_is_kept() -> None:
    """The tests' own clock is the campaign's."""
    assert CUTOFF.tzinfo is ZONE
