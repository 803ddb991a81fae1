"""What a report states, sentence by sentence: of every document the sentences with the clauses that tell of deeds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from filing.documents import Document
from filing.text.sentences import Sentence, sentences
from filing.what.countable import LABEL_UNIT
from filing.what.grids import done_rows
from filing.what.pasted import clauses_told
from records.campaigns import Campaign

INSTRUCTION = re.compile(
    r"(?:方案|计划|通知|预案|脚本|议程|须知|倡议书|一封信|明白卡|管理制度|规定)(?:[（(][^）)]{0,12}[）)])?(?:\.[A-Za-z]{2,5})?$"
)
LEDGER = re.compile(r"(?:隐患|问题|风险)[^,，。；]{0,10}(?:台账|清单|登记[表册]|明细表?|销号表)")
REPORT = re.compile(r"总结|情况|小结|简报|汇报|信息|报道|成效|纪实|掠影|台账|记录")
YEAR = re.compile(r"(20\d\d)\s?年")
TITLE = re.compile(r"(?:总结|小结|(?:工作|活动|开展|进展)情况|(?:情况|工作)(?:报告|汇报)|总结报告)[:：]?$")
NOTHING_YET = re.compile(r"(?:0\S{1,2}|待\S{1,3}|暂无|暂缺|另报|未报)")
FEW = 3  # sentences: a shorter paper may say what was done in its title alone
LONGEST_BANNER = 40
MOST_BANNERS = 10
REPLY_MARKS = re.compile(r"^\s*(?:(?:转发|回复|答复|Re|Fwd?|FW)\s*[:：]\s*)+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with its clauses that tell of deeds; ``where`` and ``heading`` say where it stands."""

    where: str
    text: str
    done: tuple[str, ...]
    heading: str = ""
    is_title: bool = False  # of the whole paper: names the matter and the sender, no deed


def statements(documents: Sequence[Document], campaign: Campaign) -> Iterator[Statement]:
    """All sentences of a report that tell of something done, document by document."""
    for document in reporting(documents, campaign):
        if document.role == "picture":
            yield from _of_picture(document)
        else:
            yield from _of_text(document, campaign)
            title = ledger_title(document)
            if title:
                yield Statement(document.where, title, (title,))
            for text in () if title else done_rows(document, campaign):
                if NOTHING_YET.fullmatch(text.partition("：")[2]):
                    continue
                yield Statement(document.where, text, (text,), LABEL_UNIT.sub("", text.partition("：")[0]))


def reporting(documents: Sequence[Document], campaign: Campaign) -> list[Document]:
    """The documents that report: no plans, notices, last year's papers; quoted mail where there is nothing else."""
    own = [
        document
        for document in documents
        if not is_instruction(document) and not _is_of_another_year(document, campaign)
    ]
    said = [document for document in own if document.role != "quoted"]
    return said if any(len(document.text) > 30 for document in said if document.role != "subject") else own


def is_instruction(document: Document) -> bool:
    """Whether a document says what is to be done (方案, 通知, 预案), by its file name or one of its first lines."""
    if document.role in ("subject", "body", "quoted", "picture"):
        return False
    names = [PurePath(document.filename).stem] if document.filename else []
    heads = [line for line in document.lines[:4] if len(line) <= LONGEST_BANNER]
    if any(REPORT.search(head) for head in (*names, *heads)):
        return False
    return any(INSTRUCTION.search(head.strip()) for head in (*names, *heads))


def ledger_title(document: Document) -> str:
    """The title of a list of faults (隐患台账, 问题清单): its rows are what was found, each no deed of its own."""
    heads = (line for line in document.lines[:3] if len(line) <= LONGEST_BANNER)
    return next((head for head in heads if LEDGER.search(head)), "") if document.tables else ""


def _is_of_another_year(document: Document, campaign: Campaign) -> bool:
    if campaign.period is None or document.role not in ("document", "sheet", "slides"):
        return False
    years = {str(year) for year in range(campaign.period.from_.year, campaign.period.to.year + 1)}
    head = "\n".join((document.filename or "", *(line for line in document.lines[:3] if len(line) <= LONGEST_BANNER)))
    named = set(YEAR.findall(head))
    return bool(named) and not named & years and not years & set(YEAR.findall(document.text))


def _of_picture(document: Document) -> Iterator[Statement]:
    """Banners and captions, line by line and as a whole: a banner may run over two lines."""
    lines = [line for line in document.lines[:MOST_BANNERS] if len(line) <= LONGEST_BANNER]
    name = PurePath((document.filename or "").replace("\\", "/")).stem
    for line in (*lines, *([name] if re.search(r"[\u4e00-\u9fff]{2}", name) else [])):
        yield Statement(document.where, line, (re.sub(r"\s+", "", line),))


def _of_text(document: Document, campaign: Campaign) -> Iterator[Statement]:
    text = REPLY_MARKS.sub("", document.text) if document.role == "subject" else document.text
    found = sentences(text)
    for at, sentence in enumerate(found):
        if sentence.cells:
            continue
        done = tuple(clause.text for clause in clauses_told(sentence, campaign) if clause.is_done)
        if done and (not sentence.is_heading or _heading_holds(found, at, campaign)):
            is_title = at == 0 and len(found) > FEW and sentence.is_heading and TITLE.search(sentence.text) is not None
            yield Statement(document.where, sentence.text, done, sentence.heading, is_title)


def _heading_holds(found: Sequence[Sentence], at: int, campaign: Campaign) -> bool:
    """A heading tells of a deed where nothing stands under it, or where that does and denies nothing."""
    heading = found[at]
    path = f"{heading.heading} / {heading.text}" if heading.heading else heading.text
    below = []
    for sentence in found[at + 1 :]:
        if sentence.heading != path and not sentence.heading.startswith(path + " / "):
            break
        below.append(sentence)
    if not below:
        return True
    told = (clause for sentence in below if not sentence.is_heading for clause in clauses_told(sentence, campaign))
    moods = [clause.mood for clause in told if clause.mood != "request"]
    return "done" in moods[:4] and "left_out" not in moods
