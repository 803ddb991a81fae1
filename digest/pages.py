"""What a letter says, as headed sections of paragraphs, lists and tables, written once as text and once as HTML.

The HTML is one self-contained table layout with inline styles: no remote content, no scripts, no classes. Outlook and
telephones read it alike. Everything is escaped by jinja2.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from records.words import Language

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``alert`` where somebody should act."""

    text: str
    alert: bool = False
    shape: ClassVar[str] = "paragraph"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list: when, what, marks (``alerts`` are the ones to notice), details, commands to type."""

    title: str
    when: str = ""
    tags: tuple[str, ...] = ()
    alerts: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """A list of entries."""

    items: tuple[Item, ...]
    shape: ClassVar[str] = "items"


@dataclass(frozen=True, slots=True)
class Table:
    """Columns with headings; the first column names the row."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shape: ClassVar[str] = "table"


Block = Paragraph | Items | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands below it."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A whole letter: heading, the lines that must be read, sections, and small print."""

    title: str
    lead: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    foot: str


def page_html(page: Page, language: Language) -> str:
    """The page as one HTML document."""
    return TEMPLATES.get_template("letter.html").render(
        page=page, language={"zh": "zh-CN", "en": "en"}[language], colon=_colon(language)
    )


def page_text(page: Page, language: Language) -> str:
    """The page as plain text, readable without any markup."""
    lines = [page.title, ""]
    lines += [paragraph.text for paragraph in page.lead]
    for section in page.sections:
        lines += ["", _heading(section.title, language)]
        for block in section.blocks:
            lines += _block_lines(block, language)
    return "\n".join([*lines, "", page.foot, ""])


def _heading(title: str, language: Language) -> str:
    return f"【{title}】" if language == "zh" else f"== {title} =="


def _block_lines(block: Block, language: Language) -> list[str]:
    if isinstance(block, Paragraph):
        return [block.text]
    if isinstance(block, Table):
        return [_row_line(block.columns, row, language) for row in block.rows]
    return [line for item in block.items for line in _item_lines(item, language)]


def _row_line(columns: tuple[str, ...], row: tuple[str, ...], language: Language) -> str:
    cells = [f"{name} {cell}" for name, cell in zip(columns[1:], row[1:], strict=True) if cell]
    return f"- {row[0]}{_colon(language)}{('，' if language == 'zh' else ', ').join(cells)}"


def _item_lines(item: Item, language: Language) -> list[str]:
    opening, closing = ("〔", "〕") if language == "zh" else ("[", "]")
    marks = "".join(f"{opening}{mark}{closing}" for mark in (*item.tags, *item.alerts))
    head = " ".join(part for part in (item.when, item.title, marks) if part)
    return [f"- {head}", *(f"    {line}" for line in (*item.lines, *item.commands))]


def _colon(language: Language) -> str:
    return "：" if language == "zh" else ": "
