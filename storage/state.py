"""What the service remembers between runs, by name."""

from __future__ import annotations

from sqlmodel import Session, col, select

from storage.tables import StateRow, checked

CONTESTED = "contested"  # submissions held back for a person by what others say, one a line
UNRELATED = "unrelated"  # filings changed since corrections were last found
LEARNT = "learnt "  # + id of a message: what of all that was learnt its filing rests on, as a hash
CAMPAIGN = "campaign "  # + id: the state of a campaign and its roster that the tables hold


def remember(session: Session, name: str, value: str) -> None:
    """Keep ``value`` under ``name``."""
    session.merge(checked(StateRow, name=name, value=value))


def forget(session: Session, name: str) -> None:
    """Keep nothing under ``name``."""
    if (row := session.get(StateRow, name)) is not None:
        session.delete(row)


def recall(session: Session, name: str) -> str:
    """What was kept under ``name``, "" where nothing was."""
    row = session.get(StateRow, name)
    return row.value if row is not None else ""


def recall_all(session: Session, prefix: str) -> dict[str, str]:
    """All that was kept under names that begin so."""
    query = select(StateRow).where(col(StateRow.name).startswith(prefix, autoescape=True))
    return {row.name: row.value for row in session.exec(query)}
