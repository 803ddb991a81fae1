"""The outline of a notice: sections and items by their numbering, whatever numbering it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from filing.notice.marks import Mark, mark_of
from filing.notice.words import section_role

_SPLITS = re.compile(
    r"(?<=[。；;！])(?=[（(][一二三四五六七八九十]{1,3}[）)])|(?<=[。])(?=[一二三四五六七八九十]{1,2}、)|"
    r"(?<=[。；;])(?=\d{1,2}[．、](?!\d))|(?<=[。；;])(?=\d{1,2}\.(?![\d]))|(?<=[。；;：:])(?=[①-⑳])|(?<=[。；;])(?=[（(]\d{1,2}[）)])"
)
_INLINE = (
    re.compile(r"(?:(?<=^)|(?<=[。；;：:，,]))(?=[一二三四五六七八九十]是)"),
    re.compile(r"(?:(?<=^)|(?<=[。；;：:，,]))(?=[①-⑳])"),
    re.compile(r"(?:(?<=^)|(?<=[。；;：:]))(?=[（(]\d{1,2}[）)])"),
    re.compile(r"(?:(?<=^)|(?<=[。；;：:]))(?=第[一二三四五六七八九十][，,、])"),
    re.compile(r"(?:(?<=^)|(?<=[。；;：:]))(?=\d{1,2}[.．、](?!\d))"),
)
_BARE = re.compile(r"^[【\[]?([^，。；！？：:【】\[\]]{2,24})[】\]]?[：:]?$")
_LABEL = re.compile(r"^[【\[]?([^，。；！？：:【】\[\]（(]{2,10})[】\]]?\s*[：:](?=\S)|^【([^】]{2,12})】(?=\S)")
_NUMBERED_LABEL = re.compile(r"^([^，。；！？：:（(]{2,10}(?:[（(][^（）()]{1,30}[）)])?)[：:](?=\S)")
_CLOSING = re.compile(
    r"^(?:附件|附|抄送|抄报)\d?[：:]|^[（(]?(?:此件|联系人|联系电话|业务联系人|咨询电话)[^，。]{0,8}|^(?:特此通知|以上通知|请遵照执行|妥否)"
)
BARE = "bare"
_RUNNING = {"is", "nth", "circled", "number_brackets", "letter"}


@dataclass(slots=True)
class Node:
    """One numbered or headed part of a notice with what stands below it."""

    mark: Mark | None
    head: str  # its first paragraph without the number
    paragraphs: list[str] = field(default_factory=list)  # further text before its first child
    children: list[Node] = field(default_factory=list)

    @property
    def printed(self) -> str:
        """Its number as printed; "" where it has none."""
        return self.mark.printed if self.mark and self.mark.style not in {BARE, "bullet"} else ""

    @property
    def style(self) -> str:
        """By what it was told apart."""
        return self.mark.style if self.mark else ""

    @property
    def title(self) -> str:
        """Its heading: the first sentence, or what stands before a colon."""
        label = _NUMBERED_LABEL.match(self.head)
        if label:
            return label.group(1)
        return re.split(r"[。；！？](?![^（(]*[）)])", self.head, maxsplit=1)[0].rstrip("：:")

    @property
    def role(self) -> str:
        """What it is about (notice_words.section_role); a whole sentence has no role."""
        return section_role(self.title) if len(self.title) <= 24 else ""

    @property
    def rest(self) -> str:
        """Its first paragraph without the heading."""
        return self.head[len(self.title) :].lstrip("：:。；")

    def own_text(self) -> str:
        """Its paragraphs without the children's."""
        return "\n".join([self.head, *self.paragraphs])

    def whole_text(self) -> str:
        """All its text, children included, numbers kept on these."""
        return "\n".join([self.own_text(), *(child.printed + child.whole_text() for child in self.children)])

    def content(self) -> str:
        """What stands below its heading, children included."""
        lines = [self.rest, *self.paragraphs, *(child.printed + child.whole_text() for child in self.children)]
        return "\n".join(line for line in lines if line)

    def walk(self) -> Iterator[Node]:
        """It and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()


def outline(paragraphs: Sequence[str]) -> Node:
    """A root whose children are the notice's sections; its own paragraphs are the preamble."""
    root = Node(None, "")
    stack = [root]
    pieces = [piece for paragraph in paragraphs for piece in _pieces(paragraph)]
    for piece in pieces:
        mark = None if _CLOSING.match(piece) else _mark(piece, stack)
        if _CLOSING.match(piece):
            del stack[1:]
        if mark is None:
            stack[-1].paragraphs.append(piece)
        else:
            _add_node(stack, Node(mark, piece[mark.end :].strip()))
    return root


def _pieces(paragraph: str) -> list[str]:
    pieces = [piece.strip() for piece in _SPLITS.split(paragraph) if piece.strip()]
    return [part for piece in pieces for part in _listed(piece)]


def _listed(piece: str) -> list[str]:
    """一是…；二是…: items that follow each other in a paragraph which begins with the first."""
    mark = mark_of(piece)
    if mark is None or mark.style not in _RUNNING:
        return [piece]
    parts = [part.strip() for part in re.split(r"(?<=[。；;])", piece) if part.strip()]
    listed: list[str] = []
    for part in parts:
        found = mark_of(part)
        if listed and (found is None or found.style != mark.style):
            listed[-1] += part
        else:
            listed.append(part)
    return listed


def _mark(piece: str, stack: Sequence[Node]) -> Mark | None:
    """The piece's number, if it goes on from what stands open; a 5. out of the blue is none."""
    mark = mark_of(piece)
    if mark is None or not piece[mark.end :].strip():
        return _heading_mark(piece, stack)
    if mark.style == "bullet":
        return _heading_mark(piece, stack[:1], mark.end) or mark
    last = next((node.mark.number for node in reversed(stack) if node.mark and node.style == mark.style), None)
    if last is None:
        last = _last_number(stack, mark.style)
    if mark.number == 1 or (last is not None and last < mark.number <= last + 3):
        return mark
    return mark if _heads_section(piece[mark.end :], stack) or _runs_on_from_before(mark, stack) else None


def _heads_section(words: str, stack: Sequence[Node]) -> bool:
    """Whether a first section is numbered 二、, the one before it being lost or unnumbered."""
    return len(stack) == 1 and len(words) <= 12 and bool(_BARE.match(words)) and bool(section_role(words))


def _runs_on_from_before(mark: Mark, stack: Sequence[Node]) -> bool:
    """Whether the number is the next one after the last list of its style in an earlier section."""
    styled = [node.mark.number for node in stack[0].walk() if node.mark and node.mark.style == mark.style]
    return len(stack) > 1 and not stack[-1].children and styled[-1:] == [mark.number - 1]


def _last_number(stack: Sequence[Node], style: str) -> int | None:
    """The number to which a list came that a deeper or stray paragraph interrupted."""
    numbers = [node.mark.number for node in stack[-1].children if node.mark and node.mark.style == style]
    return max(numbers, default=None)


def _heading_mark(piece: str, stack: Sequence[Node], start: int = 0) -> Mark | None:
    """Unnumbered headings: 活动时间 on its own line, 活动时间：6月1日—6月30日, 【活动内容】, ▲活动内容."""
    if start:
        words = piece[start:]
        is_bare = _BARE.match(words) and len(words) <= 12 and section_role(words)
        return Mark(BARE, 0, "", start) if is_bare else None
    if any(node.mark and node.style not in {BARE, "bullet"} for node in stack[1:2]):
        return None
    whole = _BARE.match(piece)
    if whole and len(whole.group(1)) <= 12 and section_role(whole.group(1)):
        return Mark(BARE, 0, "", whole.start(1))
    label = _LABEL.match(piece)
    name = (label.group(1) or label.group(2)) if label else ""
    if label and section_role(name):
        return Mark(BARE, 0, "", label.start(1) if label.group(1) else label.start(2))
    return None


def _add_node(stack: list[Node], node: Node) -> None:
    """Hang ``node`` below the open node that its numbering belongs to."""
    node.head = node.head.replace("】", "：", 1) if node.style == BARE and "】" in node.head else node.head
    styles = [open_.style for open_ in stack]
    if node.style == BARE:
        del stack[1:]
    elif node.style in styles:
        del stack[styles.index(node.style) :]
    stack[-1].children.append(node)
    stack.append(node)


def runs_on(before: Node, node: Node) -> bool:
    """Whether the list below ``before`` goes on below ``node``: 1. 2. 3. in one section, 4. 5. in the next."""
    if not before.children or not node.children:
        return False
    last, first = before.children[-1].mark, node.children[0].mark
    if not last or not first or "decimal" in {last.style, first.style}:  # 3.3 and 4.4 say themselves where they belong
        return False
    return bool(last.style == first.style and 0 < last.number == first.number - 1)


def split_inline(text: str) -> tuple[Node, ...]:
    """Items that stand in one paragraph: 一是…；二是…, ①…②…; () where there are none in order."""
    for regex in _INLINE:
        pieces = [piece.strip() for piece in regex.split(text) if piece.strip()]
        nodes = [Node(mark, piece[mark.end :].strip()) for piece in pieces if (mark := mark_of(piece))]
        _cut_last(nodes)
        numbers = [node.mark.number for node in nodes if node.mark]
        if len(numbers) >= 2 and numbers == list(range(1, len(numbers) + 1)):
            return tuple(nodes)
    return ()


def _cut_last(nodes: Sequence[Node]) -> None:
    """Where the items before end with ；, the last ends with its sentence; what follows is the paragraph's own."""
    if len(nodes) > 1 and not any("。" in node.head for node in nodes[:-1]):
        nodes[-1].head = re.split(r"(?<=。)", nodes[-1].head, maxsplit=1)[0]


def headed_items(paragraphs: Sequence[str]) -> tuple[Node, ...]:
    """Items under unnumbered (bold) headings: a short line without a full stop, then its text."""
    nodes: list[Node] = []
    for index, paragraph in enumerate(paragraphs):
        following = paragraphs[index + 1] if index + 1 < len(paragraphs) else ""
        if _BARE.match(paragraph) and len(following) > len(paragraph) and re.search(r"[。；！]", following):
            nodes.append(Node(Mark(BARE, len(nodes) + 1, "", 0), _BARE.sub(r"\1", paragraph)))
        elif nodes:
            nodes[-1].paragraphs.append(paragraph)
    return tuple(nodes) if len(nodes) >= 2 else ()
