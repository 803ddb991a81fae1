"""What a decision brought about beside its own message: what was learnt from it, what was filed anew by that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from digest.speech import clean
from flow.learning import learnt_of
from flow.listing import STATUS
from flow.office import Office
from records.words import Text
from storage import messages
from storage.messages import Outline

LEARNT_ADDRESS = Text("学到：{unit}会从邮箱 {what} 来件", "learnt: {unit} writes from {what}")
LEARNT_NAME = Text("学到：“{what}”是{unit}", "learnt: “{what}” is {unit}")
LEARNT_REFUSAL = Text("学到：{what} 的“{wording}”不是报送材料", "learnt: “{wording}” from {what} is no report")
REFILED = Text("随之重新归类 {count} 封：", "filed anew by this: {count}")
LINE = Text("  {id}  {before} → {after}  {subject}", "  {id}  {before} → {after}  {subject}")
FILED_UNDER = Text("{status}（{units}）", "{status} ({units})")
BETWEEN = Text("、", ", ")


def outlines(office: Office) -> Mapping[str, Outline]:
    """How every message stands now."""
    with office.archive.database.session() as session:
        return messages.outlines(session)


def consequences(office: Office, decision: str, target: str | None, before: Mapping[str, Outline]) -> Iterator[Text]:
    """A line each; ``before`` is how messages stood before the decision, ``target`` the message that it is about."""
    with office.archive.database.session() as session:
        learnt = learnt_of(session, office)
        after = messages.outlines(session)
    for address in learnt.addresses:
        if decision in address.decisions:
            yield LEARNT_ADDRESS.fill(what=clean(address.address), unit=address.unit_name)
    for name in learnt.names:
        if name.decision == decision:
            yield LEARNT_NAME.fill(what=clean(name.name), unit=name.unit_name)
    for refusal in learnt.refusals:
        if refusal.decision == decision:
            yield LEARNT_REFUSAL.fill(what=clean(refusal.address), wording=clean(refusal.wording))
    changed = [id_ for id_, one in after.items() if id_ != target and id_ in before and _stands(before[id_], one)]
    if changed:
        yield REFILED.fill(count=len(changed))
    for id_ in changed:
        said = {"before": _said(before[id_], office), "after": _said(after[id_], office)}
        yield LINE.fill(id=id_[:12], subject=clean(after[id_].subject, 80), **said)


def _stands(before: Outline, after: Outline) -> bool:
    """Whether it stands otherwise; what had not been read yet is no news."""
    return before != after and "archived" not in (before.status, after.status)


def _said(outline: Outline, office: Office) -> Text:
    status = STATUS[outline.status]
    names = {unit.code: unit.name for item in office.contexts for unit in item.roster.units}
    units = [names.get(code, code) for code in outline.units]
    if not units:
        return status
    said = Text(BETWEEN.zh.join(units), BETWEEN.en.join(units))
    return FILED_UNDER.fill(status=status, units=said)
