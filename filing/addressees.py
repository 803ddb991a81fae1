"""To whom a paper is addressed (主送机关, GB/T 9704): one to another authority is no report to this office."""

from __future__ import annotations

import re
from collections.abc import Sequence

from filing.documents import Document
from filing.text.lexica import words
from filing.text.squeeze import squeeze
from filing.themes import says_theme, themes_of
from filing.who.zones import is_addressee, layout_of
from records.campaigns import Campaign

_FIRST_LINES = 12
_TITLE_BEFORE = re.compile(r"^.*(?:总结|小结|报告|汇报|简报|情况)(?=[\u4e00-\u9fff]{2,}[:：])")
_SEPARATOR = re.compile(r"[、,，;；]|并|及")


def addressed_elsewhere(papers: Sequence[Document], campaign: Campaign) -> str:
    """The authority to which all papers are addressed, if it is not the campaign's issuer; else "".

    A paper whose title names the campaign belongs to it, whoever reads it as well. Offices are known by their short
    names (区教委 for 云溪区教育委员会); departments (安全科, 应急办) are taken for the issuer's.
    """
    found = [_other_authority(paper, campaign) for paper in papers if paper.role != "body"]
    return found[0] if found and all(found) else ""


def _other_authority(paper: Document, campaign: Campaign) -> str:
    layout = layout_of(paper)
    lines = list(zip(layout.row.lines, layout.zones, strict=True))[:_FIRST_LINES]
    head = squeeze("".join(line for line, zone in lines if zone == "head"))
    line = next((line for line, zone in lines if zone == "addressee" and is_addressee(line)), "")
    if not line or says_theme(head, themes_of(campaign)):
        return ""
    names = [squeeze(name) for name in _SEPARATOR.split(_behind_title(line).rstrip(":：")) if squeeze(name)]
    others = [name for name in names if name.endswith(words("names", "authorities"))]
    return others[0] if len(others) == len(names) and not any(_is_short_for(name, campaign) for name in names) else ""


def _behind_title(line: str) -> str:
    """The addressee alone where a PDF's lines ran together: 县博物馆2026年阅读季总结县文化和旅游局："""
    return _TITLE_BEFORE.sub("", line.strip())


def _is_short_for(name: str, campaign: Campaign) -> bool:
    """Whether the name's characters stand in the issuer's name, in that order."""
    rest = iter(squeeze(campaign.issuer))
    return not campaign.issuer or all(char in rest for char in name)
