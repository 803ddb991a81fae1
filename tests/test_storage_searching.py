"""Full text: Chinese words of any length inside sentences, whatever people type, and no scan of the whole archive."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlmodel import Session

from storage.database import Database
from storage.searching import INSERT, QUERY, Hit, forget_texts, grams, index_texts, search
from storage.tables import MessageRow, checked

START = datetime(2025, 6, 1, tzinfo=UTC)
BODY = "6月16日，我单位开展了消防应急演练，参加320人，隐患排查发现13处，均已整改。Safety first，见A4纸附件。"


def add_message(session: Session, id_: str, minute: int = 0) -> None:
    session.add(
        checked(
            MessageRow,
            id=id_,
            source="message",
            received_at=START + timedelta(minutes=minute),
            received_source="internaldate",
            size_bytes=1,
            status="filed",
        )
    )
    session.flush()


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    database = Database(tmp_path / "baosong.db")
    with database.session() as opened:
        yield opened
    database.close()


@pytest.fixture
def indexed(session: Session) -> Callable[..., list[Hit]]:
    """Finds a query in one message with the given text."""
    add_message(session, "a")

    def find(content: str, query: str) -> list[Hit]:
        index_texts(session, "a", [("body", content)])
        return search(session, query, 10)

    return find


def ids(hits: list[Hit]) -> list[str]:
    return [hit.message for hit in hits]


@pytest.mark.parametrize(
    "query",
    [
        "演练", "消防", "整改", "应急演练", "消防应急", "隐患排", "隐患排查", "消防应急演练", "开展了消防应急演练",
        "演", "改", "我", "6月", "16日", "320", "320人", "参加320人", "13处", "发现13处", "32", "safety", "SAFETY",
        "Saf", "first", "A4", "a4纸", "A4纸附件", "隐患 演练", "演练　隐患", "  演练  ", "演练，参加", "“演练”",
        "演练。", "、演练", "演练 、", "月1", "３２０", "ＳＡＦＥＴＹ", "隐患 演练 safety 13",
    ],
)  # fmt: skip
def test_words_of_every_length_are_found_inside_sentences(indexed: Callable[..., list[Hit]], query: str) -> None:
    """One, two, three, four characters and more, digits beside Han, Latin beginnings, full width, punctuation, AND."""
    assert ids(indexed(BODY, query)) == ["a"]


@pytest.mark.parametrize(
    "query",
    ["演习", "练演", "消防隐患", "演练 演习", "隐患 洪水", "afety", "20人", "3处", "急演参", "", " ", "　",
     "、。！", '"', "*", "-"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(indexed: Callable[..., list[Hit]], query: str) -> None:
    """No hit for other words, for words in another order, for one of two words missing, for nothing at all."""
    assert indexed(BODY, query) == []


@pytest.mark.parametrize(
    "query",
    ['"演练', "演练*", "^演练", "演练\0", "演练 + 隐患", "(演练)", "-演练", "演练\\", "%演练_", "演练\udcff", "«演练»",
     "演练;--", "演练 '"],
)  # fmt: skip
def test_signs_in_a_query_mean_nothing(indexed: Callable[..., list[Hit]], query: str) -> None:
    """Operators of the index's own language are neither obeyed nor errors: the word beside them is found."""
    assert ids(indexed(BODY, query)) == ["a"]


@pytest.mark.parametrize(
    "query",
    ["NEAR(演练 隐患, 5)", "演练 OR 洪水", "NOT 演练", "演练 AND 隐患", "grams:演练", "{grams}: 演练",
     "演练'; DROP TABLE message; --"],
)  # fmt: skip
def test_operators_in_a_query_are_words_like_others(indexed: Callable[..., list[Hit]], query: str) -> None:
    """OR, NOT and NEAR are looked for as words: not found where the text lacks them, found where it has them."""
    assert indexed(BODY, query) == []
    assert ids(indexed(f"{BODY} {query}", query)) == ["a"]


@pytest.mark.parametrize(
    "content", ["消 防 演 练", "消防演\n练", "消\u3000防\t演 \r\n 练", "消  防演练", "⽕灾。消防演练"]
)
def test_blanks_and_line_ends_inside_words_do_no_harm(indexed: Callable[..., list[Hit]], content: str) -> None:
    """OCR puts blanks between characters, PDFs end lines in the middle of words: the word is found all the same."""
    (hit,) = indexed(content, "消防演练")
    assert "«消防演练»" in hit.snippet


def test_compatibility_characters_are_found_as_what_they_mean(indexed: Callable[..., list[Hit]]) -> None:
    """Kangxi radicals from PDFs and full-width digits match what people type."""
    assert ids(indexed("⽕灾隐患１３处", "火灾隐患13处")) == ["a"]


def test_rare_characters_are_found(indexed: Callable[..., list[Hit]]) -> None:
    """Characters beyond the basic plane stand in names and places."""
    assert ids(indexed("负责人𠮷田，住𬇕河镇", "𠮷田")) == ["a"]


@pytest.mark.parametrize(
    ("content", "query", "snippet"),
    [
        ("开展消防演练活动", "演练", "开展消防«演练»活动"),
        ("演练和演练", "演练", "«演练»和«演练»"),
        ("消防演练，消防知识", "消防演练 消防", "«消防演练»，«消防»知识"),
        ("参加３２０人", "320", "参加«３２０»人"),
        ("Safety first", "SAFETY", "«Safety» first"),
        ("安全、生产", "安全生产", None),
        ("演练，参加320人", "演练参加320", None),
        ("a<b>演练</b>", "演练", "a<b>«演练»</b>"),
        ("头" * 30 + "演练" + "尾" * 60, "演练", "…" + "头" * 20 + "«演练»" + "尾" * 38 + "…"),
        ("演练" * 60, "演练" * 30, "«" + "演练" * 30 + "»…"),
    ],
)
def test_the_snippet_shows_the_hit(
    indexed: Callable[..., list[Hit]], content: str, query: str, snippet: str | None
) -> None:
    """A stretch around the first hit, as written in the text, every word marked; cut with an ellipsis."""
    assert [hit.snippet for hit in indexed(content, query)] == ([snippet] if snippet else [])


def test_hits_name_their_place_newest_first(session: Session) -> None:
    """Each text that holds the words is one hit; the newest message comes first; limit and offset page through."""
    for minute, id_ in enumerate(["old", "new", "other"]):
        add_message(session, id_, minute)
    index_texts(session, "old", [("body", "演练一"), ("总结.docx, page 2", "演练二")])
    index_texts(session, "new", [("picture", "演练三")])
    index_texts(session, "other", [("body", "培训")])
    found = [(hit.message, hit.where) for hit in search(session, "演练", 10)]
    assert found == [("new", "picture"), ("old", "body"), ("old", "总结.docx, page 2")]
    paged = [hit.where for offset in range(4) for hit in search(session, "演练", 1, offset)]
    assert paged == ["picture", "body", "总结.docx, page 2"]


def is_sound(session: Session) -> bool:
    """FTS5's own check of the index; a damaged one raises."""
    session.execute(text("INSERT INTO search_index (search_index) VALUES ('integrity-check')"))
    return True


def left(session: Session) -> int:
    """Words that the index still holds, over all texts."""
    session.execute(
        text("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab('main', 'search_index', 'row')")
    )
    return int(session.execute(text("SELECT count(*) FROM temp.words")).scalar_one())


def test_indexing_again_replaces(session: Session) -> None:
    """A message that is read anew is found by its new words and no longer by its old ones."""
    add_message(session, "a")
    index_texts(session, "a", [("body", "消防演练"), ("b.txt", "Training A4 安全")])
    index_texts(session, "a", [("body", "隐患排查")])
    assert search(session, "演练", 10) == search(session, "train", 10) == []
    assert ids(search(session, "隐患", 10)) == ["a"]
    assert is_sound(session)


def test_forgetting_leaves_no_word(session: Session) -> None:
    """What must not be held any longer is gone from the index too; other messages stay findable."""
    for id_ in ("a", "b"):
        add_message(session, id_)
        index_texts(session, id_, [("body", f"消防演练 {id_}"), ("leer", " \n")])
    forget_texts(session, "a")
    forget_texts(session, "a")
    assert ids(search(session, "演练", 10)) == ["b"]
    assert is_sound(session)
    forget_texts(session, "b")
    assert left(session) == 0


HAN_TEXT = st.text(st.sampled_from("安全演练隐患 a1，\n　Ａ⽕\u0301ß"), min_size=1, max_size=40)


@given(HAN_TEXT, HAN_TEXT)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_indexed_and_forgotten(session: Session, content: str, other: str) -> None:
    """Whatever a text holds, replacing and forgetting it leaves a sound and empty index."""
    index_texts(session, "a", [("body", content)])
    index_texts(session, "a", [("body", other), ("b", content)])
    assert is_sound(session)
    forget_texts(session, "a")
    assert is_sound(session)
    assert left(session) == 0


@given(st.text(st.sampled_from("安全生产演练隐患排查"), min_size=1, max_size=30), st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_piece_of_a_sentence_is_found(session: Session, content: str, data: st.DataObject) -> None:
    """Any run of characters that stands in a text finds it."""
    begin = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(begin + 1, len(content)))
    session.merge(checked(MessageRow, id="a", source="message", received_at=START, received_source="date",
                          size_bytes=1, status="filed"))  # fmt: skip
    index_texts(session, "a", [("body", f"（{content}）")])
    assert ids(search(session, content[begin:end], 10)) == ["a"]


def fill(session: Session, first: int, last: int) -> None:
    """Sentences of random words, as pages of one message; one in 4,000 speaks of 疏散."""
    random_ = random.Random(first)
    words = [
        "".join(random_.choices("安全生产月活动总结开展宣传培训检查应急预案消防演练隐患整改", k=2)) for _ in range(300)
    ]
    rows = []
    for number in range(first, last):
        content = "".join(random_.choices(words, k=12)) + ("组织消防疏散。" if number % 4000 == 7 else "")
        rows.append({"id": number + 1, "content": content, "grams": grams(content)})
    session.execute(text("INSERT INTO search_text VALUES (:id, 'a', 'page', :content)"), rows)
    session.execute(INSERT, rows)


def steps(session: Session, query: str) -> int:
    """How many instructions SQLite's engine needs for a query, in hundreds: a measure that no clock disturbs."""
    count = 0

    def tick() -> int:
        nonlocal count
        count += 1
        return 0

    connection = cast("sqlite3.Connection", session.connection().connection.dbapi_connection)
    connection.set_progress_handler(tick, 100)
    assert len(search(session, query, 20)) > 0
    connection.set_progress_handler(None, 0)
    return count


def test_a_rare_two_character_word_costs_no_scan(session: Session) -> None:
    """Among 20,000 texts a word that five of them hold costs what five cost, not what 20,000 would."""
    add_message(session, "a")
    fill(session, 0, 2_000)
    small = steps(session, "疏散")
    fill(session, 2_000, 20_000)
    assert len(search(session, "疏散", 20)) == 5
    assert steps(session, "疏散") < small + 20
    assert steps(session, "消防 疏散") < small + 40


def test_the_plan_of_a_search_begins_at_the_index(session: Session) -> None:
    """SQLite asks the index first and takes texts and messages by their keys."""
    plan = session.execute(text(f"EXPLAIN QUERY PLAN {QUERY.text}"), {"query": '"演练"', "limit": 1, "offset": 0})
    details = [row[3] for row in plan]
    assert details[0].startswith("SCAN i VIRTUAL TABLE INDEX")
    assert [detail for detail in details[1:] if detail.startswith("SCAN")] == []
