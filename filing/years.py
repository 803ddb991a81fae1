"""Whether a report is of an earlier year: last year's text sent again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from filing.documents import Document
from filing.kinds import Title
from filing.text.tense import YEAR
from filing.who.zones import DATE, layout_of
from records.campaigns import Campaign

_HAN = {sign: str(value) for value, sign in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0"}
_REPEATED = 2
_SIGNED = 30  # characters of a line with a unit's name and a date
_MONTH = re.compile(r"(?<![\d.])(\d{1,2})月")
_DOTTED = re.compile(r"(?<!\d)(20\d\d)(?=[./\-年]\d{1,2})")
_DATED = re.compile(r"(?<!\d)(20\d\d)(?:年|[./\-])\d{1,2}(?!\d)")
_CITED = re.compile(r"《[^》]{4,60}(?:通知|方案|意见|函)》")
_COMPARED = re.compile(r"去年|上年|同期|比|增|减|较|以来|自20|起|曾|历年|成立|始建|建成|修订|年版|〔|\[")


def years_in(text: str) -> frozenset[int]:
    """Years that stand in a text, in Arabic and Chinese numerals."""
    found = {"".join(_HAN.get(sign, sign) for sign in hit) for hit in YEAR.findall(text)}
    return frozenset(int(year) for year in (*found, *_DOTTED.findall(text)) if year.isdigit())


def allowed_years(campaign: Campaign, received_year: int) -> frozenset[int]:
    """The years that a report on the campaign may bear; none where the campaign has no date."""
    if campaign.period:
        first, last = campaign.period.from_.year, campaign.period.to.year
        return frozenset(range(first, max(last, min(received_year, last + 1)) + 1))
    return frozenset({campaign.issued_on.year, received_year}) if campaign.issued_on else frozenset()


def earlier_year(
    papers: Sequence[Document], titles: Sequence[Title], campaign: Campaign, received_year: int
) -> int | None:
    """The earlier year that title or signature bear, where nothing there bears one of the campaign's; else None.

    A paper whose own title and dates are all of an earlier year is one, whatever subject and file name say. A year
    that was read from pixels counts where it stands at least twice: 2006 for 2026 is a common misreading.
    """
    allowed = allowed_years(campaign, received_year)
    if not allowed:
        return None
    blurred = {paper.where: paper for paper in papers if paper.from_pixels}
    titled = [_sure_years(years_in(title.text), blurred.get(title.where)) for title in titles]
    title_years = frozenset[int]().union(*titled)
    if title_years and not title_years & allowed and max(title_years) < min(allowed):
        return max(title_years)
    for paper in papers:
        if year := _wholly_earlier(paper, allowed):
            return year
        years = _sure_years(_framing_years(paper), paper if paper.from_pixels else None)
        if years and not (years | title_years) & allowed and max(years) < min(allowed):
            return max(years)
    return None


def _wholly_earlier(paper: Document, allowed: frozenset[int]) -> int | None:
    """The year in a paper's own title and its signature or notice, where none in it is the campaign's.

    A title without a year leaves it to the date of signature.
    """
    if years_in(paper.text) & allowed:
        return None
    head = "".join(line for line, zone in _lines(paper) if zone == "head")
    titled = _sure_years(years_in(head), paper if paper.from_pixels else None)
    rest = paper.text.replace(head, "", 1)
    if not titled:
        signed = _signed_years(paper)
        return max(signed) if signed and max(signed) < min(allowed) else None
    return max(titled) if max(titled) < min(allowed) and titled & _dated_years(rest) else None


def _signed_years(paper: Document) -> frozenset[int]:
    """Of its dates of signature: of one that was read from pixels only what is said twice."""
    lines = (line for line, zone in _lines(paper) if zone in ("signature", "tail") and len(line) <= _SIGNED)
    years = frozenset[int]().union(*(years_in(line) for line in lines if DATE.search(line)))
    return _sure_years(years, paper if paper.from_pixels else None)


def _dated_years(text: str) -> frozenset[int]:
    """Years of dates with a month, and of cited titles: 2025年5月27日, 《关于开展2025年…的通知》."""
    cited = "\n".join(_CITED.findall(text))
    return frozenset(int(year) for year in _DATED.findall(text)) | years_in(cited)


def _lines(paper: Document) -> list[tuple[str, str]]:
    layout = layout_of(paper)
    return list(zip(layout.row.lines, layout.zones, strict=True))


def _sure_years(years: frozenset[int], blurred: Document | None) -> frozenset[int]:
    if blurred is None:
        return years
    return frozenset(year for year in years if len(re.findall(rf"(?<!\d){year}(?!\d)", blurred.text)) >= _REPEATED)


def _framing_years(paper: Document) -> frozenset[int]:
    """Years in title and signature; where neither has any, those of dates in sentences that compare nothing."""
    lines = _lines(paper)
    framing = [line for at, (line, zone) in enumerate(lines) if zone in ("head", "signature") or at >= len(lines) - 3]
    years = frozenset().union(*(years_in(line) for line in framing))
    if years:
        return years
    return frozenset().union(*(_dated_years(line) for line, _ in lines if not _COMPARED.search(line)))


def is_of_its_time(text: str, campaign: Campaign) -> bool:
    """Whether a text names no month, or one in which the campaign or its reporting falls."""
    months = {int(month) for month in _MONTH.findall(text) if 1 <= int(month) <= 12}
    if not months or campaign.period is None:
        return True
    first, last = campaign.period.from_, campaign.period.to
    span = (last.year - first.year) * 12 + last.month - first.month
    return any((month - first.month) % 12 <= span + 1 for month in months)
