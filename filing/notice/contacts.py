"""Mailboxes and people that a notice names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from filing.notice.marks import mark_of
from records.campaigns import Contact

_AT = r"\s?(?:@|[\[(（【{]\s?(?:at|AT|@|圈[aA]|艾特)\s?[\])）】}]|\s(?:at|AT)\s|艾特)\s?"
_DOT = r"\s?(?:\.|。(?=(?:com|cn|net|org|gov|edu)\b)|[\[(（]\s?(?:dot|DOT|\.)\s?[\])）])\s?"
_MAILBOX = re.compile(
    rf"(?<![A-Za-z0-9._%+-])([A-Za-z0-9][A-Za-z0-9._%+-]{{0,63}}){_AT}([A-Za-z0-9-]{{1,63}}(?:{_DOT}[A-Za-z0-9-]{{1,63}}){{0,4}}{_DOT}[A-Za-z]{{2,10}})",
    re.ASCII,
)
_PHONE = re.compile(
    r"(?<![\w@./-])(?P<phone>(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}|400[- ]?\d{3}[- ]?\d{4}|"
    r"(?:(?:[（(]0\d{2,3}[）)]|0\d{2,3})\s?[-—–－]?\s?)?\d{3,4}[- ]?\d{4}(?:(?:转|-)\d{1,5})?)"
    r"(?![\d@]|[A-Za-z._-]+@|\.\d)",
    re.ASCII,
)
_MAX_PERSON = 40
_COPIED = re.compile(r"(?:抄送|抄报)(?:至|到|给)?[：:\s]?$")  # only copies go there
_HEADING = re.compile(
    r"[▲●■◆【]?(?:[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．])?\s?联系(?:方式|人|电话)(?:及[^：:]{1,4})?[：:】]?"
)
_MASK = re.compile(
    r"[“\"]?([#*＃＊$&%]|\([a-z]{1,3}\))[”\"]?\s?(?:请)?(?:换成|替换为|替换成|改为|改成|换为|代替|即为|为)[“\"]?@"
)
_REACH = re.compile(
    r"[与向找](?P<name>(?!我)[\u4e00-\u9fff]{2,16}?)(?:联系|咨询|反映)"
    r"[，,：:（( ]?(?:联系)?(?:电话|手机)?[：:]?\s?(?=[（(\d])"
)
_PERSON = re.compile(
    r"(?:(?:业务|报送|材料|工作|信息|技术|项目)?联\s?系\s?(?:人|民警|老师|干事|医生)|联络人|联络员|咨询人|技术支持|责任人|负责人)(?:(?:及|和|、|与)?(?:联系)?(?:电话|方式|手机))?"
    r"\s?(?:[：:为是]|(?=[\u4e00-\u9fff]{2,12}[，,、 ]?(?:联系)?(?:电话|手机)))\s?"
    r"|(?:请|可)(?:及时|直接|随时)?(?:联系|咨询|致电)(?=[\u4e00-\u9fff]{2,16}[，,：:（(\s]{0,2}(?:联系)?(?:电话|手机)?[：:]?\s?\d)"
)
_NAME = re.compile(r"(?!.*\d{5}).*[\u4e00-\u9fffA-Za-z]")
_NO_NAME = re.compile(r"^(?:姓名|职务|单位|名单|信息|方式|[报发将于请为及并至])")
_PHONE_LABEL = re.compile(
    r"[，,；;。、\s]*[（(]?(?:联系|咨询|办公|报送|固定|手机|移动)?(?:电\s?话|方\s?式|手\s?机|号码|座机|传真|内线|短号)(?:号码)?[）)]?\s?[：:为是]?\s?(?:(?<=内线：)\d{3,6}\b)?"
)
_CALL = re.compile(r"(?:联系|咨询|监督|办公)?(?:电\s?话|联系方式)\s?[：:为是]\s?")
_STOP = re.compile(r"[。\n]|(?:电子)?邮\s?箱|[Ee]-?mail|地址|(?<![（(/、和及])传真|QQ|微信|网址|报送")


def read_mailboxes(texts: Sequence[str]) -> tuple[str, ...]:
    """Addresses in lower case, in order of appearance; written with [at], full-width or spaced signs too."""
    found = [match for text in _unmasked(texts) for match in _MAILBOX.finditer(text)]
    sent = [match for match in found if not _COPIED.search(match.string, 0, match.start())]
    return tuple(dict.fromkeys(_address(match) for match in sent or found))


def _unmasked(texts: Sequence[str]) -> Sequence[str]:
    """ldb#example.com（#换成@）: the sign that stands for @ put right, wherever the notice tells it."""
    told = next((found for text in texts if (found := _MASK.search(text))), None)
    if told is None:
        return texts
    mask = re.compile(rf"(?<=[\w.-]){re.escape(told.group(1))}(?=[\w-]+\.[A-Za-z])", re.ASCII)
    return [mask.sub("@", text) for text in texts]


def _address(match: re.Match[str]) -> str:
    domain = re.sub(r"[\[(（]\s?(?:dot|DOT|\.)\s?[\])）]|。", ".", match.group(2))
    return f"{match.group(1)}@{''.join(domain.split())}".lower()


def read_contacts(texts: Sequence[str]) -> tuple[Contact, ...]:
    """Whom units ask, with telephone where one is told."""
    joined = _with_next(texts)
    contacts = [contact for text in joined for contact in _people(text)]
    contacts += [contact for text in _under_heading(texts) for contact in _pairs(text)] if not contacts else []
    if not contacts:
        contacts = [contact for text in joined for contact in _numbers_alone(text)]
    return tuple(dict.fromkeys(contacts))


def _with_next(texts: Sequence[str]) -> list[str]:
    """联系人：张某、李某 and below it 联系电话：…: one after the other."""
    joined: list[str] = []
    for text in texts:
        is_pair = joined and _PERSON.match(joined[-1]) and _CALL.match(text) and not _PHONE.search(joined[-1])
        if is_pair or (joined and _goes_on(joined[-1], text)):
            joined[-1] += f"；{text}"
        else:
            joined.append(text)
    return joined


def _goes_on(above: str, text: str) -> bool:
    """Whether a line below 联系人：张某 67180001 only names the next one: 路政支队 寇某 67180002."""
    alone = len(text) <= _MAX_PERSON and not re.search(r"[。：:]", text) and not mark_of(text)
    phone = _PHONE.search(text) if alone and _PERSON.match(above) and _PHONE.search(above) else None
    return phone is not None and bool(_names(text[: phone.start()]))


def _under_heading(texts: Sequence[str]) -> Iterator[str]:
    """The lines below 联系方式 that hold a telephone, without the office before a colon."""
    below = False
    for text in texts:
        if _HEADING.fullmatch(text):
            below = True
        elif below and _PHONE.search(text):
            yield re.sub(r"^[^：:\d]{2,24}[：:](?=[^\d：:]{2})", "", text)
        elif below and mark_of(text):
            below = False


def _people(text: str) -> Iterator[Contact]:
    for reach in _REACH.finditer(text):
        found = _PHONE.match(text, reach.end())
        if found:
            yield Contact(reach.group("name"), _plain(found.group("phone")))
    labels = list(_PERSON.finditer(text))
    for index, label in enumerate(labels):
        end = labels[index + 1].start() if index + 1 < len(labels) else len(text)
        stop = _STOP.search(text, label.end(), end)
        people = tuple(_pairs(text[label.end() : stop.start() if stop else end]))
        alone = len(people) == len(labels) == 1 and not people[0].phone
        yield from _with_phone_before(people, text[: label.start()]) if alone else people


def _with_phone_before(people: Sequence[Contact], before: str) -> Iterator[Contact]:
    """咨询电话：67180001，联系人：赵某: the one telephone that stands before the name is its own."""
    phones = _PHONE.findall(before)
    yield from (replace(contact, phone=_plain(phones[0])) if len(phones) == 1 else contact for contact in people)


def _pairs(text: str) -> Iterator[Contact]:
    """张三、李四；电话：67180001、67180002 · 张三 67180001，李四 67180002 · 安稳办值班室，联系方式：00000000."""
    phones = [(match.start(), match.end(), match.group("phone")) for match in _PHONE.finditer(text)]
    before_first = text[: phones[0][0]] if phones else text
    names = _names(before_first)
    if len(phones) >= 2 and len(names) == 1 and _names(text[phones[0][1] : phones[1][0]]):
        yield from _alternating(text, phones)
        return
    shared = [_plain(phone) for _, _, phone in phones]
    for index, name in enumerate(names):
        own = shared[index : index + 1] if len(shared) == len(names) else shared if len(names) == 1 else shared[:1]
        yield Contact(name, "、".join(own))


def _alternating(text: str, phones: Sequence[tuple[int, int, str]]) -> Iterator[Contact]:
    start = 0
    for begin, end, phone in phones:
        for name in _names(text[start:begin])[:1]:
            yield Contact(name, _plain(phone))
        start = end


def _names(text: str) -> list[str]:
    bare = _PHONE_LABEL.sub("，", re.sub(r"[（(][^（）()\d]*[）)]", "", text))
    parts = re.split(r"[，,、；;：:\s（）()]+", bare)
    return [part for part in parts if 2 <= len(part) <= 24 and _NAME.match(part) and not _NO_NAME.match(part)]


def _numbers_alone(text: str) -> Iterator[Contact]:
    """联系电话：67180001 without a name."""
    for label in _CALL.finditer(text):
        stop = _STOP.search(text, label.end())
        clause = text[label.end() : stop.start() if stop else len(text)]
        for found in _PHONE.finditer(clause):
            after = re.match(r"[（(]([\u4e00-\u9fff]{2,10})[）)]", clause[found.end() :])
            before = (
                _names(clause[: found.start()]) if clause.find(found.group("phone")) == found.start("phone") else []
            )
            name = after.group(1) if after else " ".join(before[-2:])
            yield Contact(name, _plain(found.group("phone")))


def _plain(phone: str) -> str:
    return re.sub(r"[（(](\d+)[）)][-—–－ ]?", r"\1-", re.sub(r"[—–－]", "-", phone)).replace(" ", "")
