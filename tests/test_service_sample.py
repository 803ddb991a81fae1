"""The whole service as a process on the sample mailbox, by way of Dovecot, scored (issue: what it must show)."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from demo.servers import EmbeddedSmtp
from storage.tree import tree_digest
from tests.mail_servers import Dovecot, dovecot_server
from tests.sample_corpus import assemble
from tests.service_runs import Workplace, score

__all__ = ["dovecot_server"]
pytestmark = pytest.mark.dovecot
DEADLINE = "2025-06-30T23:59:59+08:00"
AFTERWARDS = "2025-07-05"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample campaign: 40 messages with their truth."""
    return assemble(tmp_path_factory.mktemp("sample") / "corpus")


@pytest.fixture(scope="module")
def mailbox(dovecot_server: Dovecot, corpus: Path) -> Dovecot:
    """A Dovecot account that holds the sample's messages, received when the truth says."""
    server = replace(dovecot_server, user="sample")
    lines = [json.loads(line) for line in (corpus / "truth.jsonl").read_text("utf-8").splitlines()]
    server.deliver_all(
        [
            ((corpus / "messages" / line["file"]).read_bytes(), datetime.fromisoformat(line["received_at"]))
            for line in lines
        ]
    )
    return server


def workplace(folder: Path, server: Dovecot, corpus: Path, smtp_port: int = 9) -> Workplace:
    """A working folder for the sample campaign."""
    place = Workplace(folder, server.password)
    place.configure(server.host, server.port, server.user, [(corpus / "notice.txt", corpus / "units.csv")], smtp_port)
    return place


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory, mailbox: Dovecot, corpus: Path) -> Workplace:
    """The service after one poll of the sample mailbox."""
    place = workplace(tmp_path_factory.mktemp("service"), mailbox, corpus)
    place.run("poll")
    return place


@pytest.fixture(scope="module")
def export(polled: Workplace) -> list[dict[str, Any]]:
    """What ``submissions --format jsonl`` says after that poll."""
    return polled.export()


@pytest.fixture
def smtp() -> Iterator[EmbeddedSmtp]:
    """A real SMTP receiver."""
    with EmbeddedSmtp() as server:
        yield server


def test_sample_mailbox_is_filed_as_its_truth_says(
    polled: Workplace, export: list[dict[str, Any]], corpus: Path, tmp_path: Path
) -> None:
    """Nothing lost, nothing twice, nothing filed wrong; the shares that filing promises."""
    result = score(corpus, export, polled.missing(DEADLINE), tmp_path)
    print(json.dumps(result, ensure_ascii=False, indent=1))
    assert (result["lost"], result["exported_twice"], result["filed_wrong"]) == (0, 0, 0)
    assert (result["attachment_bytes"], result["attachment_names"]) == (1.0, 1.0)
    text = result["text_by_kind"]
    found = {kind: int(text[kind].split("/")[0]) for kind in text}
    assert text["body"].split("/")[0] == text["body"].split("/")[1]
    assert found["docx"] >= 16 and found["pdf"] >= 9
    assert result["pixel_text_found"] >= 0.8
    assert result["status_right"] == 1.0
    assert result["unit_right_at_all"] == result["unit_right_when_filed"] == 1.0
    assert result["filed_without_a_person"] >= 0.9
    assert result["kind_right"] == 1.0
    assert result["activities"]["f1"] >= 0.93 and result["activities_exact"] >= 0.75
    assert result["figures"]["f1"] >= 0.93
    assert result["on_time_right"] == 1.0
    assert (result["supersedes_right"], result["supersedes_false"]) == (1.0, 0)


@pytest.mark.parametrize("as_of", ["2025-06-25T23:59:59+08:00", DEADLINE, AFTERWARDS])
def test_missing_units_are_those_of_the_truth(
    polled: Workplace, export: list[dict[str, Any]], corpus: Path, tmp_path: Path, as_of: str
) -> None:
    """Before the deadline, on it and after it: exactly the units from which no summary had come."""
    result = score(corpus, export, polled.missing(as_of), tmp_path)
    assert result["missing_list"]["f1"] == 1.0


def test_dry_run_finds_nothing_to_change(polled: Workplace) -> None:
    """From stored texts alone every message of the sample is judged as it was when it was read."""
    assert "完全一致" in polled.run("rebuild", "--dry-run")


def test_second_poll_takes_nothing_and_changes_nothing(polled: Workplace, export: list[dict[str, Any]]) -> None:
    """What is archived is not downloaded again, what is filed not filed again."""
    journal = (polled.folder / "var" / "journal" / "arrivals.jsonl").read_bytes()
    assert "新收 0 封" in polled.run("poll")
    assert (polled.folder / "var" / "journal" / "arrivals.jsonl").read_bytes() == journal
    assert polled.export() == export


def test_mailbox_is_left_as_it_was(polled: Workplace, mailbox: Dovecot) -> None:
    """By default every message stays unread and where it is (R6)."""
    with mailbox.client() as client:
        client.select_folder("INBOX", readonly=True)
        assert len(client.search("UNSEEN")) == len(client.search("ALL")) == 40


@pytest.mark.parametrize(("state", "count"), [("archived", 1), ("filed", 5)])
def test_killed_poll_goes_on_to_the_same_export(
    tmp_path: Path, mailbox: Dovecot, corpus: Path, export: list[dict[str, Any]], state: str, count: int
) -> None:
    """kill -9 in the middle of a poll, while it fetches or while it files, then poll: the same export (R4)."""
    place = workplace(tmp_path, mailbox, corpus)
    process = place.start("poll")
    end = time.monotonic() + 120
    while messages_in(place, state) < count and time.monotonic() < end and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert messages_in(place, "archived") > 0, "the kill came too late to hit anything"
    place.run("poll")
    assert place.export() == export


def messages_in(place: Workplace, state: str) -> int:
    """How many messages the database knows in that state while somebody else writes to it."""
    path = place.folder / "var" / "baosong.db"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'message'").fetchone():
            return 0
        return int(database.execute("SELECT count(*) FROM message WHERE status = ?", (state,)).fetchone()[0])


def test_rebuild_after_the_database_was_deleted(
    polled: Workplace, export: list[dict[str, Any]], tmp_path: Path
) -> None:
    """rebuild gives the same export and the same filed tree from raw messages and journals."""
    before = tree_digest(polled.folder / "var" / "filed")
    polled.forget_database()
    polled.run("rebuild")
    assert polled.export() == export
    assert tree_digest(polled.folder / "var" / "filed") == before


@pytest.mark.parametrize("query", ["演练", "隐患排查"])
def test_search_finds_words_inside_sentences(polled: Workplace, query: str) -> None:
    """Two and four characters, in bodies and documents."""
    lines = polled.run("search", query, "--format", "jsonl", "--limit", "200").splitlines()
    hits = [json.loads(line) for line in lines]
    places = {hit["where"].rpartition(".")[2].split(",")[0] for hit in hits}
    assert {"docx", "pdf"} <= places
    assert all(f"«{query}»" in hit["snippet"] for hit in hits)


def test_search_finds_words_in_bodies_and_pictures(polled: Workplace) -> None:
    """演练 stands in bodies and in pixels too, 隐患排查 in a body."""
    drills = polled.run("search", "演练", "--format", "jsonl", "--limit", "200")
    assert {"body", "picture"} <= {json.loads(line)["where"] for line in drills.splitlines()}


def test_decisions_survive_a_rebuild_and_nothing_is_mailed(
    tmp_path: Path, mailbox: Dovecot, corpus: Path, smtp: EmbeddedSmtp
) -> None:
    """People's decisions and on-time marks are the same after the database was deleted; rebuild sends nothing."""
    place = workplace(tmp_path, mailbox, corpus, smtp.port)
    place.run("poll")
    waiting = next(row for row in place.export() if row["status"] == "unreadable")
    rejected = next(row for row in place.export() if row["reason"] == "advertisement")
    place.run("review", "assign", waiting["id"][:12], "--kind", "summary", "--figure", "drills=2", "--by", "李四")
    place.run("review", "assign", rejected["id"][:12], "--unit", "W02", "--kind", "material", "--by", "李四")
    place.run("review", "reject", rejected["id"][:12], "--by", "李四", "--note", "确实是广告")
    place.run("record", "--unit", "W06", "--at", "2025-06-30T10:00:00+08:00", "--channel", "phone", "--by", "李四")
    place.run("exempt", "--unit", "T08", "--by", "李四")
    place.run("extend", "--unit", "W12", "--until", "2025-07-10", "--by", "李四")
    place.run("promise", "--unit", "W13", "--date", "2025-07-03", "--by", "李四")
    before, missing = place.export(), place.missing(AFTERWARDS)
    assert missing["exempt"] == [{"unit": "T08"}]
    assert "W06" not in {item["unit"] for item in missing["missing"]}
    assert next(item for item in missing["missing"] if item["unit"] == "W13")["promised"] == "2025-07-03"
    assert next(row for row in before if row["id"] == waiting["id"])["submissions"][0]["decided_by"] == "李四"
    place.run("digest", "--date", "2025-06-30", "--send")
    assert len(smtp.received) == 1
    place.forget_database()
    place.run("rebuild")
    assert (place.export(), place.missing(AFTERWARDS)) == (before, missing)
    place.run("digest", "--date", "2025-06-30", "--send")
    assert len(smtp.received) == 1
