"""A campaign, a roster full of names that look alike, and short ways to make messages and extracts for tests."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from filing.decide import file_message
from filing.files.roster import read_roster
from filing.notice.reading import read_notice
from records.campaigns import CampaignContext
from records.extracts import Extract, Page, Picture, ReadStatus, Table
from records.filings import Filing
from records.mail import Address, Message, Part

RECEIVED = datetime(2025, 11, 3, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
COORDINATOR = "coordinator@example.com"
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "eml": "message/rfc822",
    "mp4": "video/mp4",
}
NOTICE = """滨海市东湖区民政局
关于组织开展2025年“敬老月”活动的通知

各街道办事处、各镇人民政府，各养老机构，各社区居民委员会：

区民政局决定在全区组织开展2025年“敬老月”活动，现将有关事项通知如下：

一、活动主题
推动老年友好型社会建设

二、活动时间
2025年10月1日—10月31日

三、活动内容
（一）走访慰问。各单位要组织走访慰问独居、空巢、高龄老年人，送去慰问品。
（二）志愿服务。组织志愿者为老年人开展理发、义诊、智能手机培训等志愿服务。
（三）文体活动。举办重阳节文艺演出、书画展等活动。

四、有关要求
请各单位于2025年11月5日前将活动总结报送至区民政局（邮箱：report@example.com），活动照片、信息及时报送。

滨海市东湖区民政局
2025年9月22日
"""
OTHER_NOTICE = """滨海市东湖区民政局
关于开展2025年“养老机构消防安全月”活动的通知

各街道办事处、各镇人民政府，各养老机构，各社区居民委员会：

决定开展2025年“养老机构消防安全月”活动，现将有关事项通知如下：

一、活动主题
预防为主、生命至上

二、活动时间
2025年10月1日—11月10日

三、活动内容
（一）消防培训。组织职工学习灭火器使用方法，观看火灾警示教育片。
（二）疏散演练。组织一次火灾疏散演练。
（三）火灾隐患排查。对厨房、配电房、电动车充电点进行火灾隐患排查。

四、有关要求
请各单位于2025年11月15日前将活动总结报送至区民政局（邮箱：report@example.com）。

滨海市东湖区民政局
2025年9月25日
"""
ROSTER = """code,name,category,aliases,emails,former_names,parent
S01,东湖区文昌街道办事处,街道,文昌街道,street@example.cn,,
S02,东湖区文昌街道文昌社区居民委员会,社区,文昌社区,,,
S03,东湖区文昌街道东门社区居民委员会,社区,,,,
S04,东湖区大桥街道东门社区居民委员会,社区,,,,
S05,东湖区桂花镇人民政府,镇,桂花镇,town@example.cn,,
S06,东湖区桂花镇敬老院,养老机构,桂花敬老院,,,
S07,东湖区社会福利院,养老机构,区福利院,welfare@163.com,东湖区儿童福利院,
S08,东湖区第二社会福利院,养老机构,,,,
S09,东湖区康宁老年公寓,养老机构,康宁公寓,kn@qq.com,,
S10,东湖区康宁康复老年公寓,养老机构,康宁康复公寓,,,
S11,东湖区夕阳红养老院,养老机构,夕阳红养老院,xyh@qq.com,,
S12,东湖区夕阳红养老院城南分院,养老机构,,,,夕阳红养老院
S13,东湖区静安养老院,养老机构,,shared@qq.com,,
S14,东湖区静和养老院,养老机构,,shared@qq.com,,
"""


def context(notice: str = NOTICE, roster: str = ROSTER) -> CampaignContext:
    """The campaign as the service knows it: notice and roster read by the real readers."""
    campaign = read_notice(notice)
    units = read_roster(roster.encode(), "units.csv", campaign.id)
    return CampaignContext(campaign, units, coordinators=(COORDINATOR,))


def message(
    subject: str = "总结",
    body: str = "见附件",
    sender: str = "someone@qq.com",
    name: str = "",
    headers: tuple[tuple[str, str], ...] = (),
) -> Message:
    """A message without its parts."""
    octets = "|".join((subject, body, sender, name)).encode()
    return Message(
        raw_sha256=hashlib.sha256(octets).hexdigest(),
        size_bytes=len(octets),
        message_id=f"<{hashlib.sha256(octets).hexdigest()[:12]}@example.com>",
        in_reply_to=None,
        references=(),
        sender=Address(sender, name),
        reply_to=None,
        to=(),
        cc=(),
        subject=subject,
        date=None,
        received_header_at=None,
        body_text=body,
        body_html=None,
        parts=(),
        headers=headers,
    )


def extract(
    filename: str,
    text: str = "",
    *,
    members: tuple[Extract, ...] = (),
    tables: tuple[Table, ...] = (),
    status: ReadStatus = "ok",
    reason: str | None = None,
    metadata: tuple[tuple[str, str], ...] = (),
) -> Extract:
    """What a parser would have got out of a file of that name."""
    media_type = TYPES[filename.rpartition(".")[2]]
    part = Part(filename, filename, media_type, (filename + text).encode() * 3, "attachment")
    is_picture = media_type.startswith("image/")
    pages = (Page(1, text, "ocr" if is_picture else "text"),) if text else ()
    picture = Picture(1600, 1200) if is_picture else None
    return Extract(part, media_type, status, pages, tables, picture, metadata, members, reason)


def summary(title_unit: str, signature: str | None = None, self_name: str = "我院", date: str = "2025年11月2日") -> str:
    """A closing report; ``title_unit`` and ``signature`` may be "" (a signature of None is the title's unit)."""
    signed = title_unit if signature is None else signature
    return (
        f"{title_unit}2025年“敬老月”活动总结\n区民政局：\n"
        f"10月以来，{self_name}按照通知要求组织开展“敬老月”活动，现总结如下。\n"
        "一、走访慰问。组织走访慰问独居、高龄老年人126人，送去慰问品126份。\n"
        "二、志愿服务。组织志愿者开展义诊2场、理发3场，服务老年人210人次。\n"
        "三、文体活动。重阳节举办文艺演出1场。\n"
        f"下一步，计划组织智能手机培训。\n{signed}\n{date}\n"
    )


def file(
    sent: Message, *extracts: Extract, contexts: tuple[CampaignContext, ...] = (), own: frozenset[str] = frozenset()
) -> Filing:
    """The decision on a message with these attachments."""
    whole = replace(sent, parts=tuple(one.part for one in extracts))
    return file_message(whole, extracts, contexts or (context(),), RECEIVED, own)


def filed_units(filing: Filing) -> list[str | None]:
    """Units under which it was filed without a person."""
    return [one.unit for one in filing.submissions if one.status == "filed"]
