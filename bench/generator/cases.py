"""One labelled message: a unit's paper, client, sender and trick, drawn by a seed; true by construction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bench.generator.files import archive
from bench.generator.mails import CLIENTS, Letter, quoted, raw_message
from bench.generator.offices import COORDINATOR, Office
from bench.generator.otherwise import Occasion, other_mail
from bench.generator.papers import LAYOUTS, Layout, Order, Paper, Who, paper, who
from bench.generator.wording import naming, phrases
from records.campaigns import Kind

_ZONE = ZoneInfo("Asia/Shanghai")
_NICKNAMES = ("小周", "阳光总在风雨后", "办公室", "平安是福", "A00 打印店", "")
_OLD = 1  # years by which a paper that is sent again is too old


@dataclass(frozen=True, slots=True)
class Told:
    """What is true of one unit's report in a message."""

    kind: Kind
    activities: frozenset[str]
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Case:
    """A message and its truth. ``told``, by unit: empty where none may be filed (no report, a stranger, an old one)."""

    raw: bytes
    office: str
    received_at: datetime
    trick: str
    layout: str
    client: str
    is_report: bool
    told: Mapping[str, Told] = field(default_factory=dict)
    knowable: bool = True  # whether anything in the message tells whose report it is


@dataclass(slots=True)
class Draft:
    """What a trick works on."""

    random: Random
    office: Office
    part: str
    number: str
    received_at: datetime

    def unit(self, avoid: str | None = None, known: bool | None = None) -> Who:
        """A unit of the roster; ``known``: with or without an address there."""
        fitting = [u for u in self.office.units if u.code != avoid and (known is None or bool(u.emails) == known)]
        return who(self.random.choice(fitting), self.random)

    def order(self, of: Who, layout: Layout | None = None, kind: Kind | None = None) -> Order:
        """A paper of the unit, of any kind and layout."""
        random = self.random
        kinds: tuple[Kind, ...] = ("summary", "summary", "material")
        drawn = random.choice(kinds)
        other, laid = self.unit(of.code).name, random.choice(LAYOUTS)
        return Order(self.office, self.part, of, kind or drawn, layout or laid, other)

    def letter(self, of: Who, *papers: Paper, sender: str = "", body: str | None = None) -> Letter:
        """The mail in which the unit sends its papers: from its registered address, else from anybody's."""
        random, first = self.random, papers[0]
        sender = sender or of.address or f"{random.randint(10**8, 10**9)}@qq.com"
        name = random.choice((*_NICKNAMES, of.short)) if first.layout != "nameless" else random.choice(_NICKNAMES)
        files = tuple(one.file for one in papers if one.file)
        text = first.text if first.file is None else self._cover(of, first) if body is None else body
        return Letter(sender, name, self._subject(of, first), text, files, self.received_at, self.number)

    def _words(self, of: Who, about: Paper) -> dict[str, str]:
        data = self.office.data
        return {
            "unit": of.name, "short": of.short, "work": data["work"], "theme": data["theme"], "title": about.title,
        }  # fmt: skip

    def _subject(self, of: Who, about: Paper) -> str:
        templates = phrases(self.part)[f"subjects_{about.kind}"]
        if about.layout in ("nameless", "file_name"):
            templates = naming(templates, named=False)
        return str(self.random.choice(templates).format_map(self._words(of, about))).replace("\n", "")

    def _cover(self, of: Who, about: Paper) -> str:
        said = phrases(self.part)
        unsigned = about.layout in ("nameless", "file_name") or self.random.random() < 0.4
        templates = said["bodies_unsigned"] if unsigned else said["bodies"]
        return str(self.random.choice(templates).format_map(self._words(of, about)))

    def case(self, trick: str, letter: Letter, *papers: Paper, counts: bool = True, knowable: bool = True) -> Case:
        """The finished message. ``counts``: whether it may be filed under the units of its papers."""
        client = self.random.choice(CLIENTS)
        told = {
            one.of.code: Told(one.kind, frozenset(one.activities), one.figures)
            for one in papers
            if one.of.code and counts
        }
        layout = papers[0].layout if papers else "none"
        raw = raw_message(letter, client)
        is_report = bool(papers)
        return Case(raw, self.office.id, self.received_at, trick, layout, client.name, is_report, told, knowable)


def _told(one: Paper) -> Told:
    return Told(one.kind, frozenset(one.activities), one.figures)


Trick = Callable[[Draft], Case]


def make_case(office: Office, part: str, seed: int) -> Case:
    """The message of that number. ``part`` of the wording: one of WORDINGS."""
    random = Random(f"{office.id} {part} {seed}")
    due = office.day("due")
    back = random.randint(-2, (due - office.day("begins")).days - 1)
    received = datetime.combine(due - timedelta(days=back), time(random.randint(8, 22), random.randint(0, 59)), _ZONE)
    draft = Draft(random, office, part, f"{office.id}.{part}.{seed}", received)
    trick = random.choices(list(TRICKS), weights=[weight for _, weight in TRICKS.values()])[0]
    return TRICKS[trick][0](draft)


def _plain(draft: Draft) -> Case:
    of = draft.unit()
    one = paper(draft.order(of), draft.random)
    return draft.case("plain", draft.letter(of, one), one, knowable=one.layout != "nameless" or bool(of.address))


def _other_address(draft: Draft) -> Case:
    """A registered unit writes from somebody's own mailbox."""
    of = draft.unit(known=True)
    one = paper(draft.order(of), draft.random)
    letter = replace(draft.letter(of, one), sender=f"wang{draft.random.randint(1000, 9999)}@163.com")
    return draft.case("own mailbox of a person", letter, one, knowable=one.layout != "nameless")


def _anothers_address(draft: Draft) -> Case:
    """It comes from the mailbox that is registered for another unit."""
    of = draft.unit()
    one = paper(draft.order(of, draft.random.choice(("title_and_signature", "signature", "letterhead"))), draft.random)
    letter = replace(draft.letter(of, one), sender=draft.unit(of.code, known=True).address)
    return draft.case("another unit's mailbox", letter, one)


def _forwarded(draft: Draft) -> Case:
    """A coordinator passes it on, the first mail quoted below."""
    of = draft.unit()
    one = paper(draft.order(of), draft.random)
    first = draft.letter(of, one)
    body = draft.random.choice(("请归档", "转发一份材料", "")) + quoted(first)
    letter = replace(first, sender=COORDINATOR, name="联络员", subject=f"Fw: {first.subject}", body=body)
    return draft.case("forwarded", letter, one, knowable=one.layout != "nameless" or bool(of.address))


def _inside(draft: Draft) -> Case:
    """A coordinator passes it on as an attached message."""
    of = draft.unit()
    one = paper(draft.order(of), draft.random)
    first = replace(draft.letter(of, one), number=f"{draft.number}.inner")
    inner = raw_message(first, draft.random.choice(CLIENTS))
    letter = Letter(
        COORDINATOR, "联络员", f"转发：{first.subject}", "见附件邮件", (), draft.received_at, draft.number, inner
    )
    return draft.case("forwarded as attachment", letter, one, knowable=one.layout != "nameless" or bool(of.address))


_OWN: tuple[Layout, ...] = ("title_and_signature", "title", "signature", "letterhead")


def _several(draft: Draft, zipped: bool) -> Case:
    of = draft.unit()
    others = [of, draft.unit(of.code)]
    if draft.random.random() < 0.4:
        third = draft.unit(of.code)
        others += [third] if third.code not in {one.code for one in others} else []
    papers = [paper(draft.order(one, draft.random.choice(_OWN)), draft.random) for one in others]
    files = [(f"{number}.{one.of.short}{one.file[0]}", one.file[1]) for number, one in enumerate(papers, 1) if one.file]
    sent = (("各单位材料.zip", archive(files)),) if zipped else tuple(files)
    body = "这几家单位的材料一并转来，请查收。"
    letter = Letter(COORDINATOR, "联络员", "几家单位材料", body, sent, draft.received_at, draft.number)
    return draft.case("several in a zip" if zipped else "several files", letter, *papers)


def _stranger(draft: Draft) -> Case:
    """A unit with a name like the others', that is on no roster."""
    name = draft.random.choice(draft.office.strangers)
    data = draft.office.data
    of = Who(None, draft.random.choice((name, data["city"] + data["place"] + name)), name)
    one = paper(draft.order(of, draft.random.choice(_OWN)), draft.random)
    return draft.case("stranger", draft.letter(of, one), one, counts=False)


def _elsewhere(draft: Draft) -> Case:
    """The unit of the same name in another district."""
    of = draft.unit()
    data = draft.office.data
    bare = draft.office.context.roster.unit(of.code or "")
    assert bare is not None, "drawn from the roster"
    name = bare.name.replace(data["place"], "临江区").replace(data["city"] or "!", "东州市")
    one = paper(draft.order(Who(None, name, name), "title_and_signature"), draft.random)
    sent = replace(of, name=name, short=name, address="")
    return draft.case("another district's", draft.letter(sent, one), one, counts=False)


def _left_over(draft: Draft, where: str) -> Case:
    """A paper written over another unit's, whose name is left in the title or in the signature."""
    of = draft.unit(known=True)
    other = draft.unit(of.code)
    order = draft.order(of, "title_and_signature")
    order = replace(order, titled=other.name) if where == "title" else replace(order, signed=other.name)
    one = paper(order, draft.random)
    return draft.case(f"another's name in the {where}", draft.letter(of, one), one)


def _old(draft: Draft) -> Case:
    """The paper of the year before, sent once more."""
    of = draft.unit()
    order = draft.order(of, draft.random.choice(_OWN), "summary")
    one = paper(replace(order, year=draft.office.data["year"] - _OLD), draft.random)
    return draft.case("last year's paper", draft.letter(of, one), one, counts=False)


def _zero(draft: Draft) -> Case:
    of = draft.unit()
    one = paper(replace(draft.order(of, draft.random.choice(_OWN), "summary"), zero=True), draft.random)
    return draft.case("零报告", draft.letter(of, one), one)


def _english(draft: Draft) -> Case:
    of = draft.unit()
    if not draft.office.deeds[0].done[f"english_{draft.part}"]:
        return _plain(draft)
    one = paper(replace(draft.order(of, draft.random.choice(_OWN[:3])), english=True), draft.random)
    return draft.case("English", draft.letter(of, one, body="Please find our report attached."), one)


def _no_report(draft: Draft) -> Case:
    of = draft.unit()
    name, letter = other_mail(Occasion(draft.random, draft.office, of, draft.part, draft.received_at, draft.number))
    return draft.case(name, letter)


TRICKS: dict[str, tuple[Trick, float]] = {
    "plain": (_plain, 40),
    "own mailbox": (_other_address, 8),
    "another's mailbox": (_anothers_address, 4),
    "forwarded": (_forwarded, 7),
    "inside": (_inside, 4),
    "zip": (lambda draft: _several(draft, zipped=True), 4),
    "files": (lambda draft: _several(draft, zipped=False), 4),
    "stranger": (_stranger, 6),
    "elsewhere": (_elsewhere, 3),
    "title": (lambda draft: _left_over(draft, "title"), 2),
    "signature": (lambda draft: _left_over(draft, "signature"), 2),
    "old": (_old, 3),
    "zero": (_zero, 2),
    "english": (_english, 3),
    "none": (_no_report, 8),
}
