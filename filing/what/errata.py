"""Sentences that put a number right: what stands in the wrong one's place, in the words of a sentence without error."""

from __future__ import annotations

import re
from functools import lru_cache

from filing.text.numerals import HAN
from filing.text.vocabulary import word_list

_NUMBER = r"(?:\d|[一二两三四五六七八九十])"
_WRONG = r"(?:误|错)?(?:写|填|报|录|打|统计|登记)(?:错)?(?:成|为|作)?了?"
CORRECTS = re.compile(
    rf"(?:更正|订正|更改|改正|修正)为|[由从][^,，。；]{{1,14}}改(?:为|成)|应(?:该)?(?:为|是){_NUMBER}|以(?:此|本次|这[次个份])[^,，。；]{{0,4}}为准"
    rf"|[写填报漏录]错|笔误|有误|[错误](?:写|填|报|录|打)|(?:写|填|报|录|打)(?:成|为|作)了?{_NUMBER}[^。；]*(?:实际|应)"
)
_TO = (
    r"(?:更正|订正|更改|改正|修正|修改|变更|调整|改|应该?|实际(?:上|数|数量)?|实为|正确(?:的|数|数字|数据)?)"
    r"(?:为|是|有)?"
)
_EARLIER = re.compile(r"上次|前次|前期|之前|此前|原报?告?(?:材料|总结|表)?中?的?")
_WROTE = re.compile(rf"{_WRONG}(?={_NUMBER})|[由从](?={_NUMBER})|[把将]")


def corrected(text: str) -> str:
    """``text`` with the right number in place of the wrong one; as it is where it corrects none.

    “清理垃圾2300吨”有误，应为230吨 → 清理垃圾230吨; 面积由1860平方米更正为1680平方米 → 面积1680平方米.
    """
    if not CORRECTS.search(text):
        return text
    put_right = _pair().sub(lambda match: match["right"] if match["unit"] == match["same"] else match[0], text)
    if put_right == text:
        return _denied().sub("", text)
    plain = _denied().sub("", put_right).replace("“", "").replace("”", "")
    return _WROTE.sub("", _EARLIER.sub("", plain))


@lru_cache(maxsize=1)
def _pair() -> re.Pattern[str]:
    wrong, right = _amount("unit"), _amount("same")
    return re.compile(rf"{wrong}[^。；\d]{{0,24}}?{_TO}(?P<right>{right})")


@lru_cache(maxsize=1)
def _denied() -> re.Pattern[str]:
    """而非2300吨, 误写成186公里: the wrong number after the right one."""
    return re.compile(rf"[,，]?(?:而?(?:非|不是)|(?:误|错)(?:写|填|报|录|打)(?:成|为|作)?了?){_amount('unit')}")


def _amount(name: str) -> str:
    counters = word_list("figures")["counters"]["any"]
    return rf"(?:\d[\d,，.]*\s?[百千]?[万亿]?|[{HAN}]+)余?\s?(?P<{name}>{counters})"
