"""A campaign as JSON. Source of the form: CONTRACT.md, “campaign.toml, and notice --format json”."""

from __future__ import annotations

from records.campaigns import ActivityType, Campaign, Measure, Period, Requirement


def campaign_to_json(campaign: Campaign) -> dict[str, object]:
    """The campaign as ``notice --format json`` prints it: dates and times in ISO 8601, what is unknown as null."""
    return {
        "id": campaign.id,
        "title": campaign.title,
        "issuer": campaign.issuer,
        "document_number": campaign.document_number,
        "issued_on": campaign.issued_on.isoformat() if campaign.issued_on else None,
        "addressees": list(campaign.addressees),
        "theme": campaign.theme,
        "period": _period_json(campaign.period),
        "requirements": [_requirement_json(item) for item in campaign.requirements],
        "mailboxes": list(campaign.mailboxes),
        "contacts": [{"name": contact.name, "phone": contact.phone} for contact in campaign.contacts],
        "activities": [_activity_json(activity) for activity in campaign.activities],
        "measures": [_measure_json(measure) for measure in campaign.measures],
        "unsure": [{"field": unsure.field, "why": unsure.why} for unsure in campaign.unsure],
    }


def _period_json(period: Period | None) -> dict[str, str] | None:
    return {"from": period.from_.isoformat(), "to": period.to.isoformat()} if period else None


def _requirement_json(item: Requirement) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": item.id,
        "what": item.what,
        "kind": item.kind,
        "due": item.due.isoformat() if item.due else None,
        "rule": item.rule,
        "required": item.required,
    }
    if item.categories:
        fields["categories"] = list(item.categories)
    if item.units:
        fields["units"] = list(item.units)
    return fields


def _activity_json(activity: ActivityType) -> dict[str, object]:
    return {
        "id": activity.id,
        "printed": activity.printed,
        "title": activity.title,
        "text": activity.text,
        "required": activity.required,
        "period": _period_json(activity.period),
        "cues": list(activity.cues),
    }


def _measure_json(measure: Measure) -> dict[str, object]:
    return {"name": measure.name, "label": measure.label, "unit": measure.unit, "cues": list(measure.cues)}
