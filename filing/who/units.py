"""Which unit reports: all clues weighed together, conflicts resolved by rule or handed to a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from filing.text.lexica import words
from filing.text.squeeze import squeeze
from filing.text.vocabulary import word_list
from filing.who.clues import Clue, Source
from filing.who.names import NameIndex
from filing.who.senders import Known
from filing.who.strangers import Stranger
from records.words import Text

_TOP: frozenset[Source] = frozenset({"letterhead", "head"})
_NAMED: frozenset[Source] = frozenset({"letterhead", "head", "file"})
_OWN_WORDS: frozenset[Source] = frozenset({"subject", "file", "body"})
_STRONG: frozenset[Source] = frozenset({"signature", "letterhead"})

_IDLE: frozenset[Source] = frozenset({"mention", "guest"})
_PLACED: frozenset[Source] = frozenset({"signature", "letterhead", "head"})

CLAIM = 2.0  # from here on a unit is a candidate that another must be weighed against
_ALONE = 4.4  # enough from an unknown address
_AGREEING = 7.5  # signature and letterhead or title: enough against the address
_LEAD = 4.5  # by which a signature must outweigh what speaks for another unit
_WITH_ADDRESS = 1.5
_SORTED = 2.5  # enough where a coordinator or the parent sorted several units' papers
_AGREES = 1.0  # what agrees with the name without being it
_PLAIN_SUBJECT = 3.0  # the weight of a subject that does not begin with the name and end with 总结
_MANY = 3  # units besides the best: a list, not a report


@dataclass(frozen=True, slots=True)
class Witnesses:
    """All that speaks about the sender of one report."""

    clues: tuple[Clue, ...]
    sender: Known
    strangers: tuple[Stranger, ...] = ()
    selves: frozenset[str] = frozenset()  # 院 of 我院, 校 of 我校
    hints_at_branch: bool = False  # own words or file names speak of a 分园 without naming it
    passed_on: bool = False  # the sender passes on what another wrote
    speaks: bool = False  # there is running text, that could call itself 我院
    owner: str | None = None  # unit to whom the sender's own sorting of several reports gives this one
    others: frozenset[str] = frozenset()  # units whose reports stand beside this one
    says_we: bool = False  # in English, that has no 我院
    agreeing: frozenset[str] = frozenset()  # units a part of whose names the display name or the subject holds

    def is_sorted_for(self, unit: str, index: NameIndex) -> bool:
        """Whether somebody who may report for the unit put its papers apart from others': a coordinator, its parent."""
        passes = self.sender.trusted or any(index.is_part_of(unit, code) for code in self.sender.codes)
        return bool(self.others) and unit == self.owner and passes


@dataclass(frozen=True, slots=True)
class UnitVerdict:
    """The unit, or who it may be. ``units`` has the best first; None stands for a unit that is on no roster."""

    units: tuple[str | None, ...]
    sure: bool
    reason: str = ""
    explanation: Text | None = None
    clues: tuple[Clue, ...] = ()  # that speak for the first unit
    rivals: tuple[tuple[Clue, ...], ...] = ()  # that speak for each of the others
    unit_text: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How much speaks for one unit, by independent sources."""

    unit: str
    by_source: dict[Source, float]
    sure: bool

    @property
    def content(self) -> float:
        """What the content says, mentions apart."""
        return sum(weight for source, weight in self.by_source.items() if source not in _IDLE)

    @property
    def said(self) -> float:
        """What the content says, the sender's display name apart: like the address it tells whose mailbox it is."""
        return self.content - self.by_source.get("sender_name", 0.0)

    def outweighs(self, other: Standing) -> bool:
        """Whether its signature, with what agrees, plainly says more than anything that speaks for the other."""
        signed = "signature" in self.by_source and not other.has(_STRONG)
        return signed and self.content >= other.content + _LEAD

    def has(self, sources: frozenset[Source]) -> bool:
        """Whether one of these sources speaks for it."""
        return bool(sources & set(self.by_source))


def standings(clues: Iterable[Clue]) -> list[Standing]:
    """Every unit that anything speaks for, the best first; of equals the one named first."""
    by_unit: dict[str, list[Clue]] = {}
    for clue in clues:
        if clue.source != "guest":
            by_unit.setdefault(clue.unit, []).append(clue)
    found = [_standing(unit, own) for unit, own in by_unit.items()]
    return sorted(found, key=lambda one: (-one.content, -one.by_source.get("mention", 0.0)))


def _standing(unit: str, clues: Sequence[Clue]) -> Standing:
    weights: dict[Source, float] = {}
    for clue in clues:
        weights[clue.source] = max(weights.get(clue.source, 0.0), clue.weight)
    if "photo" in weights:
        weights["photo"] = min(3.0, weights["photo"] * len({clue.sha256 for clue in clues if clue.source == "photo"}))
    if "mention" in weights:
        weights["mention"] = min(1.0, sum(clue.weight for clue in clues if clue.source == "mention"))
    if "letterhead" in weights:
        weights.pop("head", None)
    return Standing(unit, weights, any(clue.sure for clue in clues if clue.source not in _IDLE))


def judge(seen: Witnesses, index: NameIndex) -> UnitVerdict:
    """The unit with the evidence, or the suggestions with the reason why a person must decide."""
    ranked = standings(seen.clues)
    claims = [one for one in ranked if one.content >= CLAIM]
    if not claims:
        return _without_content(seen, ranked, index)
    claims = sorted(claims, key=lambda one: one.said < CLAIM)  # stable: display names alone come last
    top = claims[0]
    rivals = [one for one in claims[1:] if one.said >= CLAIM or top.said < CLAIM]
    rivals = [one for one in rivals if not _only_covers(one, top, seen, index) and not _is_told_of(one, top, index)]
    if len(claims) > _MANY and top.content - claims[_MANY].content < 1.0:
        return _review(seen, [None, *(one.unit for one in claims[:2])], "unit_many", _MANY_TEXT)
    if _tied(top, rivals) or _is_of_a_relative(top, rivals, index):
        return _review(seen, _by_evidence(seen, claims), "unit_tied", _tied_text(seen, top, rivals, index))
    if stranger := _stranger_against(top, seen, index):
        units = [top.unit, None] if top.has(_PLACED) else [None, top.unit]
        return _review(seen, units, "unit_unknown", _stranger_text(stranger), stranger.name)
    if not fits_selves(top.unit, seen.selves, index):
        return _review(seen, [top.unit], "unit_doubtful", _selves_text(seen, top, index))
    if top.unit in seen.others:
        return _review(seen, [top.unit], "unit_doubtful", _BESIDE_TEXT)
    if seen.hints_at_branch and "signature" not in top.by_source and not index.is_branch(top.unit):
        return _review(seen, [*index.parts_of(top.unit)[:1], top.unit], "unit_doubtful", _BRANCH_TEXT)
    if (mailbox := _mailbox_of(seen)) and top.unit not in (*mailbox, *seen.sender.codes):
        return _against_address(seen, top, rivals, index)
    return _by_strength(seen, top, index)


def _mailbox_of(seen: Witnesses) -> tuple[str, ...]:
    """Units whose mailbox it is, by its address, else by its display name."""
    shown = [clue.unit for clue in seen.clues if clue.source == "sender_name" and clue.sure]
    return seen.sender.owners or tuple(dict.fromkeys(shown))


def _tied(top: Standing, rivals: Sequence[Standing]) -> bool:
    """Whether another unit's claim is not plainly outweighed by this one's signature."""
    return not all(top.outweighs(one) for one in rivals)


def _only_covers(rival: Standing, top: Standing, seen: Witnesses, index: NameIndex) -> bool:
    """Whether the parent only signs the covering words with which it passes on what its branch titled and signed."""
    if not (index.is_part_of(top.unit, rival.unit) and top.content >= _AGREEING and top.has(_NAMED)):
        return False
    places = {(clue.where, clue.source) for clue in _clues_of(seen, rival.unit)} - {("sender", "sender_name")}
    papers = {clue.where for clue in _clues_of(seen, top.unit) if clue.source == "signature"} - {"body"}
    return bool(papers) and places in ({("body", "signature")}, {("body", "body")})


def _is_told_of(rival: Standing, top: Standing, index: NameIndex) -> bool:
    """Whether the running text of what a town signs only tells of its village, 古渡村文书自编快板."""
    signed = "signature" in top.by_source and top.content >= _AGREEING
    return signed and set(rival.by_source) <= {"body", "mention"} and index.is_part_of(rival.unit, top.unit)


def _is_of_a_relative(top: Standing, rivals: Sequence[Standing], index: NameIndex) -> bool:
    """Whether subject, file name or own words speak for a branch or the parent: then the paper may be a copy."""
    return any(
        one.has(_OWN_WORDS) and (index.is_part_of(one.unit, top.unit) or index.is_part_of(top.unit, one.unit))
        for one in rivals
    )


def _against_address(seen: Witnesses, top: Standing, rivals: Sequence[Standing], index: NameIndex) -> UnitVerdict:
    """The mailbox is another unit's: parents, branches and principals send for others, and people copy texts.

    The parent's mailbox sends what its branch signs. A signature wins that agrees with letterhead, title or file name;
    so does a letterhead that agrees with the file name, where the text calls itself what the mailbox's unit cannot be.
    Own words that name that unit win over both.
    """
    mailbox = _mailbox_of(seen)
    sender = next((one for one in rivals if one.unit in mailbox), None)
    signed = "signature" in top.by_source and top.has(_NAMED) and top.content >= _AGREEING
    differs = bool(seen.selves) and not any(fits_selves(code, seen.selves, index) for code in mailbox)
    headed = "letterhead" in top.by_source and "file" in top.by_source and differs
    ambiguous = any(
        index.may_mean([clue.text for clue in _clues_of(seen, top.unit)], top.unit, code) for code in mailbox
    )
    said = [clue.text for clue in _clues_of(seen, top.unit)]
    ambiguous = ambiguous or any(index.is_elsewheres(said, top.unit, code) for code in mailbox)
    if seen.is_sorted_for(top.unit, index) and top.sure and not ambiguous and not rivals:
        return UnitVerdict((top.unit,), True, clues=_clues_of(seen, top.unit))
    by_parent = all(index.is_part_of(top.unit, code) for code in mailbox)
    passed = seen.passed_on and _signs_and_tells(seen, top.unit)
    if (by_parent or passed or _is_only_a_party(seen, top, mailbox)) and top.sure and not (rivals or ambiguous):
        return UnitVerdict((top.unit,), True, clues=_clues_of(seen, top.unit))
    if (signed or headed) and top.sure and not ambiguous and (sender is None or not sender.has(_OWN_WORDS)):
        return UnitVerdict((top.unit,), True, clues=_clues_of(seen, top.unit))
    text = Text(
        "{where}写的是{unit}，而发件邮箱是{other}的，请核对。",
        "{where} says {unit}, but the mailbox is that of {other}; please check.",
    ).fill(where=_place(seen, top.unit), unit=index.unit(top.unit).name, other=_names(mailbox, index))
    return _review(seen, [top.unit, *mailbox], "unit_against_address", text)


def _signs_and_tells(seen: Witnesses, unit: str) -> bool:
    """Whether a paper that is passed on is signed by the unit and names it in its title or text too."""
    own = [clue for clue in seen.clues if clue.unit == unit and clue.sure]
    signed = {clue.where for clue in own if clue.source == "signature"} - {"body"}
    return any(clue.where in signed for clue in own if clue.source in ("letterhead", "head", "mention"))


def _is_only_a_party(seen: Witnesses, top: Standing, mailbox: Sequence[str]) -> bool:
    """Whether the paper that the unit heads tells of the mailbox's unit as of another (与乙公司合用的食堂)."""
    told = [clue.source for clue in seen.clues if clue.unit in mailbox and clue.where != "sender"]
    headed = any(c.sure for c in seen.clues if c.unit == top.unit and c.source in ("letterhead", "signature"))
    return headed and bool(told) and set(told) == {"guest"}


def _by_strength(seen: Witnesses, top: Standing, index: NameIndex) -> UnitVerdict:
    known = top.unit in seen.sender.backed
    domain = seen.sender.domain_of == top.unit
    needed = _SORTED if seen.is_sorted_for(top.unit, index) else _ALONE
    if known:
        needed = _WITH_ADDRESS if len(seen.sender.codes) == 1 else 3.0
    elif domain:
        needed = 3.0
    photographed = set(top.by_source) <= {"photo", "mention"} and top.by_source.get("photo", 0) >= 2.5
    if top.sure and (top.content + _bonus(seen, top, index) >= needed or photographed):
        return UnitVerdict((top.unit,), True, clues=_clues_of(seen, top.unit))
    text = Text(
        "只有{where}提到{unit}，依据不足，请核对是否由该单位报送。",
        "Only {where} names {unit}; please check whether this unit sent it.",
    ).fill(where=_place(seen, top.unit), unit=index.unit(top.unit).name)
    return _review(seen, [top.unit], "unit_doubtful", text)


def _bonus(seen: Witnesses, top: Standing, index: NameIndex) -> float:
    """What agrees without naming it: 我村 of a village, a display name or subject that holds a part of its name."""
    if not top.has(_OWN_WORDS | _PLACED):
        return 0.0
    shown = _AGREES if top.unit in seen.agreeing and "sender_name" not in top.by_source else 0.0
    titled = top.by_source.get("subject", 0.0) > _PLAIN_SUBJECT
    return shown + (_AGREES if titled and seen.selves and fits_selves(top.unit, seen.selves, index) else 0.0)


def _without_content(seen: Witnesses, ranked: Sequence[Standing], index: NameIndex) -> UnitVerdict:
    """Nothing names a unit where a sender's name stands: the address alone may, unless something is odd.

    Running text must call itself what the unit is (我院); text that names another unit, or a branch, is odd.
    """
    code = seen.sender.code
    strangers = [stranger for stranger in seen.strangers if not _variant_of(stranger, code, index)]
    others = [one for one in ranked if one.unit != code] if not any(one.unit == code for one in ranked) else []
    silent = seen.speaks and not seen.selves and not seen.says_we
    odd = (
        bool(strangers or others)
        or _is_partner(seen, code, index)
        or code in seen.others
        or silent
        or seen.hints_at_branch
        or seen.passed_on
    )
    if code and seen.sender.is_sure and not odd and fits_selves(code, seen.selves, index):
        return UnitVerdict((code,), True)
    if strangers:
        suggested = [strangers[0].branch_of, *seen.sender.codes, *(one.unit for one in ranked)]
        units = [None, *(unit for unit in suggested if unit)]
        return _review(seen, units, "unit_unknown", _stranger_text(strangers[0]), strangers[0].name)
    named = [one.unit for one in ranked if one.content > 0 or one is ranked[0]]
    children = index.parts_of(code) if code and seen.hints_at_branch else ()
    units = [
        *(children if len(children) == 1 else ()),
        *seen.sender.codes,
        *([seen.sender.domain_of] if seen.sender.domain_of else []),
        *named,
    ]
    text = Text(
        "正文和附件没有写明是哪个单位报送的，请核对。",
        "Neither body nor attachments say which unit reports; please check.",
    )
    if code:
        text = (_REGISTERED if seen.sender.is_sure else _SEEN_BEFORE).fill(unit=index.unit(code).name)
    return _review(seen, units or [None], "unit_unknown", text)


def _is_partner(seen: Witnesses, code: str | None, index: NameIndex) -> bool:
    """Whether the text does something with the mailbox's unit (与乙公司合用的食堂): then another wrote it."""
    told = [squeeze(clue.text) for clue in seen.clues if clue.unit == code and clue.source == "guest"]
    named = [f"{word}{name}" for name in (index.names_of(code) if code else ()) for word in "与和同跟"]
    return any(one in text for one in named for text in told)


def _variant_of(stranger: Stranger, code: str | None, index: NameIndex) -> bool:
    """Whether the signature is only another wording of the sender's own name."""
    if code is None or stranger.branch_of:
        return False
    return index.is_wording_of(stranger.name, code)


def _stranger_against(top: Standing, seen: Witnesses, index: NameIndex) -> Stranger | None:
    """Another organisation signs, heads or names what this unit seems to speak for."""
    signed = {clue.where for clue in seen.clues if clue.unit == top.unit and clue.source in ("signature", "letterhead")}
    signs = "signature" in top.by_source  # a name in subject or file name is then a host's or a guest's
    for stranger in seen.strangers:
        if stranger.is_english and top.has(_PLACED):
            continue  # the English name below the Chinese one is seldom on the roster
        misread = stranger.from_pixels and index.is_misread(stranger.name, top.unit)
        beside = stranger.where in signed and not (stranger.signs and _has_own_part(stranger, top, index))
        own = any(name.endswith(stranger.name) for name in index.names_of(top.unit))  # 第二分公司 alone
        harmless = own or beside or (signs and stranger.only_named) or misread
        if top.unit in stranger.holds or not harmless:
            return stranger
    return None


def _has_own_part(stranger: Stranger, top: Standing, index: NameIndex) -> bool:
    """Whether the one that signs too is another, not a 校区 of the unit that the roster does not part."""
    campus = stranger.name.endswith(words("names", "campuses")) and stranger.branch_of in (None, top.unit)
    return not campus or bool(index.parts_of(top.unit))


def fits_selves(code: str, selves: frozenset[str], index: NameIndex) -> bool:
    """Whether the unit can call itself so: a hospital does not say 我校."""
    if not selves:
        return True
    names = "\n".join(index.names_of(code))
    return any(ending in names for word in selves for ending in selves_endings(word))


def selves_endings(word: str) -> tuple[str, ...]:
    """What the names of units that say 我<word> hold."""
    known: dict[str, list[str]] = word_list("names")["selves"]
    return tuple(known.get(word, [word]))


def _clues_of(seen: Witnesses, unit: str) -> tuple[Clue, ...]:
    own = [clue for clue in seen.clues if clue.unit == unit and clue.source not in _IDLE]
    return tuple(sorted(own, key=lambda clue: -clue.weight))


def _by_evidence(seen: Witnesses, claims: Sequence[Standing]) -> list[str | None]:
    """Candidates, the sender's own unit counted with its address."""
    extra = dict.fromkeys(seen.sender.codes, 4.0)
    return [one.unit for one in sorted(claims, key=lambda one: -(one.content + extra.get(one.unit, 0.0)))]


def _review(
    seen: Witnesses, units: Sequence[str | None], reason: str, explanation: Text, unit_text: str = ""
) -> UnitVerdict:
    ordered = tuple(dict.fromkeys(units))
    first, *rest = (_clues_of(seen, unit) if unit else _stranger_clues(seen, unit_text) for unit in ordered)
    return UnitVerdict(ordered, False, reason, explanation, first, tuple(rest), unit_text)


def _stranger_clues(seen: Witnesses, name: str) -> tuple[Clue, ...]:
    """Where the name stands that is on no roster."""
    found = (one for one in seen.strangers if one.name == name)
    return tuple(Clue("", "signature", one.where, one.text, 0.0) for one in found)[:1]


def _place(seen: Witnesses, unit: str) -> Text:
    """Where the strongest clue for the unit stands, as people say it."""
    clue = next(iter(_clues_of(seen, unit)), None)
    return _PLACES.get(clue.source, _PLACES["mention"]) if clue else _PLACES["mention"]


_REGISTERED = Text(
    "发件地址登记的是{unit}，但内容像是别的单位的，请核对。",
    "The sender's address is registered for {unit}, but the content may be another unit's; please check.",
)
_SEEN_BEFORE = Text(
    "这个地址以前报过{unit}的材料，但内容没有写明是哪个单位，请核对。",
    "This address reported for {unit} before, but the content does not say which unit it is; please check.",
)
_BRANCH_TEXT = Text(
    "提到分支机构，请核对是总部还是分支报送的。", "It speaks of a branch; please check which of the two reports."
)
_BESIDE_TEXT = Text(
    "同一封邮件里另有该单位的材料，这一份没有写明是哪个单位的，请核对。",
    "The same message holds another report of that unit; this one does not say whose it is. Please check.",
)
_MANY_TEXT = Text(
    "文中列有多个单位，看不出由哪个单位报送，请核对。", "It lists several units; please check whose report it is."
)
_PLACES: dict[Source, Text] = {
    "signature": Text("署名", "the signature"),
    "letterhead": Text("文头", "the letterhead"),
    "head": Text("标题", "the title"),
    "body": Text("正文", "the body"),
    "file": Text("文件名", "the file name"),
    "subject": Text("主题", "the subject"),
    "inner": Text("所附邮件", "the attached message"),
    "photo": Text("照片", "the photo"),
    "sender_name": Text("发件人名称", "the sender's name"),
    "mention": Text("文中", "the text"),
    "guest": Text("文中", "the text"),
}


def _names(codes: Iterable[str], index: NameIndex) -> str:
    return "、".join(index.unit(code).name for code in codes)


def _tied_text(seen: Witnesses, top: Standing, rivals: Sequence[Standing], index: NameIndex) -> Text:
    return Text(
        "{where}写的是{unit}，{other_where}写的是{other}，请核对是哪个单位的。",
        "{where} says {unit}, {other_where} says {other}; please check whose report it is.",
    ).fill(
        where=_place(seen, top.unit),
        unit=index.unit(top.unit).name,
        other_where=_place(seen, rivals[0].unit),
        other=index.unit(rivals[0].unit).name,
    )


def _stranger_text(stranger: Stranger) -> Text:
    return Text("署名“{name}”不在名册中，请核对。", "The signature “{name}” is on no roster; please check.").fill(
        name=stranger.name
    )


def _selves_text(seen: Witnesses, top: Standing, index: NameIndex) -> Text:
    return Text(
        "{where}写的是{unit}，而文中自称“我{word}”，请核对。",
        "{where} says {unit}, but the text calls itself 我{word}; please check.",
    ).fill(where=_place(seen, top.unit), unit=index.unit(top.unit).name, word="、我".join(sorted(seen.selves)))
