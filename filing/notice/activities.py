"""The activity types of a notice: the items of its content section, by whatever numbering, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, takewhile

from filing.notice.dates import Almanac, find_days, find_ranges
from filing.notice.marks import TOPIC
from filing.notice.measures import asks_numbers
from filing.notice.outline import Node, headed_items, runs_on, split_inline
from filing.notice.words import pattern, word, words
from filing.what.cues import cues_of
from records.campaigns import ActivityType, Period, Unsure
from records.extracts import Table

_MAX_TITLE = 60
_LEAST_TITLE = 8  # a first clause shorter than this says too little alone
_TITLE_DATES = re.compile(r"[（(][^（）()]*(?:\d{1,2}|[一二三四五六七八九十])月[^（）()]*[）)]$")
_UNTIL = re.compile(r"(?:持续|延续|开展|进行|实施|活动)(?:至|到)$|至$|截[止至稿](?:到|至)?(?:时间|日期)?(?:为|：|:)?$")
_POINTER = re.compile(r"(?:详?见|如)(?:附件|附表|下表|表)|如下表|如下[：:]?$")
_TIMED = re.compile(r"[日号底末]前|\d前|邮箱|@")
_LED_BY = re.compile(
    r"[（(](?:牵头|责任|承办|主办|配合|协办|完成|参加)[^（）()]{0,6}[：:][^（）()]*[）)]$"
)  # （牵头：县消保委）
_HEADS_NEXT = re.compile(  # a heading without a number between two items of one numbering
    r"【[^】。；]{2,24}】|[（(\[]?第[一二三四五六]阶段[^。；]{0,40}|[一二三四五六]阶段[^。；，]{0,20}"
)
_SENTENCE = re.compile(r"[^。！？\n]*[。！？]?")
_TO_ALL = re.compile(r"请?(?:各|全体|所有|有关|相关)[^，。；]{1,24}(?:于|在|将|要|须|应|需)|联系人|活动结束后")
_HEADER_NAME = re.compile(r"(?:活动|任务|工作|项目|培训|课程|宣传)?(?:名称|内容|项目|主题|任务|事项|活动)$")


@dataclass(frozen=True, slots=True)
class Activities:
    """The activity types, and what the reader is unsure of."""

    items: tuple[ActivityType, ...]
    unsure: tuple[Unsure, ...]
    notes: tuple[tuple[str, str], ...] = ()  # fields, and the notice's words that they rest on


@dataclass(frozen=True, slots=True)
class _Item:
    printed: str
    title: str
    text: str
    free: str = ""  # the words of its group by which all of it is voluntary


def read_activities(
    roots: Sequence[Node], tables: Sequence[Table], almanac: Almanac, period: Period | None
) -> Activities:
    """Activity types of a content section in body or annexes, else of a table of activities, else of other lists."""
    items, doubt, where = _found(roots, tables)
    types = tuple(_activity(number, item, items, almanac, period) for number, item in enumerate(items, 1))
    notes = [("activities", where)] if items and where else []
    notes += (
        note for activity, item in zip(types, items, strict=True) for note in _notes(activity, item, almanac, period)
    )
    unsure = [Unsure("activities", doubt)] if items and doubt else []
    if not items:
        unsure.append(Unsure("activities", "通知中没有找到活动内容的条目"))
    return Activities(types, (*unsure, *_doubts(types)), tuple(notes))


def _found(roots: Sequence[Node], tables: Sequence[Table]) -> tuple[tuple[_Item, ...], str, str]:
    """The items, why they are doubtful ("" if they are not), and the heading under which they stand."""
    for root in roots:
        sections = sorted(_content_sections(root), key=lambda found: found[0])
        for _, node in sections:
            items = _section_items(_continued(node, root))
            if items:
                return items, "", node.printed + node.title
    items, headers = _table_items(tables)
    if items:
        return items, "活动取自表格，请核对", headers
    return next(((*found, "") for root in roots if (found := _other_lists(root))[0]), ((), "", ""))


# -- where the items stand --------------------------------------------------------------------------------------------


def _other_lists(root: Node) -> tuple[tuple[_Item, ...], str]:
    """Items of a notice without a content section: one unnamed section's, the sections themselves, or listed inline."""
    heads = _joined([node for node in root.children if _may_be_activity(node)])
    listing = [node for node in heads if sum(map(_is_activity, node.children)) >= 2]
    if len(listing) == 1 and len(heads) <= 2:
        inner = [child for child in listing[0].children if _is_activity(child)]
        return _as_items(inner), f"活动取自“{listing[0].title}”一节，请核对"
    if len(heads) >= 2:
        return _as_items(heads), "通知没有“活动内容”一节，各节标题被当作活动，请核对"
    inline = tuple(_item(node) for text in root.paragraphs for node in split_inline(text))
    if len(inline) >= 2:
        return inline, "活动取自正文中的列举，请核对"
    if heads:
        return tuple(_item(node) for node in heads), "只找到一项活动，请核对"
    headed = headed_items([text for text in root.paragraphs if not _closes(text)])
    if headed:
        return _as_items(headed), "活动取自没有编号的小标题，请核对"
    told = [text for text in root.paragraphs if pattern("activity", "begins").match(text) and not _closes(text)]
    return _as_items(_plain_items(told)) if len(told) >= 2 else (), "活动取自没有编号的段落，请核对"


def _continued(section: Node, root: Node) -> Node:
    """The section with the items of those that follow it and go on with its numbering."""
    siblings = next((node.children for node in root.walk() if section in node.children), [])
    return _joined([*siblings[siblings.index(section) :]])[0] if siblings else section


def _joined(sections: Sequence[Node]) -> list[Node]:
    """Sections, each with the items of the next ones where one numbering runs on over several."""
    joined: list[Node] = []
    for node in sections:
        if joined and runs_on(joined[-1], node):
            joined[-1] = replace(joined[-1], children=[*joined[-1].children, *node.children])
        else:
            joined.append(node)
    return joined


def _content_sections(root: Node) -> Iterator[tuple[tuple[int, int], Node]]:
    """Sections whose title says that they hold the activities, with their rank: best name first, shallow first."""
    for depth, level in enumerate(_levels(root)):
        for node in level:
            if _is_numbered_by_word(node):
                yield (-1, depth), node
            elif node.role == "content" and not _is_phased(node):
                yield (_rank(node.title), depth), node
            elif node.role == "content":
                yield (90, depth), node


def _is_numbered_by_word(node: Node) -> bool:
    """Whether the items below say themselves that they are activities: 行动一, 行动二; whatever the heading is."""
    topics = [child for child in node.children if child.style == TOPIC]
    return len(topics) >= 2 and not _is_phased(node)


def _levels(root: Node) -> Iterator[list[Node]]:
    level = root.children
    for _ in range(3):
        yield level
        level = [child for node in level for child in node.children]


def _rank(title: str) -> int:
    best = words("content_rank", "best")
    return next((index for index, part in enumerate(best) if part in title), len(best))


def _is_phased(node: Node) -> bool:
    children = node.children
    return len(children) >= 2 and all(pattern("not_activity", "phase").search(_bare_title(child)) for child in children)


def _section_items(node: Node) -> tuple[_Item, ...]:
    inner = next((child for child in node.children if child.role == "content" and child.children), None)
    if inner is not None:
        return _section_items(inner)
    kept = [child for child in node.children if _is_activity(child)]
    if kept and all(_is_group(child) for child in kept):
        return tuple(_below(item, child) for child in kept for item in _as_items(child.children))
    if kept:
        return _as_items(kept)
    texts = [text for text in (node.rest, *node.paragraphs) if text]
    inline = [part for text in texts for part in split_inline(text)]
    told = [text for text in texts if len(text) > 40 or not _POINTER.search(text)]
    if inline:
        return tuple(_item(part) for part in inline)
    nodes = headed_items(told) or _plain_items([text for text in told if not _closes(text)])
    return _as_items(nodes) if nodes else ()


def _is_group(node: Node) -> bool:
    """Whether an item only sorts those below it: 必选动作, 自选动作（各单位自愿参加）."""
    return len(node.children) >= 2 and bool(pattern("not_activity", "groups").search(node.title))


def _below(item: _Item, group: Node) -> _Item:
    """An item with what the heading of its group says of all in it."""
    heading = f"{group.title}{group.rest}"
    free = pattern("voluntary", "strong").search(heading) or pattern("voluntary", "title").search(f"（{heading}")
    return replace(item, free=heading if free else "")


def _plain_items(texts: Sequence[str]) -> tuple[Node, ...]:
    """A section without any numbering: an item for each paragraph."""
    return tuple(Node(None, text) for text in texts)


def _is_activity(node: Node) -> bool:
    return not pattern("not_activity", "titles").search(_bare_title(node))


def _may_be_activity(node: Node) -> bool:
    """Whether a section that no content heading introduces reads like an activity."""
    return node.role in {"", "content"} and _is_activity(node) and len(node.whole_text()) >= 4 and not _is_closing(node)


def _is_closing(node: Node) -> bool:
    return bool(re.search(r"^(?:以上|特此|未尽事宜)|报送至|联系(?:人|电话)", node.title))


def _bare_title(node: Node) -> str:
    return re.sub(r"[（(][^）)]*[）)]$|[：:]$", "", node.title).strip()


def _as_items(nodes: Sequence[Node]) -> tuple[_Item, ...]:
    """The items; what stands below the last and speaks of the whole belongs to the notice, not to it."""
    leaves = [node for top in nodes for node in top.walk() if not node.children]
    for leaf in leaves:
        while leaf.paragraphs and _HEADS_NEXT.fullmatch(leaf.paragraphs[-1]):
            leaf.paragraphs.pop()
    last = leaves[-1]
    del last.paragraphs[_own_paragraphs(last, leaves[:-1]) :]
    last.head = _own_sentences(last.head)
    return tuple(_item(node) for node in nodes)


def _own_paragraphs(last: Node, others: Sequence[Node]) -> int:
    """How many paragraphs of the last item are its own: no more than others have, and none that closes the notice."""
    least = 0 if last.rest or last.head.endswith(("。", "；", ";")) else 1
    while least < len(last.paragraphs) and not _ends_sentence([last.head, *last.paragraphs][least]):
        least += 1
    most = max(least, max((len(node.paragraphs) for node in others), default=len(last.paragraphs)))
    return next((at for at, text in enumerate(last.paragraphs[:most]) if at >= least and _closes(text)), most)


def _ends_sentence(text: str) -> bool:
    is_heading = len(text) <= 24 and not re.search("[，。；]", text)
    return is_heading or text.endswith(("。", "；", ";", "！", "”", "）"))


def _own_sentences(text: str) -> str:
    """The item's sentences up to the one that asks all units for a report: a line's cut may have glued it on."""
    first, *others = _SENTENCE.findall(text)
    kept = takewhile(lambda sentence: not (_TO_ALL.match(sentence) and _closes(sentence)), others)
    return "".join([first, *kept])


def _closes(text: str) -> bool:
    """Whether a paragraph speaks of the whole notice: asks for reports, exhorts all units, names whom to ask."""
    if pattern("not_activity", "closing").match(text):
        return True
    return bool(pattern("submission", "verb").search(text) and _TIMED.search(text))


# -- one item ---------------------------------------------------------------------------------------------------------


def _item(node: Node) -> _Item:
    title = _LED_BY.sub("", node.title)
    if len(title) <= _MAX_TITLE and (node.rest or node.paragraphs or node.children):
        return _Item(node.printed, title, node.content())
    return _Item(node.printed, _short(title), node.whole_text())


def _short(sentence: str) -> str:
    """The first clauses of a long sentence, for a title."""
    told = re.search(r"(?<=.{4})(?=(?:各|全体)[^，。；]{1,8}(?:要|应|须|需|可))", sentence)
    if told:
        return sentence[: told.start()].strip("，,；。：:")[:_MAX_TITLE]
    clauses = re.split(r"(?<=[，,；])", sentence)
    title = clauses[0]
    for clause in clauses[1:]:
        if len(title) >= _LEAST_TITLE or len(title + clause) > _MAX_TITLE:
            break
        title += clause
    return title.strip("，,；。")[:_MAX_TITLE]


def _activity(
    number: int, item: _Item, items: Sequence[_Item], almanac: Almanac, period: Period | None
) -> ActivityType:
    others = tuple(f"{other.title}。{other.text}" for other in items if other is not item)
    return ActivityType(
        id=str(number),
        printed=item.printed,
        title=item.title,
        text=item.text,
        required=not _voluntary_words(item),
        period=_own_period(item, almanac, period)[0],
        cues=cues_of(item.title, item.text, others),
    )


def _notes(activity: ActivityType, item: _Item, almanac: Almanac, period: Period | None) -> Iterator[tuple[str, str]]:
    if not activity.required:
        yield f"activities.{activity.id}.required", _voluntary_words(item)
    if activity.period is not None:
        yield f"activities.{activity.id}.period", _own_period(item, almanac, period)[1]


def _voluntary_words(item: _Item) -> str:
    """What the item says of itself that nobody must (自愿参与, 不强制参加, 鼓励各单位开展…); "" where it does not."""
    if item.free:
        return item.free
    whole = f"{item.title}。{item.text}"
    offer = pattern("voluntary", "offer")
    found = (
        pattern("voluntary", "strong").search(whole)
        or pattern("voluntary", "opening").search(item.title)
        or pattern("voluntary", "title").search(item.title)
        or (offer.search(whole) if len(whole) <= int(word("voluntary", "short")) + 1 else None)
        or next((match for sentence in _first_sentences(item) if (match := offer.match(sentence.strip()))), None)
        or pattern("voluntary", "opening").search(item.text)
    )
    return _clause_of(found) if found else ""


def _clause_of(found: re.Match[str]) -> str:
    """The clause in which the words stand."""
    text = found.string
    start = max(text.rfind(mark, 0, found.start()) for mark in "。；，\n") + 1
    end = re.search(r"[。；，\n]|$", text[found.end() :])
    return text[start : found.end() + (end.start() if end else 0)].strip()


def _first_sentences(item: _Item) -> tuple[str, ...]:
    sentences = [found for found in _SENTENCE.findall(item.text) if found.strip()]
    return (item.title, *sentences[:1])


def _own_period(item: _Item, almanac: Almanac, period: Period | None) -> tuple[Period | None, str]:
    """The item's own days with their words: those in its heading, or of its text that run beyond the campaign's end.

    Days inside the campaign's period that the text merely mentions (an opening ceremony, the national quiz) set no
    period of their own: a report on them counts all through the campaign.
    """
    heading = _TITLE_DATES.search(item.title)
    found = next(chain(_spans(heading.group(), almanac), _months(heading.group(), almanac)), None) if heading else None
    found = found or _longer_period(item, almanac, period)
    return found if found and found[0] != period else (None, "")


def _spans(text: str, almanac: Almanac) -> Iterator[tuple[Period, str]]:
    for span in find_ranges(text):
        days = almanac.period_of(span)
        if days:
            yield days, text[span.start : span.end]


def _months(text: str, almanac: Almanac) -> Iterator[tuple[Period, str]]:
    """（10月）: a whole month; a single day sets no period, a report on it counts all through the campaign."""
    for day in find_days(text):
        first, last = almanac.date_of(day, last=False), almanac.date_of(day)
        if day.day is None and first and last:
            yield Period(first, last), text[day.start : day.end]


def _longer_period(item: _Item, almanac: Almanac, period: Period | None) -> tuple[Period, str] | None:
    if period is None:
        return None
    text = f"{item.title}。{item.text}"
    longer = [found for found in _spans(text, almanac) if found[0].to > period.to and found[0].from_ <= period.to]
    if longer:
        return max(longer, key=lambda found: found[0].to)
    for day in find_days(text):
        to = almanac.date_of(day)
        before = text[max(0, day.start - 8) : day.start]
        if to and to > period.to and _UNTIL.search(before):
            return Period(period.from_, to), before + text[day.start : day.end]
    return None


def _doubts(types: Sequence[ActivityType]) -> Iterator[Unsure]:
    for activity in types:
        weak = not pattern("voluntary", "strong").search(activity.title + "。" + activity.text)
        if not activity.required and weak:
            yield Unsure(f"activities.{activity.id}.required", "“鼓励”“有条件的”等措辞被理解为自愿")
        if activity.period is not None:
            yield Unsure(f"activities.{activity.id}.period", "活动时间与通知的总时间不同，取自该条文字")


# -- a table of activities --------------------------------------------------------------------------------------------


def _table_items(tables: Sequence[Table]) -> tuple[tuple[_Item, ...], str]:
    """The rows of the first table of activities, and its headings."""
    for table in tables:
        items, headers = _rows_as_items(table.rows)
        if len(items) >= 2:
            return items, headers
    return (), ""


def _rows_as_items(rows: Sequence[Sequence[str]]) -> tuple[tuple[_Item, ...], str]:
    for index, row in enumerate(rows[:5]):
        cells = ["".join(cell.split()) for cell in row]
        column = next((at for at, cell in enumerate(cells) if _HEADER_NAME.search(cell) and len(cell) <= 8), None)
        if asks_numbers(cells, rows[index + 1 :]):
            return (), ""
        if column is not None and sum(bool(cell) for cell in cells) >= 2:
            items = tuple(_row_item(cells, below, column) for below in rows[index + 1 :] if _cell(below, column))
            return items, " | ".join(cells)
    return (), ""


def _row_item(headers: Sequence[str], row: Sequence[str], column: int) -> _Item:
    number = next((_cell(row, at) for at, header in enumerate(headers) if header in {"序号", "编号"}), "")
    others = [
        f"{header}：{_cell(row, at)}"
        for at, header in enumerate(headers)
        if at != column and _cell(row, at) and header not in {"序号", "编号"}
    ]
    return _Item(number, _short(_cell(row, column)), "；".join(others) or _cell(row, column))


def _cell(row: Sequence[str], at: int) -> str:
    return " ".join(row[at].split()) if at < len(row) else ""
