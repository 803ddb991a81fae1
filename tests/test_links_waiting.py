"""Which linked files still wait for somebody, in which order, and how a digest tells of them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config import read_settings
from digest.daily import digest_letter
from flow.linked import fits, same_name, waiting_links
from records.boards import MessageView, WaitingLink
from records.errors import UsageError
from records.mail import CloudLink
from records.words import Text
from storage.links import Attempt
from tests.digest_data import CUTOFF, at, attachment, digest_of, message

PERIOD = (CUTOFF - timedelta(days=1), CUTOFF)
URL = "https://files.example.com/"


def link(name: str, end: datetime | None = None, size: int | None = 1000, **more: object) -> CloudLink:
    return replace(CloudLink(name, URL + name, size, end), **more)  # type: ignore[arg-type]


def linking(day: int, *links: CloudLink, unit: str = "U1", sender: str = "a@example.com", **more: Any) -> MessageView:
    """A message of ``day`` September that links to files."""
    name = f"{day}{unit}{sender}{[one.name for one in links]}"
    return message(name, at(day), unit=unit, cloud_links=links, sender=sender, **more)


def names(*views: MessageView) -> list[str]:
    return [item.link.name for item in waiting_links(views, PERIOD, {})]


def test_the_most_urgent_comes_first() -> None:
    """By the end of their time; then those without one, those for ever, and what is lost already."""
    links = (
        link("ever", never_expires=True),
        link("unknown"),
        link("lost", at(28, 9)),
        link("late", at(30)),
        link("soon", at(29)),
    )
    assert names(linking(28, *links)) == ["soon", "late", "unknown", "ever", "lost"]


def test_links_of_earlier_days_stay_until_their_end() -> None:
    """One that ended in this period is told once more, one that ended before no longer; unknown ends count 30 days."""
    early = linking(3, link("open", at(30)), link("ended now", at(28, 9)), link("ended before", at(20)), link("?"))
    old = replace(early, received_at=at(1) - timedelta(days=5), cloud_links=(link("30 days"), link("e", None)))
    assert names(early) == ["open", "?", "ended now"]
    assert names(old) == []


def test_what_is_done_or_came_otherwise_is_gone() -> None:
    """A decision, the file in a later mail or by hand, a later link to it: each takes it off the list."""
    waits = linking(20, link("a.mp4", at(30)))
    assert names(linking(20, link("a.mp4", at(30), is_done=True))) == []
    sent = message("later", at(27), attachments=(replace(attachment("A.MP4"), size_bytes=1010),))
    assert names(waits, sent) == []
    by_hand = message("hand", at(27), source="manual", subject="a.mp4")
    assert names(waits, by_hand) == []
    again = linking(27, replace(link("a.mp4", at(30)), url=URL + "new"))
    assert [item.link.url for item in waiting_links([waits, again], PERIOD, {})] == [URL + "new"]


def test_another_units_or_another_file_of_that_name_changes_nothing() -> None:
    """Two units may both send 总结.zip; a small paper is not the film of the same name."""
    waits = linking(20, link("总结.zip", at(30), size=10**6))
    others = message("x", at(27), unit="U2", attachments=(replace(attachment("总结.zip"), size_bytes=10**6),))
    small = message("y", at(27), sender="a@example.com", attachments=(replace(attachment("总结.zip"), size_bytes=9),))
    earlier = message("z", at(2), attachments=(replace(attachment("总结.zip"), size_bytes=10**6),))
    assert names(earlier, waits, others, small) == ["总结.zip"]


def test_links_of_no_report_are_told_on_their_day_alone() -> None:
    """A question may come with a file; nobody is reminded of it for a month."""
    asked = linking(28, link("a.zip", at(30)), status="not_a_report")
    assert names(asked) == ["a.zip"]
    assert names(replace(asked, received_at=at(26))) == []


def test_the_reason_of_a_failure_goes_with_the_link() -> None:
    """By message and link."""
    view = linking(28, link("a.zip", at(30)))
    why = Text("连接不上", "unreachable")
    tried = {(view.id, view.cloud_links[0].id): Attempt(1, CUTOFF, why, "")}
    assert [item.failure for item in waiting_links([view], PERIOD, tried)] == [why]


def test_a_digest_says_until_when_how_big_where_and_what_to_do() -> None:
    """Urgent ones are marked; the command names the link."""
    view = linking(28, link("演练.mp4", at(30, 21, 59), size=round(286.4 * 1024**2), code="q4mg"))
    letter = digest_letter(digest_of([view], links=(WaitingLink(view, view.cloud_links[0], 2, Text("慢", "slow")),)))
    text = letter.text[letter.text.index("【超大附件") :]
    assert text.splitlines()[1:8] == [
        "- 9月28日 10:00 演练.mp4 〔286.4 MB〕〔还剩2天〕",
        "    请在9月30日 21:59前下载",
        "    某某市青松林场",
        f"    {URL}演练.mp4",
        "    提取码：q4mg",
        "    自动下载未成：慢",
        f"    python service.py review link {view.id[:8]}/2 --file 文件",
    ]
    assert "超大附件三天内到期 1 个" in letter.text


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"expires_at": at(28, 23)}, "今天到期"),
        ({"expires_at": at(28, 9)}, "已不能下载：请联系单位重发"),
        ({"never_expires": True}, "长期有效"),
        ({}, "请尽快下载"),
    ],
)
def test_every_end_is_told(more: dict[str, object], said: str) -> None:
    """Today, gone, never, unknown."""
    view = linking(28, link("a.mp4", **more))  # type: ignore[arg-type]
    letter = digest_letter(digest_of([view], links=(WaitingLink(view, view.cloud_links[0], 1),)))
    assert said in letter.text


def test_a_hundred_links_stay_readable_and_none_is_passed_over_in_silence() -> None:
    """The most urgent ones are listed, the others counted; an address is never cut."""
    long = "https://files.example.com/" + "k" * 3000
    views = [linking(28, replace(link(f"{n}.mp4", at(30)), url=long), sender=f"{n}@example.com") for n in range(100)]
    waiting = tuple(WaitingLink(view, view.cloud_links[0], 1) for view in views)
    letter = digest_letter(digest_of(views, links=waiting))
    assert "另有 20 个稍后列出" in letter.text
    assert "地址很长，用 review show" in letter.text
    assert not re.search("k{30}", letter.text)


def test_names_and_sizes_are_compared_as_people_do() -> None:
    """Letter case, blanks and full-width forms play no part; sizes in mails are rounded."""
    assert same_name("总结 （终）.ZIP", "总结(终).zip")
    assert not same_name("", "")
    assert fits(128 * 1000**2, 128 * 1024**2)
    assert not fits(128 * 1024**2, 3000)
    assert fits(None, 5)


@pytest.mark.parametrize(
    "line",
    ['allow_hosts = ["https://mail.163.com"]', 'allow_hosts = ["com"]', 'allow_hosts = ["*.163.com"]', "max_mb = 0"],
)
def test_a_wrong_configuration_is_told_in_one_line(tmp_path: Path, line: str) -> None:
    """What is wrong and where."""
    path = tmp_path / "config.toml"
    path.write_text(f"[links]\n{line}\n", "utf-8")
    with pytest.raises(UsageError) as caught:
        read_settings(path)
    assert "[links] " in caught.value.say()
    assert "\n" not in caught.value.say()


def test_by_default_no_host_is_allowed_and_names_are_folded(tmp_path: Path) -> None:
    """The list is empty unless somebody writes it."""
    path = tmp_path / "config.toml"
    path.write_text("", "utf-8")
    assert read_settings(path).link_rules().allow_hosts == ()
    path.write_text(
        '[links]\nallow_hosts = ["Mail.163.COM.", "::1", "localhost"]\nmax_mb = 5\ntimeout_s = 7\n', "utf-8"
    )
    rules = read_settings(path).link_rules()
    assert (rules.allow_hosts, rules.max_bytes) == (("mail.163.com", "::1", "localhost"), 5 * 1024**2)
    assert rules.timeout_s == 7.0
