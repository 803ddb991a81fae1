"""Authentication-Results (RFC 8601): who is believed, what a failure is, and what it does to filing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from filing.decide import file_message
from intake.authentication import authserv_id, failed_authentication, method_results
from intake.message import read_message
from records.extracts import Extract
from records.filings import Filing
from records.mail import Message
from tests.filing_values import COORDINATOR, RECEIVED, context, extract, filed_units, message, summary

MX = frozenset({"mx.Office.example"})
RECEIVED_BY = "from x by mx.office.example; Mon, 3 Nov 2025 10:00:00 +0800"


def mail(*headers: tuple[str, str], sender: str = "kn@qq.com") -> Message:
    """A message whose headers stand so, from top to bottom."""
    lines = [f"{name}: {value}" for name, value in (*headers, ("From", sender), ("Subject", "x"))]
    return read_message("\r\n".join([*lines, "", "x"]).encode())


def results(value: str) -> tuple[str, str]:
    """The header."""
    return ("Authentication-Results", value)


@pytest.mark.parametrize(
    ("headers", "failure"),
    [
        ([], ""),
        ([results("mx.office.example; dmarc=fail header.from=qq.com")], "dmarc=fail"),
        ([results("MX.office.example 1; dmarc=fail (p=none dis=none) header.from=qq.com")], "dmarc=fail"),
        ([results("mx.office.example; spf=fail smtp.mailfrom=qq.com; dkim=none")], "spf=fail"),
        ([results("mx.office.example;\r\n\tspf=hardfail smtp.mailfrom=a@qq.com;\r\n\tdkim=fail")], "spf=fail"),
        ([results("mx.office.example; dmarc=pass; spf=fail")], ""),
        ([results("mx.office.example; spf=fail; dkim=pass header.d=qq.com")], ""),
        ([results("mx.office.example; spf=fail; dkim=pass header.i=@mail.qq.com")], ""),
        ([results("mx.office.example; spf=fail; dkim=pass header.d=evil.example")], "spf=fail"),
        ([results("mx.office.example; spf=fail; dkim=pass header.d=notqq.com")], "spf=fail"),
        ([results("mx.office.example; spf=softfail; dkim=none; dmarc=none")], ""),
        ([results("mx.office.example; spf=temperror; dmarc=permerror")], ""),
        ([results("mx.office.example; none")], ""),
        ([results("mx.office.example; spf=pass (dmarc=fail; said in a comment) smtp.mailfrom=qq.com")], ""),
        ([results('mx.office.example; spf=pass reason="x; dmarc=fail"')], ""),
        # of others nobody believes a word
        ([results("mx.elsewhere.example; dmarc=fail")], ""),
        ([results("evil.example; x=mx.office.example; dmarc=fail")], ""),
        # the sender's own header, with the same id, further down
        (
            [
                results("mx.office.example; dmarc=fail"),
                ("Received", RECEIVED_BY),
                results("mx.office.example; dmarc=pass"),
            ],
            "dmarc=fail",
        ),
        (
            [
                results("mx.office.example; spf=fail"),
                ("Received", RECEIVED_BY),
                results("mx.office.example; dkim=pass header.d=qq.com"),
            ],
            "spf=fail",
        ),
        # where the results stand below the topmost Received, the sender's may follow at once
        (
            [
                ("Received", RECEIVED_BY),
                results("mx.office.example; spf=fail"),
                results("mx.office.example; dkim=pass header.d=qq.com; dmarc=pass"),
            ],
            "spf=fail",
        ),
        # several headers of the server itself, as milters write them
        (
            [
                results("mx.office.example; spf=fail"),
                results("mx.office.example; dkim=pass header.d=qq.com"),
                ("Received", RECEIVED_BY),
            ],
            "",
        ),
        # the one that failed stands below one of another server's
        (
            [results("scanner.example; spam=no"), results("mx.office.example; dmarc=fail"), ("Received", RECEIVED_BY)],
            "dmarc=fail",
        ),
    ],
)
def test_only_what_the_trusted_server_itself_wrote_counts(headers: list[tuple[str, str]], failure: str) -> None:
    """RFC 8601 §5; absent results are no failure; alignment as RFC 7489 §3.1.1."""
    assert failed_authentication(mail(*headers), MX) == failure
    assert failed_authentication(mail(*headers), frozenset()) == ""


def test_headers_that_make_no_sense_are_no_failure() -> None:
    """Whatever stands there, nothing raises."""
    for value in ("", ";", "mx.office.example", "mx.office.example; =", "(((", '"', "mx.office.example;" + "(" * 5000):
        assert failed_authentication(mail(results(value)), MX) == ""
    assert authserv_id("mx (comment) 1; spf=pass") == "mx"
    assert [one.method for one in method_results("mx; spf=pass; ; dkim/1=fail a.b=c")] == ["spf", "dkim"]


def judged(sent: Message, *extracts: Extract, failed: str = "dmarc=fail") -> Filing:
    """The decision on a mail whose From address failed."""
    whole = replace(sent, parts=tuple(one.part for one in extracts))
    return file_message(whole, extracts, (context(),), RECEIVED, unauthenticated=failed)


def test_a_known_address_that_fails_files_nothing_by_itself() -> None:
    """Photos without a name: the address alone would file them, a forged one must not; everybody can see why."""
    sent, photo = message("敬老月活动图片", "", "kn@qq.com"), extract("1.jpg")
    assert filed_units(judged(sent, photo, failed="")) == ["S09"]
    doubted = judged(sent, photo)
    assert (doubted.status, filed_units(doubted)) == ("review", [])
    assert doubted.explanation is not None and "dmarc=fail" in doubted.explanation.zh
    evidence = [(one.for_, one.where, one.text) for one in doubted.submissions[0].evidence]
    assert ("sender", "header", "dmarc=fail") in evidence


def test_what_the_content_says_still_files_and_no_address_is_learnt() -> None:
    """Letterhead and signature that agree are enough; the forged address is not listed as a new one."""
    filing = judged(message("静安养老院总结", "见附件", "kn@qq.com"), extract("总结.docx", summary("静安养老院")))
    assert filed_units(filing) == ["S13"]
    assert filing.new_addresses == ()
    assert filing.submissions[0].unauthenticated


def test_a_coordinator_that_fails_is_no_trusted_forwarder() -> None:
    """The first sender's address counts only if who passes it on is trusted (R21)."""
    body = "转\n-----原始邮件-----\n发件人: 院办<xyh@qq.com>\n主题: 敬老月活动图片\n\n图片见附件"
    sent, photo = message("转发：敬老月活动图片", body, COORDINATOR), extract("1.jpg")
    assert filed_units(judged(sent, photo, failed="")) == ["S11"]
    assert filed_units(judged(sent, photo)) == []


def test_an_address_in_the_body_of_a_stranger_never_becomes_the_unit() -> None:
    """Whoever is not trusted can quote any header (R21)."""
    body = "转\n-----原始邮件-----\n发件人: 院办<xyh@qq.com>\n主题: 敬老月活动图片\n\n图片见附件"
    assert filed_units(judged(message("转发：敬老月活动图片", body, "x@163.com"), extract("1.jpg"), failed="")) == []
