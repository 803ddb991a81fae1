"""A campaign's id: the year and the pinyin of what its title is about, 2025-anquan-shengchan-yue."""

from __future__ import annotations

import re

_QUOTED = re.compile(r"[“\"‘「『]([^”\"’」』]{2,24})[”\"’」』]")
_TOPIC = re.compile(
    r"(?:关于|转发|印发)(?:《)?(?:认真|切实|进一步|扎实|深入|全面)*(?:开展|做好|组织(?:开展|参加|实施)?|举办|印发|加强|推进|报送|落实|转发|下达|启动|实施)?(?:好)?(?P<topic>.+?)"
    r"(?:实施|活动|工作)?(?:方案|计划)?(?:》)?(?:的)?(?:补充|紧急|预)?(?:通知|函|通报|公告|通告|提示|方案)"
)
_SCOPE = re.compile(
    r"20\d\d年?(?:度|秋季|春季)?|全(?:国|省|市|区|县|系统)|第[一二三四五六七八九十\d]+(?:届|次|个)|^(?:好|了|的)"
)
_SYSTEM = re.compile(r"^[\u4e00-\u9fff]{2,8}(?:系统|行业|领域)")
_MAX_CHARACTERS = 12


def campaign_id(title: str, theme: str, year: int | None) -> str:
    """A stable ASCII name out of the year and the title's quoted name, else its topic, else the theme."""
    topic = _topic(title) or theme or title
    slug = "-".join(word for word in (str(year) if year else "", *_words(topic)) if word)
    return slug or "campaign"


def _topic(title: str) -> str:
    quoted = _QUOTED.search(title)
    if quoted and len(re.findall(r"[\u4e00-\u9fffA-Za-z]", quoted.group(1))) >= 2:
        return quoted.group(1)
    found = _TOPIC.search(re.sub(r"[“”\"]", "", title))
    bare = _SCOPE.sub("", found.group("topic") if found else re.sub(r"(?:的)?(?:通知|函|方案|提示)$", "", title))
    return _SYSTEM.sub("", bare) or bare


def _words(topic: str) -> list[str]:
    """Pinyin in words of two characters, which is how most Chinese words are built; Latin words as they stand."""
    words: list[str] = []
    for run in re.findall(r"[\u4e00-\u9fff]+|[A-Za-z0-9]+", topic)[:6]:
        if run.isascii():
            words.append(run.lower())
            continue
        syllables = _pinyin(run)
        words += ["".join(syllables[at : at + 2]) for at in range(0, len(syllables), 2)]
    return [word for word in words if word][: _MAX_CHARACTERS // 2]


def _pinyin(run: str) -> list[str]:
    from pypinyin import lazy_pinyin  # its dictionary takes a quarter of a second, and few commands need it

    return lazy_pinyin(run, errors="ignore")


def pinyin_name(label: str) -> str:
    """A name for programs out of a Chinese label: 入户走访户数 → ruhu_zoufang_hushu."""
    return "_".join(_words(label)) or "measure"
