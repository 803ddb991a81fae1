"""What of a report only covers it: who writes to whom, the campaign's name, and words about the paper itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from filing.text.vocabulary import alternatives
from filing.themes import themes_of
from filing.what.concepts import mentions
from filing.what.pasted import NO_SIGN
from records.campaigns import Campaign

SHORTEST_NAME = 3
OFFICE = (
    r"(?:局|委|委员会|院|校|学|幼儿园|园|站|所|馆|中心|社区|村|镇|乡|街道|街道办|办事处|办公室|指挥部|专班|公司|厂|集团|"
    r"工会|大队|支队|协会|部|处|科|队)"
)
SALUTATION = re.compile(
    rf"^(?:尊敬的|致|报)?[\u4e00-\u9fff]{{1,24}}?(?:{OFFICE}|办|会|股|室|组|领导|老师|同志|单位)(?:领导|老师|同志)?[:：]"
)
SIGNATURE = re.compile(rf"[\u4e00-\u9fff（）()“”·]{{3,32}}{OFFICE}(?:[（(](?:盖章|公章|章|代章)[）)])?")
DATE = re.compile(
    r"(?:二?[\d〇○零一二三四五六七八九十]{1,4}[年月日号.\-/\s]+)+(?:[（(].{1,6}[）)])?|[\d\s.:：/\-年月日]+"
)
PAPER = r"(?:材料|资料|总结|小结|简报|简讯|报告|汇报|信息|邮件|文件|台账|统计表|情况表|汇总表|报表|附件|方案)"
SENDS = re.compile(
    rf"(?:现|特|兹|谨|再)?(?:将|把)?(?:报送|呈报|呈送|上报|转发|转报|转交|转来|发送|补报|补发|重发|提交|附上|报上|发上|送上)"
    rf"了?(?:上)?(?:[一两二三四五六七八九十\d]+[份篇期封个])?(?:工作|活动|总体|有关|相关)?{PAPER}(?:[一两二三四五六七八九十\d]+[份篇期封个])?"
    rf"|{PAPER}(?:[一两二三四五六七八九十\d]+[份篇期封个])?(?:请查收|请审阅|请收|见附件|附后|如下|报上|发上|呈上)"
    rf"|^{PAPER}[一两二三四五六七八九十\d]+[份篇期封]$|^(?:发)?[一两二三四五六七八九十\d]+[份篇期封]{PAPER}$"
    r"|(?:完成|开展|具体|工作|活动|有关)*情况(?:汇报|报告|总结)?如下"
)
OF_PAPER = re.compile(
    r"请(?:予)?(?:查收|采用|审阅|登记|收阅|指正|阅示|见谅)|见谅|抱歉|邮箱|邮件|详见|见附件|附件|为准|代报|代发|本文|打不开|报上|"
    r"(?:分别|各自|单独|统一)上?报|不再(?:汇总|重复|赘述|重发)|(?:早|晚|迟)了|盖章件|扫描件|笔误"
)
NUMBER = re.compile(r"[\d一二两三四五六七八九十百](?!分钟|点|[封份]邮件)")
ATTENDED = re.compile(
    r"(?<![^,，。；：])(?P<who>[^,，。；：]{2,60}?)(?:共计?|等|约|计)?[\d一二三四五六七八九十百]+余?(?:名[^,，。；、\d]{0,8}|人次?)(?:参加|参会|到会|到场|出席|参训)(?:了)?"
    r"(?:会议|活动|学习|培训)?(?![^,，。；])"
)
NO_REPORT = re.compile(r"零报告")


class Covering:
    """What stands around the deeds of one unit's report to one campaign, found again in its text."""

    def __init__(self, campaign: Campaign, names: Sequence[str]) -> None:
        """``names``: the unit's own."""
        self._names = _names(campaign.issuer, tuple(names), themes_of(campaign))

    def taken_out(self, text: str) -> str:
        """``text`` with all that blanked, each sign by a blank; of those who attended only how many remain."""
        text = ATTENDED.sub(_without_who, text)
        for pattern in (SALUTATION, SENDS, self._names):
            text = pattern.sub(lambda match: " " * len(match[0]), text)
        return text

    def is_of_paper(self, clause: str) -> bool:
        """Whether a clause speaks of the mail or the paper: 请查收, 详见附件, 以改后的为准."""
        return OF_PAPER.search(clause) is not None and not NUMBER.search(clause)

    def is_addressed(self, heading: str) -> bool:
        """Whether a heading is whom the report is for: 区卫健委, 联合专班."""
        return SALUTATION.fullmatch(f"{heading}：") is not None and not mentions(heading)

    def is_all(self, sentence: str) -> bool:
        """Whether a sentence is nothing else: a signature, a date, a salutation, 零报告."""
        if DATE.fullmatch(sentence.strip()) or NO_REPORT.search(sentence):
            return True
        if SIGNATURE.fullmatch(sentence.strip()) and not mentions(sentence):
            return True
        return not NO_SIGN.sub("", self.taken_out(sentence))


def _without_who(attended: re.Match[str]) -> str:
    """科室负责人共46人参加 without who they were, unless they came for a deed (疏散演练46人参加)."""
    who = attended["who"]
    return attended[0] if mentions(who) else attended[0].replace(who, " " * len(who), 1)


@lru_cache(maxsize=256)
def _names(issuer: str, names: tuple[str, ...], themes: tuple[str, ...]) -> re.Pattern[str]:
    found = {*names, *themes, *_short_forms(issuer)}
    return alternatives(re.escape(name) for name in sorted(found, key=len, reverse=True) if len(name) >= SHORTEST_NAME)


def _short_forms(issuer: str) -> Iterator[str]:
    """市总工会 of 宁川市总工会: what remains of each of its names when it begins later."""
    for name in re.split(r"[、,，\s]+", issuer):
        yield from (name[start:] for start in range(len(name) - SHORTEST_NAME + 1))
