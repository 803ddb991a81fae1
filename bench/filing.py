"""Filing alone: deciding about messages that were read before, by the size of the roster. No OCR."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice, product

from bench.lines import heading, line
from bench.meters import measured
from bench.office import Corpus, Mail
from filing.decide import file_message
from filing.files.roster import read_roster
from intake.message import read_message
from parsers.reader import PartReader
from records.campaigns import CampaignContext
from records.extracts import Extract, ReadLimits
from records.mail import Message
from records.units import Roster

_FIRST, _SECOND = "东西南北上下前后新古青白红金石松竹梅云龙", "河桥塘坪湾岭坝沟埠冲垭坡溪滩铺店市园林泉"
_KINDS = ("街道社区卫生服务中心", "镇中心卫生院", "镇中心小学", "街道综合养老服务中心", "乡农业服务站",
          "镇初级中学", "街道办事处", "镇人民政府", "乡文化服务站", "街道消防救援站", "镇供水站", "镇中心幼儿园",
          "街道便民服务中心")  # fmt: skip
_HEADER = ("code", "name", "category", "aliases", "emails", "contact")

Case = tuple[Mail, Message, tuple[Extract, ...]]


def run(corpus: Corpus, sizes: Sequence[int], rounds: int) -> None:
    """Print CPU milliseconds a message at the corpus's own roster, then at larger ones."""
    heading("filing alone: message and extracts to decision, without OCR")
    with PartReader(ReadLimits(max_ocr_pages=0), read_message) as reader:
        cases = [_case(mail, reader) for mail in corpus.mails]
        with corpus.office(()) as office:
            context = office.contexts[0]
    own = len(context.roster.units)
    base, _ = _time(cases, context, rounds)
    line(f"{len(cases)} messages, {own} units", base, "CPU ms/message")
    for size in sizes:
        took, first = _time(cases, replace(context, roster=_enlarged(context.roster, size)), 1)
        line(f"the first message with {size} units", first, "CPU ms")
        line(f"{len(cases)} messages, {size} units", took, "CPU ms/message", f"×{took / base:.2f} of {own} units")


def _case(mail: Mail, reader: PartReader) -> Case:
    message = read_message(mail.raw)
    return mail, message, reader.read(message.parts)


def _time(cases: Sequence[Case], context: CampaignContext, rounds: int) -> tuple[float, float]:
    """CPU milliseconds a message, and those of a first one in advance, which finds no index of names yet."""
    with measured() as first:
        _file(cases[:1], context)
    with measured() as cost:
        for _ in range(rounds):
            _file(cases, context)
    return 1000 * cost.cpu_s / (rounds * len(cases)), 1000 * first.cpu_s


def _file(cases: Sequence[Case], context: CampaignContext) -> None:
    for mail, message, extracts in cases:
        file_message(message, extracts, (context,), mail.received_at)


def _enlarged(roster: Roster, size: int) -> Roster:
    """The roster with invented units added until there are ``size``."""
    invented = islice(product(_FIRST, _SECOND, _KINDS), max(size - len(roster.units), 0))
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(_HEADER)
    for number, (first, second, kind) in enumerate(invented, 1):
        place = first + second
        short = kind.replace("街道", "").replace("镇", "").replace("乡", "")
        writer.writerow([f"Z{number:05d}", place + kind, "镇街单位", place + short, f"z{number}@example.com", "办公室"])
    added = read_roster(table.getvalue().encode(), "invented.csv", "bench")
    return replace(roster, units=roster.units + added.units, memberships=roster.memberships + added.memberships)
