"""Notices as files: docx, doc, wps, PDF and scan give what their text gives, through the real parsers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from filing.notice.reading import read_notice
from flow.notices import read_notice_file
from intake.message import read_message
from parsers.reader import PartReader
from records.campaigns import Campaign
from records.extracts import ReadLimits
from tests.notice_cases import CASES
from tests.notice_cases_further import FURTHER
from tests.notice_cases_more import MORE

FILES = Path(__file__).with_name("notices") / "files"
TEXTS = {case.file: case.text for case in (*CASES, *MORE, *FURTHER)}


@pytest.fixture(scope="module")
def reader() -> Iterator[PartReader]:
    """Parsers in their worker processes, as the service runs them."""
    with PartReader(ReadLimits(workers=1), read_message) as parts:
        yield parts


def _facts(campaign: Campaign) -> dict[str, object]:
    """All that a person would check, blanks in titles aside: a PDF's lines do not keep them."""
    return {
        "title": campaign.title.replace(" ", ""),
        "head": (campaign.issuer, campaign.document_number, campaign.issued_on, campaign.addressees),
        "period": campaign.period,
        "theme": campaign.theme.replace(" ", ""),
        "requirements": campaign.requirements,
        "people": (campaign.mailboxes, campaign.contacts),
        "activities": [(item.title, item.text, item.required, item.period) for item in campaign.activities],
        "measures": campaign.measures,
    }


@pytest.mark.parametrize(
    "name",
    [
        "2025-safety-month-notice.docx",
        "2025-safety-month-notice.pdf",
        "hospital-service-table.docx",
        "hospital-service-table.doc",
        "hospital-service-table.pdf",
        "waste-sorting-labels.docx",
        "archives-day-headings.pdf",
        "food-safety-festivals.pdf",
    ],
)
def test_file_says_what_its_text_says(name: str, reader: PartReader) -> None:
    """Tables of activities and forms, bold headings and cut lines come through Word files and PDFs unchanged."""
    found = read_notice_file(FILES / name, None, reader).campaign

    assert _facts(found) == _facts(read_notice(TEXTS[Path(name).stem]))


def test_wps_file_is_read_as_the_word_file_that_it_is(reader: PartReader, tmp_path: Path) -> None:
    """WPS Writer's own ending stands for the octets of a Word 97 document."""
    wps = tmp_path / "通知.wps"
    copyfile(FILES / "hospital-service-table.doc", wps)

    found = read_notice_file(wps, None, reader).campaign

    assert _facts(found) == _facts(read_notice(TEXTS["hospital-service-table"]))


def test_scan_with_a_table_of_activities_is_read(reader: PartReader) -> None:
    """Of pixels alone: dates, deadlines, mailbox and the rows of the table; a quotation mark may come out odd."""
    found = _facts(read_notice_file(FILES / "hospital-service-table-scan.pdf", None, reader).campaign)
    wanted = _facts(read_notice(TEXTS["hospital-service-table"]))

    assert {key: found[key] for key in wanted if key != "title"} == {
        key: value for key, value in wanted.items() if key != "title"
    }
    assert str(found["title"]).startswith("关于印发2025年“服务质量月")
