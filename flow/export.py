"""The JSON forms of CONTRACT.md: submissions, missing, figures, search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from records.boards import AttachmentView, Board, CampaignFigures, MessageView, SubmissionView, UnitFigure
from records.extracts import Picture
from records.mail import CloudLink
from records.remarks import Remark
from records.words import Language

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """How values are written out: in which time zone and language."""

    zone: tzinfo
    language: Language = "zh"

    def time(self, moment: datetime | None) -> str | None:
        """ISO 8601 with the zone's offset, whole seconds."""
        return None if moment is None else moment.astimezone(self.zone).isoformat(timespec="seconds")

    def message(self, view: MessageView) -> Json:
        """One line of ``submissions --format jsonl``."""
        return {
            "id": view.id,
            "raw_sha256": view.raw_sha256,
            "source": view.source,
            "message_id": view.message_id,
            "received_at": self.time(view.received_at),
            "received_source": view.received_source,
            "deliveries": view.deliveries,
            "sender": view.sender,
            "sender_name": view.sender_name,
            "subject": view.subject,
            "status": view.status,
            "reason": view.reason,
            "explanation": view.explanation.say(self.language) if view.explanation else None,
            "body_text": view.body_text,
            "attachments": [self.attachment(item) for item in view.attachments],
            "cloud_links": [self.cloud_link(item) for item in view.cloud_links],
            "submissions": [self.submission(item) for item in view.submissions],
            "remarks": [self.remark(item) for item in view.remarks],
        }

    def remark(self, item: Remark) -> Json:
        """One remark for the coordinator; ``other`` is the message that brought the same before."""
        return {
            "kind": item.kind,
            "submission": item.submission,
            "text": item.text.say(self.language),
            "files": list(item.files),
            "other": item.other,
        }

    def attachment(self, item: AttachmentView) -> Json:
        """One attachment, its members in the same form."""
        return {
            "filename": item.filename,
            "media_type": item.media_type,
            "bytes": item.size_bytes,
            "sha256": item.sha256,
            "status": item.status,
            "reason": item.reason,
            "explanation": item.explanation.say(self.language) if item.explanation else None,
            "pages": item.pages,
            "text": item.text,
            **({"picture": self.picture(item.picture)} if item.picture else {}),
            "members": [self.attachment(member) for member in item.members],
            "from_link": item.is_from_link,
        }

    def picture(self, item: Picture) -> Json:
        """What is known of an image file, save the place where it was taken: that stays inside."""
        return {"width": item.width, "height": item.height, "taken_at": item.taken_at, "device": item.device}

    def cloud_link(self, link: CloudLink) -> Json:
        """One large-attachment link."""
        return {
            "name": link.name,
            "url": link.url,
            "bytes": link.size_bytes,
            "expires_at": self.time(link.expires_at),
            "never_expires": link.never_expires,
            "code": link.code,
            "sha256": link.file_sha256,
            "done": link.is_done,
        }

    def submission(self, item: SubmissionView) -> Json:
        """One submission."""
        return {
            "id": item.id,
            "status": item.status,
            "campaign": item.campaign,
            "unit": item.unit,
            "unit_name": item.unit_name,
            "confidence": round(item.confidence, 3),
            "decided_by": item.decided_by,
            "requirement": item.requirement,
            "kind": item.kind,
            "activities": list(item.activities),
            "on_time": item.on_time,
            "figures": {name: plain_number(value) for name, value in item.figures},
            "parts": list(item.parts),
            "supersedes": item.supersedes,
            "superseded_by": item.superseded_by,
            "doubtful": list(item.doubtful),
            "evidence": [{"for": one.for_, "where": one.where, "text": one.text} for one in item.evidence],
        }

    def board(self, board: Board) -> Json:
        """One object of ``missing --format json``."""
        return {
            "as_of": self.time(board.as_of),
            "campaign": board.campaign.id,
            "requirement": board.requirement.id,
            "expected": board.expected,
            "received": board.received,
            "waiting": [{"unit": item.unit.code} for item in board.in_state("waiting")],
            "exempt": [{"unit": item.unit.code} for item in board.in_state("exempt")],
            "missing": [
                {
                    "unit": item.unit.code,
                    "name": item.unit.name,
                    "category": item.unit.category,
                    "last_heard": self.time(item.last_heard),
                    "promised": item.promised.isoformat() if item.promised else None,
                    "activities_without_evidence": list(item.activities_without_evidence),
                }
                for item in board.in_state("missing")
            ],
            "late": [{"unit": item.unit.code, "received_at": self.time(item.received_at)} for item in board.late],
        }

    def figures(self, found: CampaignFigures) -> Json:
        """One object of ``figures --format json``."""
        roster = found.context.roster
        by_unit: dict[str, list[UnitFigure]] = {}
        for figure in found.units:
            by_unit.setdefault(figure.unit, []).append(figure)
        return {
            "as_of": self.time(found.as_of),
            "campaign": found.context.campaign.id,
            "totals": [
                {
                    "measure": total.measure,
                    "label": total.label,
                    "unit": total.unit,
                    "total": plain_number(total.total),
                    "stated_by": total.stated_by,
                    "asked": total.asked,
                    "provisional": total.provisional,
                    "doubtful": total.doubtful,
                }
                for total in found.totals
            ],
            "units": [
                {
                    "unit": code,
                    "name": unit.name if (unit := roster.unit(code)) else None,
                    "figures": {
                        figure.measure: {
                            "value": plain_number(figure.value),
                            "provisional": figure.provisional,
                            "doubtful": figure.doubtful,
                            "submission": figure.submission,
                        }
                        for figure in figures
                    },
                }
                for code, figures in by_unit.items()
            ],
        }


def boards_json(form: Form, boards: Sequence[Board]) -> Json | list[Json]:
    """One object, or a list where there are several boards."""
    found = [form.board(item) for item in boards]
    return found[0] if len(found) == 1 else found


def plain_number(value: float) -> int | float:
    """A whole number without its decimal point."""
    return int(value) if value == int(value) else value
