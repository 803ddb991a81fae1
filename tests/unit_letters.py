"""Letters of units of the invented offices: who reports × layout × wording, each with what a careful clerk would do."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from filing.who.names import NameIndex
from records.extracts import Extract, Page, Table
from records.mail import Message
from records.units import Unit
from tests.filing_values import COORDINATOR, extract, message
from tests.unit_offices import Office


@dataclass(frozen=True, slots=True)
class Told:
    """One report that the letter carries."""

    campaign: int
    unit: str
    parts: frozenset[str] | None = None  # None: whatever the letter holds
    activities: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with its truth. ``told`` is empty where no unit of the roster reports, or nobody can tell which."""

    template: str
    office: str
    message: Message
    extracts: tuple[Extract, ...]
    told: tuple[Told, ...]
    clear: bool  # a careful clerk would file it without asking
    must_ask: bool = False  # a careful clerk would ask, though there is a truth


@dataclass(frozen=True, slots=True)
class Report:
    """The text of one unit's report and what it tells."""

    text: str
    activities: frozenset[str]


@dataclass
class Desk:
    """What a template needs: dice, an office, a campaign."""

    office: Office
    dice: random.Random
    campaign: int = 0
    index: NameIndex = field(init=False)

    def __post_init__(self) -> None:
        """The index tells only which short forms are one unit's own."""
        self.index = NameIndex(self.office.contexts[0].roster)

    @property
    def theme(self) -> str:
        return self.office.themes[self.campaign]

    def unit(self, *but: Unit) -> Unit:
        return self.dice.choice([one for one in self.office.units if one not in but])

    def name(self, unit: Unit) -> str:
        """One of the names by which people call the unit."""
        chinese = [name for name in unit.names if not name.isascii()]
        return self.dice.choice([unit.name, *chinese])

    def address(self, unit: Unit, known: float = 0.5) -> str:
        """The unit's own where it has one, else anybody's."""
        own = unit.emails and self.dice.random() < known
        return unit.emails[0] if own else f"u{self.dice.randrange(10**7)}@qq.com"

    def date(self) -> str:
        day = self.dice.randrange(1, 4)
        return self.dice.choice([f"2025年11月{day}日", f"2025.11.{day}", f"二〇二五年十一月{'一二三'[day - 1]}日"])

    def self_word(self, unit: Unit) -> str:
        for ending, word in _SELF_WORDS.items():
            if unit.name.endswith(ending):
                return word
        return "我单位"

    def deeds(self, count: int | None = None) -> tuple[list[str], frozenset[str]]:
        told = self.office.deeds[self.campaign]
        chosen = sorted(self.dice.sample(range(len(told)), count or self.dice.randrange(1, len(told) + 1)))
        lines = [told[at].replace("{n}", str(self.dice.randrange(12, 480))) for at in chosen]
        return lines, frozenset(str(at + 1) for at in chosen)

    def report(self, unit: Unit, head: str = "", sign: str = "", extra: str = "", date: str | None = None) -> Report:
        """A closing report; ``head`` stands before the title's words, ``sign`` above the date; both may be ""."""
        lines, ids = self.deeds()
        marks = "一二三四五"
        word = self.self_word(unit)
        body = "\n".join(f"{marks[at]}、{line}" for at, line in enumerate(lines))
        opening = self.dice.choice(
            [
                f"按照通知要求，{word}认真组织开展“{self.theme}”活动，现将有关情况总结如下。",
                f"为落实“{self.theme}”活动的部署，{word}精心组织，现总结如下：",
                f"10月以来，{word}扎实开展“{self.theme}”活动，取得了较好效果。",
            ]
        )
        addressee = f"{self.office.issuer}：\n" if self.dice.random() < 0.5 else ""
        plan = self.dice.choice(["", f"下一步，{word}将继续抓好各项工作。\n"])
        stated = self.date() if date is None else date
        text = f"{head}2025年“{self.theme}”活动总结\n{addressee}{opening}\n{body}\n{extra}{plan}{sign}\n{stated}\n"
        return Report(text, ids)


_SELF_WORDS = {
    "学": "我校",
    "园": "我园",
    "院": "我院",
    "司": "我司",
    "中心": "我中心",
    "村": "我村",
    "社区": "我社区",
    "所": "我所",
    "局": "我局",
    "镇": "我镇",
    "站": "我站",
}
Template = Callable[[Desk], Letter]
_ALL: dict[str, tuple[Template, bool]] = {}


def template(seen: bool = True) -> Callable[[Template], Template]:
    """Registers a template; unseen ones were written first and run last."""

    def put(made: Template) -> Template:
        _ALL[made.__name__.strip("_")] = (made, seen)
        return made

    return put


def templates(seen: bool | None = None) -> dict[str, Template]:
    """All, the seen or the unseen."""
    return {name: made for name, (made, known) in _ALL.items() if seen is None or known == seen}


def letters(offices: list[Office], count: int, seed: int, seen: bool | None = None) -> Iterator[Letter]:
    """So many letters, templates and offices in turn; the same seed always gives the same ones."""
    dice = random.Random(seed)
    made = sorted(templates(seen).items())
    for number in range(count):
        name, build = made[number % len(made)]
        office = offices[number // len(made) % len(offices)]
        letter = build(Desk(office, dice, dice.randrange(2)))
        yield replace(letter, template=name, office=office.key)


def _letter(
    sent: Message, extracts: tuple[Extract, ...], told: tuple[Told, ...], clear: bool = True, must_ask: bool = False
) -> Letter:
    whole = replace(sent, parts=tuple(one.part for one in extracts))
    return Letter("", "", whole, extracts, told, clear, must_ask)


def _told(desk: Desk, unit: Unit, report: Report, *papers: Extract) -> Told:
    parts = frozenset(one.part.sha256 for one in papers) if papers else None
    return Told(desk.campaign, unit.code, parts, report.activities)


def _subject(desk: Desk, name: str = "") -> str:
    theme = desk.theme
    return desk.dice.choice(
        [f"{name}{theme}活动总结", f"报送{theme}总结", "总结", f"{name}材料", f"{name}{theme}总结（盖章）"]
    )


def _two(desk: Desk) -> tuple[Unit, Unit]:
    first = desk.unit()
    return first, desk.unit(first)


def _child(desk: Desk) -> tuple[Unit, Unit]:
    children = [unit for unit in desk.office.units if desk.office.parent_of(unit)]
    child = desk.dice.choice(children)
    parent = desk.office.parent_of(child)
    assert parent is not None
    return child, parent


# -- one unit's report, told plainly ----------------------------------------------------------------------------------


@template()
def plain(desk: Desk) -> Letter:
    """Title and signature, from whatever address."""
    unit = desk.unit()
    name = desk.name(unit)
    report = desk.report(unit, name, desk.name(unit))
    paper = extract(desk.dice.choice(["总结.docx", f"{name}总结.docx", f"{desk.theme}总结.docx"]), report.text)
    sent = message(_subject(desk), desk.dice.choice(["", "见附件", "请查收，谢谢！"]), desk.address(unit))
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),))


@template()
def red_head(desk: Desk) -> Letter:
    """A letterhead with document number, full name signed."""
    unit = desk.unit()
    number = f"〔2025〕{desk.dice.randrange(1, 80)}号"
    report = desk.report(unit, "", unit.name)
    text = f"{unit.name}文件\n发{number}\n{report.text}"
    paper = extract("扫描件.pdf", text)
    return _letter(message(_subject(desk), "见附件", desk.address(unit)), (paper,), (_told(desk, unit, report, paper),))


@template()
def title_only(desk: Desk) -> Letter:
    """Only the title and the file name name it."""
    unit = desk.unit()
    name = desk.name(unit)
    report = desk.report(unit, name, "", date="")
    paper = extract(f"{name}{desk.theme}总结.docx", report.text)
    return _letter(message(_subject(desk, name), "", desk.address(unit)), (paper,), (_told(desk, unit, report, paper),))


@template()
def signed_with_department(desk: Desk) -> Letter:
    """The signature has a department, or a telephone number below."""
    unit = desk.unit()
    sign = desk.name(unit) + desk.dice.choice(["", "办公室", "安全科", "综合科"])
    report = desk.report(unit, "", sign)
    text = report.text + desk.dice.choice(["", "联系人：王小明  电话：023-00000000\n", "（联系电话：00000000000）\n"])
    paper = extract("总结.docx", text)
    sent = message("总结", "报送总结，请查收。\n\n发自我的手机", desk.address(unit))
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),))


@template()
def in_body(desk: Desk) -> Letter:
    """No attachment: the report is the body, signed."""
    unit = desk.unit()
    report = desk.report(unit, desk.name(unit), desk.name(unit))
    sent = message(_subject(desk), report.text, desk.address(unit))
    return _letter(sent, (), (_told(desk, unit, report),))


@template()
def table(desk: Desk) -> Letter:
    """A spreadsheet with 填报单位, and a paper that signs."""
    unit = desk.unit()
    report = desk.report(unit, "", desk.name(unit))
    cells = (("填报单位", desk.name(unit)), ("项目", "数量"), ("参加人数", "100"))
    sheet = extract("统计表.xlsx", "\n".join("\t".join(row) for row in cells), tables=(Table(cells),))
    paper = extract("总结.docx", report.text)
    sent = message(_subject(desk), "总结和统计表", desk.address(unit))
    return _letter(sent, (paper, sheet), (_told(desk, unit, report, paper, sheet),))


@template()
def address_alone(desk: Desk) -> Letter:
    """A registered address, no name anywhere."""
    unit = desk.dice.choice([one for one in desk.office.units if one.emails])
    owners = [one for one in desk.office.units if unit.emails[0] in one.emails]
    report = desk.report(unit, "", "")
    paper = extract("总结.docx", report.text)
    clear = len(owners) == 1 and desk.self_word(unit) != "我单位"
    return _letter(message("总结", "见附件", unit.emails[0]), (paper,), (_told(desk, unit, report, paper),), clear)


@template()
def former_name(desk: Desk) -> Letter:
    """A former name in the letterhead, the present one signed."""
    renamed = [one for one in desk.office.units if one.former_names]
    unit = desk.dice.choice(renamed)
    report = desk.report(unit, f"{unit.name}（原{unit.former_names[0]}）", unit.name)
    if desk.dice.random() < 0.5:
        report = desk.report(unit, unit.former_names[0], unit.former_names[0])
    paper = extract("总结.docx", report.text)
    return _letter(message(_subject(desk), "", desk.address(unit)), (paper,), (_told(desk, unit, report, paper),))


@template()
def many_mentions(desk: Desk) -> Letter:
    """Guests, hosts and partners stand in the text."""
    unit, one = _two(desk)
    two = desk.unit(unit, one)
    extra = desk.dice.choice(
        [
            f"期间，邀请{desk.name(one)}派员指导，并与{desk.name(two)}联合开展活动。\n",
            f"组织人员赴{desk.name(one)}参观学习，{desk.name(two)}给予了大力支持。\n",
            f"{desk.name(one)}、{desk.name(two)}等单位参加了活动。\n",
            f"感谢{desk.name(one)}的大力支持，{desk.name(two)}志愿者来我处开展服务。\n",
        ]
    )
    report = desk.report(unit, desk.name(unit), desk.name(unit), extra)
    paper = extract("总结.docx", report.text)
    sent = message(_subject(desk), desk.dice.choice(["", "见附件"]), desk.address(unit))
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),))


@template()
def photo_banners(desk: Desk) -> Letter:
    """Pictures with banners, the subject names the unit, from its own address."""
    unit = desk.dice.choice([one for one in desk.office.units if one.emails])
    lines, _ = desk.deeds(1)
    pictures = tuple(extract(f"{at}.jpg", f"{desk.name(unit)}\n{desk.theme}活动") for at in (1, 2))
    sent = message(f"{desk.name(unit)}{desk.theme}活动照片", lines[0], unit.emails[0])
    told = Told(desk.campaign, unit.code)
    owners = [one for one in desk.office.units if unit.emails[0] in one.emails]
    return _letter(sent, pictures, (told,), clear=len(owners) == 1)


@template()
def english(desk: Desk) -> Letter:
    """A report in English by a unit that has an English name."""
    named = [(unit, name) for unit in desk.office.units for name in unit.aliases if name.isascii() and " " in name]
    if not named:
        return plain(desk)
    unit, name = desk.dice.choice(named)
    text = (
        f"{name}\nSummary of the 2025 “{desk.theme}” Campaign\nIn October we carried out the campaign as the notice "
        f"asked. {desk.office.deeds[desk.campaign][0].replace('{n}', '120')}\nWe shall go on.\n{name}\n"
        f"November 2, 2025\n"
    )
    paper = extract(desk.dice.choice(["Summary.docx", f"{name} Summary.docx"]), text)
    sent = message(f"Summary report from {name}", "Please find the summary attached.", desk.address(unit))
    return _letter(sent, (paper,), (Told(desk.campaign, unit.code, frozenset({paper.part.sha256})),))


@template()
def scan(desk: Desk) -> Letter:
    """A scanned paper: in its signature one character was read wrongly."""
    unit = desk.unit()
    at = desk.dice.randrange(len(unit.name) - 1)
    wrong = unit.name[:at] + desk.dice.choice("曰囗拄夭戍壬") + unit.name[at + 1 :]
    report = desk.report(unit, unit.name, wrong)
    paper = replace(extract("扫描.pdf", report.text), pages=(Page(1, report.text, "ocr"),))
    sent = message(_subject(desk), "", desk.address(unit))
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),))


# -- nobody's, or doubtful --------------------------------------------------------------------------------------------


@template()
def stranger(desk: Desk) -> Letter:
    """A unit that is on no roster, its name like others'."""
    name = desk.dice.choice(desk.office.strangers)
    unit = replace(desk.unit(), name=name)
    report = desk.report(unit, name, name)
    paper = extract(desk.dice.choice(["总结.docx", f"{name}总结.docx"]), report.text)
    return _letter(message(_subject(desk, name), "", desk.address(unit)), (paper,), (), clear=False)


@template()
def ambiguous(desk: Desk) -> Letter:
    """A name that two units share, from an unknown address."""
    if not desk.office.ambiguous:
        return stranger(desk)
    name = desk.dice.choice(desk.office.ambiguous)
    unit = next(one for one in desk.office.units if name in one.name or one.name.startswith(name))
    report = desk.report(unit, name, name)
    paper = extract(f"{name}总结.docx", report.text)
    return _letter(message(_subject(desk, name), "", "anybody@qq.com"), (paper,), (), clear=False)


@template()
def copied_text(desk: Desk) -> Letter:
    """The text was copied from another unit, whose name was left in the title; the sender signs."""
    unit, other = _two(desk)
    report = desk.report(unit, other.name, unit.name)
    paper = extract("总结.docx", report.text)
    told = (_told(desk, unit, report, paper), _told(desk, other, report, paper))
    return _letter(message("总结", "", desk.address(unit)), (paper,), told[:1], clear=False, must_ask=True)


@template()
def another_units_address(desk: Desk) -> Letter:
    """Only the file name names a unit, and the address is another's."""
    unit, other = desk.unit(), desk.dice.choice([one for one in desk.office.units if one.emails])
    report = desk.report(unit, "", "")
    paper = extract(f"{desk.name(unit)}总结.docx", report.text)
    told = (_told(desk, unit, report, paper),)
    return _letter(message("总结", "", other.emails[0]), (paper,), told, clear=unit == other)


@template()
def nobody_named(desk: Desk) -> Letter:
    """No name anywhere and an unknown address."""
    unit = desk.unit()
    report = desk.report(unit, "", "")
    return _letter(message("总结", "见附件", "nobody@qq.com"), (extract("总结.docx", report.text),), (), clear=False)


@template()
def earlier_year(desk: Desk) -> Letter:
    """Last year's text, sent again."""
    unit = desk.unit()
    report = desk.report(unit, unit.name, unit.name)
    paper = extract("总结.docx", report.text.replace("2025", "2024").replace("二〇二五", "二〇二四"))
    told = (_told(desk, unit, report, paper),)
    return _letter(message("总结", "", desk.address(unit)), (paper,), told, clear=False, must_ask=True)


# -- parents and branches, forwarders ---------------------------------------------------------------------------------


@template()
def branch_by_parent(desk: Desk) -> Letter:
    """The parent's address sends its branch's report."""
    child, parent = _child(desk)
    report = desk.report(child, child.name, child.name)
    paper = extract(f"{child.name}总结.docx", report.text)
    return _letter(message("总结", "见附件", desk.address(parent)), (paper,), (_told(desk, child, report, paper),))


@template()
def parent_tells_of_branch(desk: Desk) -> Letter:
    """The parent's own report tells what its branch did."""
    child, parent = _child(desk)
    report = desk.report(parent, parent.name, parent.name, f"其中，{child.name}组织了专题学习。\n")
    paper = extract("总结.docx", report.text)
    return _letter(
        message(_subject(desk), "见附件", desk.address(parent)), (paper,), (_told(desk, parent, report, paper),)
    )


@template()
def coordinator_forwards(desk: Desk) -> Letter:
    """A coordinator passes one report on; the header names its first sender."""
    unit = desk.unit()
    report = desk.report(unit, "", desk.name(unit))
    paper = extract("总结.docx", report.text)
    quoted = f"\n-----原始邮件-----\n发件人: 办公室<{desk.address(unit)}>\n发送时间: 2025-11-02\n主题: 总结\n\n见附件。"
    return _letter(message("转发：总结", "转" + quoted, COORDINATOR), (paper,), (_told(desk, unit, report, paper),))


# -- English, towns and their villages, papers passed on, names that a sender shows in part ----------------------------


def _english(desk: Desk) -> tuple[Unit, str] | None:
    named = [(unit, name) for unit in desk.office.units for name in unit.aliases if name.isascii() and " " in name]
    return desk.dice.choice(named) if named else None


def _english_text(desk: Desk, title: str, head: str, sign: str, extra: str = "") -> str:
    deed = desk.office.deeds[desk.campaign][0].replace("{n}", "120")
    return (
        f"{title}\n{head}\nFrom 1 to 31 October 2025 we carried out “{desk.theme}” as the notice asked. {deed}\n"
        f"{extra}We shall go on with it next year.\n{sign}\n"
    )


@template()
def english_in_a_body(desk: Desk) -> Letter:
    """A report in an English mail, its signature under the department's."""
    if (found := _english(desk)) is None:
        return plain(desk)
    unit, name = found
    partner = desk.dice.choice(["", "Stone Bridge Trading Co., Ltd. lent us the hall.\n"])
    sign = desk.dice.choice([f"Safety Office\n{name}", f"EHS Department, {name}", f"{name}\nOctober 31, 2025"])
    text = _english_text(desk, "Dear colleagues,", "please find our report below.", sign, partner)
    return _letter(message("Final report", text, desk.address(unit)), (), (Told(desk.campaign, unit.code),))


@template()
def english_stranger(desk: Desk) -> Letter:
    """An organisation that is on no roster, its English name like a unit's."""
    if (found := _english(desk)) is None:
        return stranger(desk)
    words = found[1].removesuffix(", Ltd.").removesuffix(" Co").split()
    name = desk.dice.choice(
        [
            " ".join(["Wuhan", *words]),
            " ".join([words[0], "New", *words[1:]]),
            " ".join([*words[:-1], "Trading Co., Ltd."]),
            " ".join([*words, "Services Co., Ltd."]),
            f"{' '.join(words)}, Wuhan Branch",
        ]
    )
    paper = extract("Report.docx", _english_text(desk, f"Summary of “{desk.theme}”", name, name))
    return _letter(message(f"Report of {name}", "See the attachment.", "x@y.example"), (paper,), (), clear=False)


@template()
def english_partner(desk: Desk) -> Letter:
    """Somebody on no roster tells in English of what it did with a unit."""
    if (found := _english(desk)) is None:
        return stranger(desk)
    title = f"{desk.dice.choice(['Joint Activity with', 'Visit to', 'Thanks to'])} {found[1]}"
    extra = f"Our team was trained in the hall of the building next to that of\n{found[1]} and came back late\n"
    text = _english_text(desk, title, "Stone Bridge Trading Co., Ltd.", "Stone Bridge Trading Co., Ltd.", extra)
    return _letter(message("Joint activity", "", "x@y.example"), (extract("Report.docx", text),), (), clear=False)


def _bare(child: Unit, parent: Unit) -> str:
    """The child's name as its parent says it."""
    rest = child.name.removeprefix(parent.name)
    if rest != child.name:
        return rest
    for word in ("镇", "乡", "街道"):
        if word in child.name[:-2]:
            return child.name.split(word, 1)[1]
    return child.name


@template()
def bare_name_by_parent(desk: Desk) -> Letter:
    """The town or company passes on its part's paper, in which that is called as at home."""
    child, parent = _child(desk)
    name = _bare(child, parent)
    report = desk.report(child, name, name)
    paper = extract(f"{name}总结.docx", report.text)
    sent = message(f"转：{name}总结", "下面报来的，转报。", desk.address(parent, 1.0))
    return _letter(sent, (paper,), (_told(desk, child, report, paper),), clear=False)


@template()
def passed_on_by_a_union(desk: Desk) -> Letter:
    """Another unit passes on what one signed and says of itself in the text."""
    unit, other = _two(desk)
    report = desk.report(unit, "", unit.name, f"10月20日，{unit.name}组织全员参加。\n")
    paper = extract("简报.docx", report.text)
    sent = message("转发：总结", "下面报来的，转上。", desk.address(other, 1.0))
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),), clear=False)


@template()
def shown_in_part(desk: Desk) -> Letter:
    """A table's title names the unit, and the display name holds what is its own."""
    unit = desk.unit()
    shown = desk.index.core_of(unit.code) or unit.name[-4:]
    report = desk.report(unit, unit.name, "", date="")
    paper = extract("台账.docx", report.text.replace("总结", "台账"))
    sent = message("台账", "", f"u{desk.dice.randrange(10**6)}@qq.com", name=f"{shown}办公室")
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),), clear=False)


@template()
def subject_and_we(desk: Desk) -> Letter:
    """Only the subject names the unit; the body says 我村."""
    unit = desk.unit()
    report = desk.report(unit, "", "")
    sent = message(f"{unit.name}总结", report.text, f"u{desk.dice.randrange(10**6)}@qq.com")
    return _letter(sent, (), (_told(desk, unit, report),), clear=False)


@template()
def learns_from_another(desk: Desk) -> Letter:
    """Somebody tells what it learnt from another's accident or visit, and never says who it is."""
    other = desk.unit()
    about = desk.dice.choice(["火灾事故警示教育总结", "参观学习总结", "经验交流总结", "典型案例学习总结"])
    report = desk.report(other, "", "")
    sent = message(f"{other.name}{about}", "见附件", f"u{desk.dice.randrange(10**6)}@qq.com")
    return _letter(sent, (extract("总结.docx", report.text),), (), clear=False)


@template()
def another_is_a_party(desk: Desk) -> Letter:
    """The sister's mailbox sends what the unit heads; the text tells of the sister as of another."""
    unit, other = _two(desk)
    extra = f"与{other.name}合用的场地由对方负责，不列入本总结。\n"
    report = desk.report(unit, "", "", extra)
    paper = extract("总结.docx", f"{unit.name}\n{report.text}")
    sent = message("总结", "分两封发，这是第一封。", desk.address(other, 1.0))
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),), clear=False)


@template()
def tells_of_its_parts(desk: Desk) -> Letter:
    """What a town or company signs begins a sentence with its part's name."""
    child, parent = _child(desk)
    report = desk.report(parent, parent.name, parent.name, f"{child.name}自编了快板。{child.name}的老人也来了。\n")
    sent = message(f"{parent.name}总结", report.text, desk.address(parent))
    return _letter(sent, (), (_told(desk, parent, report),), clear=False)


# -- several units' reports in one message ----------------------------------------------------------------------------


@template()
def two_papers(desk: Desk) -> Letter:
    """A coordinator sends two units' papers, each signed."""
    one, two = _two(desk)
    reports = [desk.report(unit, "", desk.name(unit)) for unit in (one, two)]
    papers = tuple(extract(f"总结{at}.docx", report.text) for at, report in enumerate(reports, 1))
    told = tuple(_told(desk, *both) for both in zip((one, two), reports, papers, strict=True))
    return _letter(message("两个单位的总结", "两家的总结，请查收", COORDINATOR), papers, told)


@template()
def zip_of_folders(desk: Desk) -> Letter:
    """An archive with a folder a unit: paper and pictures; only the folder names it."""
    units = _two(desk)
    members: list[Extract] = []
    told = []
    for unit in units:
        report = desk.report(unit, "", "", date="2025年11月2日")
        folder = unit.name
        paper, picture = extract(f"{folder}/总结.docx", report.text), extract(f"{folder}/1.jpg", desk.theme)
        members += [paper, picture]
        told.append(_told(desk, unit, report, paper, picture))
    bundle = extract("汇总.zip", members=tuple(members))
    return _letter(message("汇总材料", "各单位材料汇总，请查收", COORDINATOR), (bundle,), tuple(told))


@template()
def zip_of_files(desk: Desk) -> Letter:
    """An archive with a file a unit, named by it."""
    units = desk.dice.sample(list(desk.office.units), 3)
    reports = [desk.report(unit, desk.name(unit), desk.name(unit)) for unit in units]
    papers = tuple(extract(f"{unit.name}.docx", report.text) for unit, report in zip(units, reports, strict=True))
    told = tuple(_told(desk, *both) for both in zip(units, reports, papers, strict=True))
    return _letter(message("汇总", "请查收", COORDINATOR), (extract("汇总.zip", members=papers),), told)


@template()
def body_assigns(desk: Desk) -> Letter:
    """Papers without a name; the body says which attachment is whose."""
    one, two = _two(desk)
    reports = [desk.report(unit, "", "", date="2025年11月2日") for unit in (one, two)]
    papers = (extract("1.docx", reports[0].text), extract("2.docx", reports[1].text))
    said = desk.dice.choice(
        [
            f"附件1是{desk.name(one)}的总结，附件2是{desk.name(two)}的总结。",
            f"1.docx：{desk.name(one)}\n2.docx：{desk.name(two)}",
            f"转报两个单位的总结：\n附件1：{desk.name(one)}\n附件2：{desk.name(two)}",
        ]
    )
    told = tuple(_told(desk, *both) for both in zip((one, two), reports, papers, strict=True))
    return _letter(message("两家总结", said, COORDINATOR), papers, told)


@template()
def one_after_another(desk: Desk) -> Letter:
    """One paper holds several units' reports, one behind the other."""
    units = desk.dice.sample(list(desk.office.units), desk.dice.randrange(2, 4))
    reports = [desk.report(unit, unit.name, desk.name(unit)) for unit in units]
    paper = extract("汇总.docx", "\n\n".join(report.text for report in reports))
    told = tuple(_told(desk, unit, report, paper) for unit, report in zip(units, reports, strict=True))
    return _letter(message("各单位总结", "各单位总结汇总，请查收", COORDINATOR), (paper,), told)


@template()
def parent_and_branch(desk: Desk) -> Letter:
    """The parent sends its own report and its branch's."""
    child, parent = _child(desk)
    reports = [desk.report(unit, unit.name, unit.name) for unit in (parent, child)]
    papers = tuple(extract(name, report.text) for name, report in zip(("总部.docx", "分部.docx"), reports, strict=True))
    told = tuple(_told(desk, *both) for both in zip((parent, child), reports, papers, strict=True))
    return _letter(message("总结", "两份总结，请查收", desk.address(parent)), papers, told)


@template()
def paper_of_nobody_beside(desk: Desk) -> Letter:
    """Two units' papers, and a third that names nobody: nobody may lose it."""
    one, two = _two(desk)
    reports = [desk.report(unit, "", sign) for unit, sign in ((one, desk.name(one)), (two, desk.name(two)), (two, ""))]
    papers = tuple(extract(f"总结{at}.docx", report.text) for at, report in enumerate(reports, 1))
    told = tuple(_told(desk, *both) for both in zip((one, two), reports, papers, strict=False))
    return _letter(message("总结", "几家的总结", COORDINATOR), papers, told, clear=False, must_ask=True)


# -- two campaigns ----------------------------------------------------------------------------------------------------


@template()
def both_campaigns(desk: Desk) -> Letter:
    """One mail, a paper for each of the two campaigns."""
    unit = desk.unit()
    papers, told = [], []
    for campaign in (0, 1):
        desk.campaign = campaign
        report = desk.report(unit, desk.name(unit), desk.name(unit))
        paper = extract(f"{desk.theme}总结.docx", report.text)
        papers.append(paper)
        told.append(_told(desk, unit, report, paper))
    return _letter(message("两项活动总结", "见附件", desk.address(unit)), tuple(papers), tuple(told))


@template()
def mentions_the_other_campaign(desk: Desk) -> Letter:
    """Its report mentions the other campaign by name."""
    unit = desk.unit()
    other = desk.office.themes[1 - desk.campaign]
    report = desk.report(unit, desk.name(unit), desk.name(unit), f"同时结合“{other}”活动统筹推进。\n")
    paper = extract("总结.docx", report.text)
    return _letter(message(_subject(desk), "", desk.address(unit)), (paper,), (_told(desk, unit, report, paper),))


@template()
def deeds_without_the_theme(desk: Desk) -> Letter:
    """News of one activity that never names the campaign: its words tell which of the two."""
    unit = desk.unit()
    lines, ids = desk.deeds(1)
    name = desk.name(unit)
    text = f"{name}组织开展活动\n{lines[0]}活动取得良好效果，受到大家欢迎。\n{name}\n2025年10月20日\n"
    paper = extract("活动信息.docx", text)
    told = (Told(desk.campaign, unit.code, None, ids),)
    return _letter(message("活动信息", "请查收", desk.address(unit)), (paper,), told)


# -- second round: what offices get wrong -----------------------------------------------------------------------------


def _seniors(desk: Desk) -> tuple[Unit, Unit, str]:
    """A branch, its parent, and the branch's name without the parent's."""
    for _ in range(50):
        child, parent = _child(desk)
        prefix = next((name for name in parent.names if child.name.startswith(name)), "")
        town = parent.name.removesuffix("人民政府").removesuffix("办事处")
        prefix = prefix or (town if child.name.startswith(town) else "")
        if prefix and len(child.name) - len(prefix) >= 3:
            return child, parent, child.name[len(prefix) :]
    return child, parent, child.name


@template()
def parent_heads_branch_signs(desk: Desk) -> Letter:
    """The title names the parent, the signature only the branch's own part of its name."""
    child, parent, rest = _seniors(desk)
    report = desk.report(child, desk.name(parent), rest)
    paper = extract("总结.docx", report.text)
    sent = message("总结", "", f"u{desk.dice.randrange(10**6)}@qq.com")
    return _letter(sent, (paper,), (_told(desk, child, report, paper),), clear=False)


@template()
def parent_in_subject_branch_in_paper(desk: Desk) -> Letter:
    """Subject and file name say the parent, title and signature the branch."""
    child, parent = _child(desk)
    report = desk.report(child, child.name, child.name)
    paper = extract(f"{desk.name(parent)}总结.docx", report.text)
    sent = message(f"{desk.name(parent)}总结", "", desk.address(child))
    return _letter(sent, (paper,), (_told(desk, child, report, paper),), clear=False)


@template()
def addressed_to_parent(desk: Desk) -> Letter:
    """The branch's paper is addressed to its parent and sent to the office as well."""
    child, parent = _child(desk)
    report = desk.report(child, child.name, child.name)
    text = report.text.replace(f"{desk.office.issuer}：\n", "")
    first, _, rest = text.partition("\n")
    paper = extract("总结.docx", f"{first}\n{parent.name}：\n{rest}")
    return _letter(
        message("总结", "", desk.address(child)), (paper,), (_told(desk, child, report, paper),), clear=False
    )


@template()
def rolled_up(desk: Desk) -> Letter:
    """The parent's own report goes through its branches one by one: it is the parent's."""
    child, parent = _child(desk)
    others = [one for one in desk.office.units if desk.office.parent_of(one) == parent][:3]
    lines, _ = desk.deeds(3)
    marks = "一二三"
    body = "\n".join(f"{marks[at]}、{one.name}\n{lines[at]}" for at, one in enumerate(others or [child]))
    text = f"{parent.name}2025年“{desk.theme}”活动总结\n各单位开展情况如下。\n{body}\n{parent.name}\n{desk.date()}\n"
    paper = extract("总结.docx", text)
    told = (Told(desk.campaign, parent.code, frozenset({paper.part.sha256})),)
    sender = desk.dice.choice([desk.address(parent), COORDINATOR])
    return _letter(message("总结", "", sender), (paper,), told)


@template()
def annexed_notice(desk: Desk) -> Letter:
    """Behind the report stands another unit's notice, signed and dated."""
    unit, other = _two(desk)
    report = desk.report(unit, unit.name, unit.name)
    called = "关于召开联席会议的通知\n各有关单位：\n定于10月20日召开联席会议，请派员参加。"
    annex = f"附件\n{called}\n{other.name}\n2025年10月12日\n"
    paper = extract("总结.docx", report.text + annex)
    return _letter(message("总结", "", desk.address(unit)), (paper,), (_told(desk, unit, report, paper),), clear=False)


@template()
def unsigned_between(desk: Desk) -> Letter:
    """Three reports in one paper, the middle one names nobody: a person must look."""
    one, two = _two(desk)
    reports = [desk.report(one, "", one.name), desk.report(one, "", "", date=""), desk.report(two, "", two.name)]
    paper = extract("汇总.docx", "\n".join(report.text for report in reports))
    told = (_told(desk, one, reports[0], paper), _told(desk, two, reports[2], paper))
    return _letter(message("汇总", "", COORDINATOR), (paper,), told, clear=False, must_ask=True)


@template()
def bodies_one_after_another(desk: Desk) -> Letter:
    """The body holds two units' reports."""
    one, two = _two(desk)
    reports = [desk.report(unit, unit.name, unit.name) for unit in (one, two)]
    sent = message("两家总结", "\n".join(report.text for report in reports), COORDINATOR)
    told = tuple(_told(desk, unit, report) for unit, report in zip((one, two), reports, strict=True))
    return _letter(sent, (), told)


@template()
def own_in_body_other_attached(desk: Desk) -> Letter:
    """The parent reports in the body and attaches its branch's paper."""
    child, parent = _child(desk)
    own, attached = desk.report(parent, parent.name, parent.name), desk.report(child, child.name, child.name)
    paper = extract("附件.docx", attached.text)
    told = (_told(desk, parent, own), _told(desk, child, attached, paper))
    return _letter(message("总结", own.text, desk.address(parent)), (paper,), told, clear=False)


@template()
def folder_against_paper(desk: Desk) -> Letter:
    """A folder bears one unit's name, the paper in it is another's."""
    units = desk.dice.sample(list(desk.office.units), 3)
    reports = [desk.report(unit, unit.name, unit.name) for unit in units[:2]]
    members = tuple(
        extract(f"{home.name}/总结.docx", report.text)
        for home, report in zip((units[0], units[2]), reports, strict=True)
    )
    told = tuple(_told(desk, *both) for both in zip(units[:2], reports, members, strict=True))
    return _letter(message("汇总", "", COORDINATOR), (extract("汇总.zip", members=members),), told, clear=False)


@template()
def file_name_against_paper(desk: Desk) -> Letter:
    """The file bears another unit's name than the paper signs."""
    unit, other = _two(desk)
    report = desk.report(unit, "", unit.name)
    paper = extract(f"{other.name}总结.docx", report.text)
    told = (_told(desk, unit, report, paper),)
    return _letter(message("总结", "", desk.address(unit)), (paper,), told, clear=False, must_ask=True)


@template()
def signed_together(desk: Desk) -> Letter:
    """Two units sign one paper."""
    one, two = _two(desk)
    report = desk.report(one, "", f"{one.name}\n{two.name}")
    paper = extract("总结.docx", report.text)
    told = (_told(desk, one, report, paper),)
    return _letter(message("总结", "", desk.address(one)), (paper,), told, clear=False, must_ask=True)


@template()
def statistics_of_all(desk: Desk) -> Letter:
    """A table with a row a unit from a coordinator: nobody's report."""
    rows = tuple((one.name, str(desk.dice.randrange(90))) for one in desk.dice.sample(list(desk.office.units), 6))
    table = (("单位", "参加人数"), *rows)
    sheet = extract("统计表.xlsx", "\n".join("\t".join(row) for row in table), tables=(Table(table),))
    return _letter(message(f"{desk.theme}统计表", "各单位情况汇总", COORDINATOR), (sheet,), (), clear=False)


@template()
def contact_list_beside(desk: Desk) -> Letter:
    """A signed report, and a list of all units as a second file."""
    unit = desk.unit()
    report = desk.report(unit, desk.name(unit), unit.name)
    paper = extract("总结.docx", report.text)
    rows = tuple((str(at), one.name) for at, one in enumerate(desk.dice.sample(list(desk.office.units), 6), 1))
    sheet = extract(
        "通讯录.xlsx", "\n".join("\t".join(row) for row in rows), tables=(Table((("序号", "单位"), *rows)),)
    )
    told = (_told(desk, unit, report),)
    return _letter(message("总结", "", desk.address(unit)), (paper, sheet), told, clear=False)


@template()
def banners_of_partners(desk: Desk) -> Letter:
    """Pictures show partners' banners; the body says who reports."""
    unit, other = _two(desk)
    lines, _ = desk.deeds(1)
    pictures = (extract("1.jpg", f"{other.name}志愿服务队"), extract("2.jpg", f"{other.name}\n{desk.theme}"))
    sent = message("活动照片", f"我们是{desk.name(unit)}，{lines[0]}照片见附件。", desk.address(unit))
    return _letter(sent, pictures, (Told(desk.campaign, unit.code),), clear=False)


@template()
def body_signs_for_paper(desk: Desk) -> Letter:
    """A paper without a name; the body is signed."""
    unit = desk.unit()
    report = desk.report(unit, "", "")
    paper = extract("总结.docx", report.text)
    sent = message(
        f"报送{desk.theme}总结", f"现报送我单位活动总结，请查收。\n\n{unit.name}\n2025年11月3日", desk.address(unit)
    )
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),))


@template()
def another_signs_the_body(desk: Desk) -> Letter:
    """The parent's clerk signs the mail, the paper is the branch's."""
    child, parent = _child(desk)
    report = desk.report(child, child.name, child.name)
    paper = extract("总结.docx", report.text)
    sent = message("总结", f"现转报下属单位总结，请查收。\n\n{parent.name}办公室\n2025年11月3日", desk.address(parent))
    return _letter(sent, (paper,), (_told(desk, child, report, paper),), clear=False)


@template()
def nested_folders(desk: Desk) -> Letter:
    """Folders of folders: the parent's, in it the branches' by their own part of the name."""
    child, parent, rest = _seniors(desk)
    reports = [desk.report(unit, "", "", date="2025年11月2日") for unit in (parent, child)]
    home = (
        child.name[: len(child.name) - len(rest)] if child.name.endswith(rest) and rest != child.name else parent.name
    )
    papers = (
        extract(f"{parent.name}/总结.docx", reports[0].text),
        extract(f"{home}/{rest}/总结.docx", reports[1].text),
    )
    told = tuple(_told(desk, *both) for both in zip((parent, child), reports, papers, strict=True))
    return _letter(message("汇总", "", COORDINATOR), (extract("汇总.zip", members=papers),), told, clear=False)


@template()
def seal_in_scan(desk: Desk) -> Letter:
    """A scan whose only name is the seal's, its characters read as a line of their own over the date."""
    unit = desk.unit()
    report = desk.report(unit, "", f"{unit.name}★")
    paper = replace(extract("扫描.pdf", report.text), pages=(Page(1, report.text, "ocr"),))
    return _letter(message("总结", "", desk.address(unit)), (paper,), (_told(desk, unit, report, paper),))


@template()
def promoted_unit(desk: Desk) -> Letter:
    """A text about another unit's good example, sent by the unit that learned from it."""
    unit, other = _two(desk)
    lines, _ = desk.deeds(1)
    text = (
        f"学习{other.name}经验 推动“{desk.theme}”活动\n近日，{unit.name}组织人员到{other.name}学习。{lines[0]}\n"
        f"{unit.name}\n2025年10月22日\n"
    )
    paper = extract("信息.docx", text)
    told = (Told(desk.campaign, unit.code, frozenset({paper.part.sha256})),)
    return _letter(message("活动信息", "", desk.address(unit)), (paper,), told)


# == unseen: written before anything was measured, run at the end ======================================================


@template(seen=False)
def bulletin(desk: Desk) -> Letter:
    """A bulletin of the unit's own: head, number, editor's line."""
    unit = desk.unit()
    report = desk.report(unit, "", "", date="")
    head = f"工作简报\n第{desk.dice.randrange(1, 40)}期\n{unit.name}编\t2025年11月2日\n"
    text = f"{head}{report.text}报：{desk.office.issuer}\n"
    paper = extract("简报.docx", text)
    sent = message(f"{desk.name(unit)}{desk.theme}总结", "", desk.address(unit))
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),))


@template(seen=False)
def news_with_source(desk: Desk) -> Letter:
    """News in the third person with （供稿：NAME）."""
    unit = desk.unit()
    lines, ids = desk.deeds(1)
    name = desk.name(unit)
    text = f"{name}扎实开展“{desk.theme}”活动\n10月20日，{name}围绕“{desk.theme}”{lines[0]}\n（供稿：{name} 李小红）\n"
    paper = extract(f"{name}活动信息.docx", text)
    return _letter(message("信息稿", "", desk.address(unit)), (paper,), (Told(desk.campaign, unit.code, None, ids),))


@template(seen=False)
def spaced_signature(desk: Desk) -> Letter:
    """Spaces between the characters, brackets of another width, the seal's mark beside it."""
    unit = desk.unit()
    sign = " ".join(unit.name) + desk.dice.choice(["", "（盖章）", "(公章)", "（印）"])
    report = desk.report(unit, "", sign)
    paper = extract("总结.pdf", report.text)
    return _letter(message(_subject(desk), "", desk.address(unit)), (paper,), (_told(desk, unit, report, paper),))


@template(seen=False)
def broken_title(desk: Desk) -> Letter:
    """The title breaks inside the unit's name."""
    unit = desk.unit()
    cut = desk.dice.randrange(3, len(unit.name) - 2)
    report = desk.report(unit, f"{unit.name[:cut]}\n{unit.name[cut:]}", unit.name)
    paper = extract("总结.docx", report.text)
    return _letter(message(_subject(desk), "", desk.address(unit)), (paper,), (_told(desk, unit, report, paper),))


@template(seen=False)
def display_name(desk: Desk) -> Letter:
    """Display name and file name agree, the paper names nobody."""
    unit = desk.unit()
    report = desk.report(unit, "", "")
    paper = extract(f"{unit.name}{desk.theme}总结.docx", report.text)
    sent = message(f"{unit.name}{desk.theme}总结", "", f"u{desk.dice.randrange(10**6)}@qq.com", desk.name(unit))
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),))


@template(seen=False)
def answers_a_reminder(desk: Desk) -> Letter:
    """A reply that quotes a list of units still missing."""
    unit = desk.unit()
    report = desk.report(unit, "", desk.name(unit))
    missing = "、".join(one.name for one in desk.dice.sample(list(desk.office.units), 5))
    head = f"------------------ 原始邮件 ------------------\n发件人: 区办<{COORDINATOR}>\n主题: 催报"
    quoted = f"\n\n{head}\n\n尚未报送：{missing}。"
    paper = extract("总结.docx", report.text)
    sent = message("回复：催报", f"已补报，请查收。{quoted}", desk.address(unit))
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),))


@template(seen=False)
def joint_event(desk: Desk) -> Letter:
    """Two units held an event together; the one that writes signs."""
    unit, other = _two(desk)
    report = desk.report(unit, "", unit.name)
    text = report.text.replace("一、", f"一、会同{desk.name(other)}", 1)
    paper = extract(desk.dice.choice(["总结.docx", f"与{desk.name(other)}联合活动总结.docx"]), text)
    return _letter(message("总结", "", desk.address(unit)), (paper,), (_told(desk, unit, report, paper),))


@template(seen=False)
def numbered_folders(desk: Desk) -> Letter:
    """03-NAME/… in an archive inside a folder of the sender's."""
    units = desk.dice.sample(list(desk.office.units), 3)
    members: list[Extract] = []
    told = []
    for at, unit in enumerate(units, 1):
        report = desk.report(unit, "", unit.name)
        home = f"材料汇总/{at:02d}-{desk.name(unit)}"
        paper, picture = extract(f"{home}/总结.docx", report.text), extract(f"{home}/IMG_{at}.jpg", "活动现场")
        members += [paper, picture]
        told.append(_told(desk, unit, report, paper, picture))
    return _letter(message("汇总", "", COORDINATOR), (extract("材料.zip", members=tuple(members)),), tuple(told))


@template(seen=False)
def attached_messages(desk: Desk) -> Letter:
    """Two attached messages, each with one unit's paper."""
    units = _two(desk)
    inner, told = [], []
    for at, unit in enumerate(units, 1):
        report = desk.report(unit, "", unit.name)
        paper = extract("总结.docx", report.text)
        found = (("subject", f"{unit.name}总结"), ("from", desk.address(unit)), ("message_id", f"<{at}@example.cn>"))
        inner.append(extract(f"邮件{at}.eml", "见附件。", members=(paper,), metadata=found))
        told.append(_told(desk, unit, report, paper))
    return _letter(message("转发：两家单位的总结", "转", COORDINATOR), tuple(inner), tuple(told))


@template(seen=False)
def headed_sections(desk: Desk) -> Letter:
    """One paper: headings by unit, no signatures."""
    units = desk.dice.sample(list(desk.office.units), 3)
    marks, pieces, told = "一二三", [], []
    for at, unit in enumerate(units):
        lines, ids = desk.deeds()
        pieces.append(f"{marks[at]}、{unit.name}\n" + "\n".join(lines))
        told.append((unit, ids))
    text = f"各单位“{desk.theme}”活动总结汇总\n" + "\n".join(pieces) + "\n"
    paper = extract("汇总.docx", text)
    reports = tuple(Told(desk.campaign, unit.code, frozenset({paper.part.sha256}), ids) for unit, ids in told)
    return _letter(message("总结汇总", "", COORDINATOR), (paper,), reports, clear=False)


@template(seen=False)
def named_pictures(desk: Desk) -> Letter:
    """Only pictures of two units, named by them, from a coordinator."""
    one, two = _two(desk)
    pictures = tuple(extract(f"{unit.name}{desk.theme}{at}.jpg", "") for unit in (one, two) for at in (1, 2))
    lines, _ = desk.deeds(1)
    told = tuple(
        Told(desk.campaign, unit.code, frozenset(one.part.sha256 for one in pictures[at : at + 2]))
        for unit, at in ((one, 0), (two, 2))
    )
    return _letter(message(f"{desk.theme}活动照片", lines[0], COORDINATOR), pictures, told, clear=False)


@template(seen=False)
def body_lists_below(desk: Desk) -> Letter:
    """The body lists file by file whose it is, among other words."""
    units = desk.dice.sample(list(desk.office.units), 3)
    reports = [desk.report(unit, "", "", date="2025年11月2日") for unit in units]
    names = ("a.docx", "b.docx", "c.docx")
    papers = tuple(extract(name, report.text) for name, report in zip(names, reports, strict=True))
    listed = "\n".join(
        f"{at}. {name}——{desk.name(unit)}" for at, (name, unit) in enumerate(zip(names, units, strict=True), 1)
    )
    sent = message("转报材料", f"您好：\n现转报三个单位的总结，附件清单如下：\n{listed}\n请查收。", COORDINATOR)
    told = tuple(_told(desk, *both) for both in zip(units, reports, papers, strict=True))
    return _letter(sent, papers, told)


@template(seen=False)
def stranger_among(desk: Desk) -> Letter:
    """An archive with one unit's paper and one of a unit on no roster."""
    unit = desk.unit()
    name = desk.dice.choice(desk.office.strangers)
    other = replace(unit, name=name)
    reports = [desk.report(unit, unit.name, unit.name), desk.report(other, name, name)]
    papers = tuple(extract(f"{at}.docx", report.text) for at, report in enumerate(reports))
    told = (_told(desk, unit, reports[0], papers[0]),)
    return _letter(
        message("汇总", "", COORDINATOR), (extract("汇总.zip", members=papers),), told, clear=False, must_ask=True
    )


@template(seen=False)
def issuer_as_letterhead(desk: Desk) -> Letter:
    """The office's own form: its name on top, the unit in a labelled line."""
    unit = desk.unit()
    report = desk.report(unit, "", "", date="")
    text = f"{desk.office.issuer}活动总结报送表\n填报单位：{desk.name(unit)}\t填报日期：2025年11月2日\n{report.text}"
    paper = extract("报送表.docx", text)
    return _letter(message(_subject(desk), "", desk.address(unit)), (paper,), (_told(desk, unit, report, paper),))


@template(seen=False)
def for_another_by_colleague(desk: Desk) -> Letter:
    """The body says that it is sent for another unit, whose paper signs."""
    unit, other = _two(desk)
    report = desk.report(unit, unit.name, unit.name)
    paper = extract("总结.docx", report.text)
    said = f"{desk.name(other)}代{desk.name(unit)}报送总结，请查收。"
    return _letter(
        message("代报总结", said, desk.address(other)), (paper,), (_told(desk, unit, report, paper),), clear=False
    )


@template(seen=False)
def earlier_campaigns_material(desk: Desk) -> Letter:
    """A subject names one campaign, the paper is the other's: the paper counts or a person is asked."""
    unit = desk.unit()
    report = desk.report(unit, unit.name, unit.name)
    paper = extract("总结.docx", report.text)
    other = desk.office.themes[1 - desk.campaign]
    sent = message(f"{other}总结", "", desk.address(unit))
    return _letter(sent, (paper,), (_told(desk, unit, report, paper),), clear=False)
