"""Every command and option of CONTRACT.md (Commands) that exists: it parses, and does what it says."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from demo.servers import EmbeddedImap, EmbeddedSmtp
from flow.commands import line
from tests.service_runs import ROOT
from tests.small_office import SmallOffice, at, file_named, letter, material, summary


def words(text: str) -> set[str]:
    return set(text.split())


NOTICE = ROOT / "tests" / "notices" / "2025-safety-month-notice.txt"
MESSAGE = words(
    "id raw_sha256 source message_id received_at received_source deliveries sender sender_name subject status reason "
    "explanation body_text attachments cloud_links submissions"
)
ATTACHMENT = words("filename media_type bytes sha256 status reason pages text members")
LINK = {"name", "url", "bytes", "expires_at"}
SUBMISSION = words(
    "id status campaign unit confidence decided_by requirement kind activities on_time figures parts supersedes "
    "doubtful evidence"
)
FIGURE_TOTAL = words("measure label unit total stated_by asked provisional doubtful")
BOARD = words("as_of campaign requirement expected received waiting exempt missing late")
MISSING = words("unit name category last_heard promised activities_without_evidence")
CLOUD = (
    "演练视频见附件。\n\n从QQ邮箱发来的超大附件\n\n演练视频.mp4 (128.03M, 2025年07月20日 21:59 到期)"
    "进入下载页面：https://mail.qq.com/cgi-bin/ftnExs_download?k=abc&t=exs_ftn_download&code=def\n"
)
DAY = "2025-06-25"


@pytest.fixture(scope="module")
def smtp() -> Iterator[EmbeddedSmtp]:
    """A real SMTP receiver."""
    with EmbeddedSmtp() as server:
        yield server


@pytest.fixture(scope="module")
def mailbox() -> Iterator[EmbeddedImap]:
    """Six messages: two summaries, material, a summary without its file, an advertisement, one from a stranger."""
    with EmbeddedImap() as server:
        server.deliver(summary("A1"), at(20, 9))
        server.deliver(file_named(summary("B1"), "清单.txt", "应急演练清单".encode(), "text/plain"), at(20, 10))
        server.deliver(material("A2"), at(12, 15))
        server.deliver(letter("c1@example.com", "冬春火灾防控活动总结", "见附件"), at(21, 9))
        server.deliver(letter("ad@example.com", "=优惠促销 发票代开", "全场五折，立即抢购"), at(21, 10))
        server.deliver(letter("who@example.com", "火灾防控活动图片", CLOUD), at(21, 11))
        yield server


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory, mailbox: EmbeddedImap, smtp: EmbeddedSmtp) -> SmallOffice:
    """The office after one poll, for tests that only look."""
    office = SmallOffice(tmp_path_factory.mktemp("office")).furnish(mailbox, smtp.port)
    office.run("poll")
    return office


@pytest.fixture
def office(tmp_path: Path, mailbox: EmbeddedImap, smtp: EmbeddedSmtp) -> SmallOffice:
    """The same, for tests that decide."""
    office = SmallOffice(tmp_path).furnish(mailbox, smtp.port)
    office.run("poll")
    return office


def subjects(office: SmallOffice, *filters: str) -> list[str]:
    return [row["subject"] for row in office.run("submissions", "--format", "jsonl", *filters).rows]


def row_of(office: SmallOffice, subject: str) -> dict[str, Any]:
    return next(row for row in office.export() if row["subject"] == subject)


def units_missing(office: SmallOffice, as_of: str = DAY) -> list[str]:
    return [item["unit"] for item in office.missing(as_of)["missing"]]


WAITING = "冬春火灾防控活动总结"
ADVERT = "=优惠促销 发票代开"


# -- what there is -----------------------------------------------------------------------------------------------------


def test_commands_are_those_of_the_contract() -> None:
    """What later issues bring is absent from --help until then."""
    help_text = line.build_parser().format_help()
    found = re.findall(r"^    ([a-z]+) ", help_text, re.MULTILINE)
    assert set(found) == words(
        "demo check notice run poll digest remind missing figures submissions search review record exempt extend "
        "promise close undo rebuild decisions learnt import setup health "
        "backup restore verify"
    )


@pytest.mark.parametrize(
    "command",
    [
        ["review", "assign", "x"], ["review", "reject", "x"], ["review", "return", "x"], ["review", "withdraw", "x"],
        ["record", "--unit", "A1", "--at", DAY, "--channel", "phone"], ["exempt", "--unit", "A1"],
        ["extend", "--unit", "A1", "--until", DAY], ["promise", "--unit", "A1", "--date", DAY], ["close"],
        ["undo", "d-0001"],
    ],
    ids=lambda command: " ".join(command[:2]),
)  # fmt: skip
def test_every_command_that_decides_takes_by_note_and_campaign(command: list[str]) -> None:
    """CONTRACT, Commands."""
    args = line.build_parser().parse_args([*command, "--by", "李四", "--note", "电话", "--campaign", "c"])
    assert (args.by, args.note, args.campaign) == ("李四", "电话", "c")


@pytest.mark.parametrize("command", ["missing", "submissions", "search", "digest", "remind", "review"])
def test_every_listing_takes_a_campaign(looked: SmallOffice, command: str) -> None:
    """An unknown one is said, with those there are."""
    query = {"search": ["演练"], "review": ["list"]}.get(command, [])
    looked.run(command, *query, "--campaign", "2025-fanghuo")
    done = looked.attempt(command, *query, "--campaign", "nothing")
    assert done.status == 2
    assert "nothing" in done.err and "2025-fanghuo" in done.err


def test_configuration_is_found_by_the_environment(looked: SmallOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """--config, else $BAOSONG_CONFIG, else ./config.toml."""
    monkeypatch.setenv("BAOSONG_CONFIG", str(looked.config))
    assert line.main(["missing", "--as-of", DAY]) == 0
    monkeypatch.setenv("BAOSONG_CONFIG", str(looked.folder / "none.toml"))
    assert line.main(["missing", "--as-of", DAY]) == 2
    monkeypatch.delenv("BAOSONG_CONFIG")
    monkeypatch.chdir(looked.folder)
    assert line.main(["missing", "--as-of", DAY]) == 0


# -- listings ----------------------------------------------------------------------------------------------------------


def test_export_has_the_keys_of_the_contract(looked: SmallOffice) -> None:
    """One object a message, ordered by time of receipt, each form whole."""
    rows = looked.export()
    assert [row["received_at"] for row in rows] == sorted(row["received_at"] for row in rows)
    assert all(row.keys() >= MESSAGE for row in rows)
    attachments = [item for row in rows for item in row["attachments"]]
    assert attachments and all(item.keys() >= ATTACHMENT for item in attachments)
    links = [item for row in rows for item in row["cloud_links"]]
    assert links and all(item.keys() >= LINK for item in links)
    submissions = [item for row in rows for item in row["submissions"]]
    assert all(item.keys() >= SUBMISSION for item in submissions)
    assert all(item.keys() == {"for", "where", "text"} for one in submissions for item in one["evidence"])
    first = rows[0]
    assert (first["received_at"], first["source"], first["deliveries"]) == ("2025-06-12T15:00:00+08:00", "message", 1)
    assert first["raw_sha256"] == first["id"] and first["submissions"][0]["id"] == f"{first['id']}/1"
    assert isinstance(first["submissions"][0]["figures"]["participants"], int)


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (["--unit", "A1"], 1), (["--unit", "区人民医院"], 1), (["--kind", "material"], 1), (["--activity", "2"], 2),
        (["--status", "review"], 2), (["--status", "not_a_report"], 1), (["--status", "filed", "--kind", "summary"], 2),
        (["--since", "2025-06-21"], 3), (["--until", "2025-06-12"], 1), (["--since", "2025-06-20T10:00:00+08:00"], 4),
        (["--until", "2025-06-20T09:00"], 2), (["--since", "2025-06-20", "--until", "2025-06-20"], 2),
        (["--campaign", "2025-fanghuo"], 4), (["--unit", "A1", "--kind", "material"], 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)  # fmt: skip
def test_submissions_are_filtered(looked: SmallOffice, filters: list[str], count: int) -> None:
    """All that is asked must hold at once; a day as --until is included whole."""
    found = subjects(looked, *filters)
    if filters == ["--kind", "material"] or filters[:1] == ["--campaign"]:
        assert len(found) >= count
    else:
        assert len(found) == count


def test_csv_opens_in_a_spreadsheet_and_runs_nothing(looked: SmallOffice) -> None:
    """UTF-8 with a mark; what a sender wrote begins no formula."""
    octets = looked.run("submissions", "--format", "csv").octets
    assert octets.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(octets.decode("utf-8-sig"))))
    assert len({len(row) for row in rows}) == 1
    assert f"'{ADVERT}" in [row[-1] for row in rows]
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_xlsx_opens(looked: SmallOffice) -> None:
    """A workbook whose cells are text."""
    book = load_workbook(io.BytesIO(looked.run("submissions", "--format", "xlsx").octets))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]
    assert ADVERT in str(rows) and WAITING in str(rows)
    assert all(cell.data_type in ("s", "n") for row in book.worksheets[0].iter_rows() for cell in row)


def test_submissions_as_a_table(looked: SmallOffice) -> None:
    """Columns for people; nothing found is said."""
    text = looked.run("submissions").out
    assert WAITING in text and "青山区人民医院" in text and "待复核" in text
    assert "没有" in looked.run("submissions", "--unit", "A1", "--kind", "material").out


def test_missing_as_json(looked: SmallOffice) -> None:
    """CONTRACT, missing."""
    board = looked.missing(DAY)
    assert board.keys() >= BOARD
    assert (board["as_of"], board["campaign"], board["requirement"]) == (f"{DAY}T23:59:59+08:00", "2025-fanghuo", "r1")
    assert (board["expected"], board["received"]) == (4, 2)
    assert board["waiting"] == [{"unit": "C1"}]
    (item,) = board["missing"]
    assert item.keys() >= MISSING
    assert (item["unit"], item["last_heard"]) == ("A2", "2025-06-12T15:00:00+08:00")
    assert item["activities_without_evidence"] == ["2"]


def test_missing_counts_receipts_up_to_the_moment(looked: SmallOffice) -> None:
    """The second of receipt is included."""
    assert looked.missing("2025-06-20T09:00:00+08:00")["received"] == 1
    assert looked.missing("2025-06-20T08:59:59+08:00")["received"] == 0


def test_missing_as_table_and_csv(looked: SmallOffice) -> None:
    """Names for people; a file for a spreadsheet."""
    assert "青山区中医院" in looked.run("missing", "--as-of", DAY).out
    octets = looked.run("missing", "--as-of", DAY, "--format", "csv").octets
    assert octets.startswith(b"\xef\xbb\xbf") and "A2,青山区中医院,医院,未报" in octets.decode("utf-8-sig")


def test_missing_of_a_requirement(looked: SmallOffice) -> None:
    """Named ones are shown even when they are voluntary; unknown ones are said."""
    assert looked.missing(DAY, "--requirement", "r2")["requirement"] == "r2"
    done = looked.attempt("missing", "--requirement", "r9")
    assert done.status == 2 and "r9" in done.err and "r1、r2" in done.err


def test_figures_with_their_coverage(looked: SmallOffice) -> None:
    """Totals, how many units of those that take part stated them, and each unit's own with where it is from."""
    found = json.loads(looked.run("figures", "--format", "json").out)
    assert found.keys() == {"as_of", "campaign", "totals", "units"}
    totals = {total["measure"]: total for total in found["totals"]}
    assert totals["drills"].keys() == FIGURE_TOTAL
    units = {unit["unit"]: unit["figures"] for unit in found["units"]}
    assert totals["drills"]["asked"] == 4
    stating = [figures["drills"] for figures in units.values() if "drills" in figures]
    assert totals["drills"]["stated_by"] == len(stating)
    assert totals["drills"]["total"] == sum(one["value"] for one in stating)
    assert {submission["id"] for row in looked.export() for submission in row["submissions"]} >= {
        one["submission"] for one in stating
    }


def test_figures_for_people_and_spreadsheets(looked: SmallOffice) -> None:
    """A table of totals, of one unit's values, and a row a value in CSV; an unknown unit is said."""
    assert "演练" in looked.run("figures").out and "/4" in looked.run("figures").out
    assert "青山区人民医院" in looked.run("figures", "--unit", "A1").out
    octets = looked.run("figures", "--format", "csv").octets
    assert octets.startswith(b"\xef\xbb\xbf") and "drills" in octets.decode("utf-8-sig")
    assert looked.attempt("figures", "--unit", "没有这家").status == 2
    before = looked.run("figures", "--as-of", "2025-05-30", "--format", "json")
    assert json.loads(before.out)["totals"] == []


def test_search_finds_filters_and_limits(looked: SmallOffice) -> None:
    """Newest first; in bodies and files; with the filters of submissions."""
    hits = looked.run("search", "演练", "--format", "jsonl").rows
    assert all({"raw_sha256", "unit", "received_at", "subject", "where", "snippet"} <= hit.keys() for hit in hits)
    assert [hit["received_at"] for hit in hits] == sorted((hit["received_at"] for hit in hits), reverse=True)
    assert {"body", "清单.txt"} <= {hit["where"] for hit in hits}
    assert all("«演练»" in hit["snippet"] for hit in hits)
    assert {hit["unit"] for hit in looked.run("search", "演练", "--unit", "A2", "--format", "jsonl").rows} == {"A2"}
    assert len(looked.run("search", "演练", "--limit", "1", "--format", "jsonl").rows) == 1
    assert "«演练»" in looked.run("search", "演练").out
    assert "没有" in looked.run("search", "无此词语").out


def test_search_does_not_find_what_is_no_report(looked: SmallOffice) -> None:
    """Mail that is no report is not indexed (DESIGN, principle 7)."""
    assert looked.run("search", "立即抢购", "--format", "jsonl").rows == []


@pytest.mark.parametrize("query", ["", "  ", '"', "AND", "*", "(", "演练 OR", "a-b", "%", "«", "x" * 5000])
def test_any_query_is_only_words(looked: SmallOffice, query: str) -> None:
    """No character of a query means anything to the index."""
    done = looked.attempt("search", query)
    assert done.status in (0, 2)
    assert len(done.err.splitlines()) <= 1


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_limit_must_be_a_positive_number(looked: SmallOffice, limit: str) -> None:
    """Anything else is wrong usage."""
    done = looked.attempt("search", "演练", "--limit", limit)
    assert done.status == 2 and len(done.err.splitlines()) == 1


# -- review ------------------------------------------------------------------------------------------------------------


def test_review_lists_what_waits_and_shows_one(looked: SmallOffice) -> None:
    """Ids to copy, suggestions, reasons in plain words."""
    text = looked.run("review").out
    assert text == looked.run("review", "list").out
    id_ = row_of(looked, WAITING)["id"]
    assert f"{id_[:12]}/1" in text and "向阳托育园" in text and ADVERT not in text
    shown = looked.run("review", "show", id_[:8]).out
    assert "见附件" in shown and "没有附件" in shown
    assert (
        "清单.txt" in looked.run("review", "show", row_of(looked, "绿水镇卫生院2025年冬春火灾防控活动总结")["id"]).out
    )


def test_people_read_no_program_words(looked: SmallOffice) -> None:
    """What is printed for people is Chinese, save codes and addresses."""
    text = looked.run("review", "list").out + looked.run("review", "show", row_of(looked, WAITING)["id"][:9]).out
    text += looked.run("submissions").out + looked.run("search", "演练").out
    text = re.sub(r"review (?:assign|reject|return|show)", "", text)
    assert re.findall(r"\b(?:summary|material|kind|subject|body|drills|filed|review)\b", text) == []


def test_assign_files_what_waits(office: SmallOffice) -> None:
    """With everything that can be said of it."""
    id_ = row_of(office, WAITING)["id"]
    office.run(
        "review", "assign", id_[:8], "--campaign", "2025-fanghuo", "--unit", "向阳托育园", "--kind", "summary",
        "--requirement", "r1", "--activity", "1", "2", "--figure", "drills=2", "--figure", "participants=1.5",
        "--by", "李四", "--note", "电话核实",
    )  # fmt: skip
    row = row_of(office, WAITING)
    (item,) = row["submissions"]
    assert (row["status"], row["reason"], item["status"]) == ("filed", None, "filed")
    assert (item["unit"], item["kind"], item["requirement"]) == ("C1", "summary", "r1")
    assert (item["activities"], item["figures"]) == (["1", "2"], {"drills": 2, "participants": 1.5})
    assert (item["decided_by"], item["confidence"], item["doubtful"]) == ("李四", 1.0, [])
    assert units_missing(office) == ["A2"]
    assert row_of(office, WAITING) in office.export() and subjects(office, "--status", "review") != []


def test_a_figure_by_hand_says_who_and_why(office: SmallOffice) -> None:
    """By its name or by what the campaign calls it; the note is its evidence."""
    subject = "青山区人民医院2025年冬春火灾防控活动总结"
    id_ = row_of(office, subject)["id"]
    office.run("review", "assign", id_[:8], "--figure", "演练＝１，２００", "--by", "李四", "--note", "电话核实")
    (item,) = row_of(office, subject)["submissions"]
    assert item["figures"]["drills"] == 1200
    said = [one["text"] for one in item["evidence"] if one["for"] == "figure:drills"]
    assert said == ["李四：电话核实"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("drill=2", "drills"),
        ("drills=两", "drills=两"),
        ("drills=-1", "-1"),
        ("drills", "drills"),
        ("drills=nan", "nan"),
    ],
)
def test_a_figure_that_is_none_is_refused(looked: SmallOffice, given: str, said: str) -> None:
    """One line that says what is wrong and which names there are; nothing is decided."""
    id_ = row_of(looked, "青山区人民医院2025年冬春火灾防控活动总结")["id"]
    done = looked.attempt("review", "assign", id_[:8], "--figure", given)
    assert done.status == 2 and said in done.err and done.err.count("\n") == 1


def test_figure_is_taken_away(office: SmallOffice) -> None:
    """--figure name= removes what was found; the rest stays."""
    id_ = row_of(office, "青山区人民医院2025年冬春火灾防控活动总结")["id"]
    office.run("review", "assign", id_[:8], "--figure", "drills=")
    figures = row_of(office, "青山区人民医院2025年冬春火灾防控活动总结")["submissions"][0]["figures"]
    assert figures == {"hazards_found": 5, "hazards_fixed": 5}


def test_second_submission_of_a_message(office: SmallOffice) -> None:
    """/2 names it: a message that turns out to carry two units' reports; a third would leave a gap."""
    id_ = row_of(office, "青山区人民医院2025年冬春火灾防控活动总结")["id"]
    office.run("review", "assign", f"{id_[:10]}/2", "--unit", "A2", "--kind", "summary")
    row = row_of(office, "青山区人民医院2025年冬春火灾防控活动总结")
    assert [(item["id"], item["unit"]) for item in row["submissions"]] == [(f"{id_}/1", "A1"), (f"{id_}/2", "A2")]
    office.run("review", "withdraw", f"{id_[:10]}/2")
    row = row_of(office, "青山区人民医院2025年冬春火灾防控活动总结")
    assert [item["status"] for item in row["submissions"]] == ["filed", "withdrawn"]
    assert office.attempt("review", "assign", f"{id_[:10]}/4", "--unit", "B1").status == 2


@pytest.mark.parametrize(
    ("action", "status"), [("return", "returned"), ("withdraw", "withdrawn")], ids=["return", "withdraw"]
)
def test_returned_and_withdrawn_reports_count_no_more(office: SmallOffice, action: str, status: str) -> None:
    """The message stays filed, its unit is missing again."""
    id_ = row_of(office, "青山区人民医院2025年冬春火灾防控活动总结")["id"]
    office.run("review", action, id_[:8], "--note", "缺少盖章")
    row = row_of(office, "青山区人民医院2025年冬春火灾防控活动总结")
    assert (row["status"], row["submissions"][0]["status"]) == ("filed", status)
    assert units_missing(office) == ["A1", "A2"]
    assert subjects(office, "--status", status) == [row["subject"]]


def test_return_asks_for_a_note(looked: SmallOffice) -> None:
    """A unit must be told why."""
    done = looked.attempt("review", "return", looked.export()[0]["id"][:8])
    assert done.status == 2 and "--note" in done.err


def test_rejected_message_is_no_report(office: SmallOffice) -> None:
    """status not_a_report, reason rejected; it leaves the index and the filed tree."""
    id_ = row_of(office, "青山区人民医院2025年冬春火灾防控活动总结")["id"]
    assert list(office.root.glob("filed/*/*/青山区人民医院/**/*.eml"))
    office.run("review", "reject", id_[:8])
    row = row_of(office, "青山区人民医院2025年冬春火灾防控活动总结")
    assert (row["status"], row["reason"], row["submissions"]) == ("not_a_report", "rejected", [])
    assert id_ not in {hit["raw_sha256"] for hit in office.run("search", "演练", "--format", "jsonl").rows}
    assert not list(office.root.glob("filed/*/*/青山区人民医院/**/*.eml"))


def test_what_was_no_report_can_be_filed(office: SmallOffice) -> None:
    """People decide on any message in any status."""
    id_ = row_of(office, ADVERT)["id"]
    assert office.attempt("review", "assign", id_[:8]).status == 2
    office.run("review", "assign", id_[:8], "--unit", "A2", "--kind", "summary")
    assert (row_of(office, ADVERT)["status"], units_missing(office)) == ("filed", [])


# -- the rest of people's decisions ------------------------------------------------------------------------------------


def test_report_by_telephone_with_a_file_counts(office: SmallOffice) -> None:
    """The file is kept by its hash, the entry is exported, a rebuild brings both back."""
    (office.folder / "传真.txt").write_text("总结传真件", "utf-8")
    office.run(
        "record", "--unit", "A2", "--requirement", "r1", "--at", "2025-06-22T10:00:00+08:00", "--channel", "paper",
        "--file", str(office.folder / "传真.txt"), "--by", "李四", "--note", "纸质送达",
    )  # fmt: skip
    row = next(row for row in office.export() if row["source"] == "manual")
    assert (
        row["id"].startswith("m-") and row["raw_sha256"] is None and row["received_at"] == "2025-06-22T10:00:00+08:00"
    )
    (item,) = row["submissions"]
    assert (item["unit"], item["kind"], item["decided_by"], item["on_time"]) == ("A2", "summary", "李四", True)
    assert units_missing(office) == []
    assert list(office.root.glob("filed/*/医院/青山区中医院/总结/0622_传真.txt"))
    before = office.export()
    office.run("rebuild")
    assert office.export() == before


def test_same_report_recorded_twice_is_two_entries_and_one_unit(office: SmallOffice) -> None:
    """Each entry has an id of its own; the unit counts once."""
    for _ in range(2):
        office.run("record", "--unit", "A2", "--at", "2025-06-22", "--channel", "phone")
    assert len([row for row in office.export() if row["source"] == "manual"]) == 2
    assert office.missing(DAY)["received"] == 3


def test_material_recorded_by_hand_is_no_summary(office: SmallOffice) -> None:
    """--requirement decides the kind."""
    office.run("record", "--unit", "A2", "--requirement", "r2", "--at", "2025-06-22", "--channel", "chat")
    assert units_missing(office) == ["A2"]


def test_exemption_extension_and_promise_show_in_missing(office: SmallOffice) -> None:
    """For one requirement or the whole campaign."""
    office.run("exempt", "--unit", "A2", "--requirement", "r1")
    assert (office.missing(DAY)["exempt"], office.missing(DAY)["expected"]) == ([{"unit": "A2"}], 3)
    office.run("promise", "--unit", "C1", "--date", "2025-07-03")
    office.run("extend", "--unit", "A1", "--until", "2025-07-10", "--requirement", "r1")
    office.run("review", "reject", row_of(office, WAITING)["id"][:8])
    (item,) = office.missing(DAY)["missing"]
    assert (item["unit"], item["promised"]) == ("C1", "2025-07-03")
    assert "7月3日" in office.run("remind", "--as-of", DAY, "--format", "calls").out


def test_extended_unit_is_not_late_within_its_extension(office: SmallOffice) -> None:
    """On time until the extension's last second, late after it."""
    office.run("extend", "--unit", "A2", "--until", "2025-07-02")
    office.run("record", "--unit", "A2", "--at", "2025-07-02T23:59:59+08:00", "--channel", "phone")
    assert office.missing("2025-07-05")["late"] == []
    office.run("record", "--unit", "C1", "--at", "2025-07-02T23:59:59+08:00", "--channel", "phone")
    assert office.missing("2025-07-05")["late"] == [{"unit": "C1", "received_at": "2025-07-02T23:59:59+08:00"}]


def decision_of(office: SmallOffice, *arguments: str) -> str:
    found = re.search(r"d-\d+", office.run(*arguments).out)
    assert found is not None
    return found[0]


def test_undo_takes_back_and_undoing_the_undo_restores(office: SmallOffice) -> None:
    """Each decision once; what is undone already cannot be undone again."""
    first = decision_of(office, "exempt", "--unit", "A2")
    second = decision_of(office, "undo", first, "--note", "点错了")
    assert office.missing(DAY)["exempt"] == []
    assert office.attempt("undo", first).status == 2
    office.run("undo", second)
    assert office.missing(DAY)["exempt"] == [{"unit": "A2"}]
    assert office.attempt("undo", "d-9999").status == 2


def test_undone_review_gives_back_what_was_found(office: SmallOffice) -> None:
    """The export is as before; so it is after a rebuild."""
    before = office.export()
    id_ = row_of(office, "青山区人民医院2025年冬春火灾防控活动总结")["id"]
    for arguments in (["reject", id_[:8]], ["withdraw", id_[:8]], ["assign", id_[:8], "--unit", "B1"]):
        office.run("undo", decision_of(office, "review", *arguments))
        assert office.export() == before
    entry = decision_of(office, "record", "--unit", "A2", "--at", DAY, "--channel", "phone")
    office.run("undo", entry)
    assert office.export() == before
    office.run("rebuild")
    assert office.export() == before


def test_closed_campaign_leaves_the_listings(office: SmallOffice) -> None:
    """Only a person ends a campaign; named, it can still be seen."""
    assert office.missing("2026-06-30")["expected"] == 4
    decision = decision_of(office, "close", "--note", "活动结束")
    assert office.attempt("exempt", "--unit", "A2").status == 2
    assert office.missing(DAY, "--campaign", "2025-fanghuo")["expected"] == 4
    office.run("undo", decision)
    office.run("exempt", "--unit", "A2")


def test_decisions_name_who_decided(office: SmallOffice) -> None:
    """The login name, unless --by says otherwise; with note and what stood there."""
    office.run("review", "withdraw", row_of(office, WAITING)["id"][:8], "--note", "撤回")
    lines = (office.root / "journal" / "decisions.jsonl").read_text("utf-8").splitlines()
    entry = json.loads(lines[-1])["entry"]
    assert entry["by"] and (entry["note"], entry["channel"]) == ("撤回", "command")
    assert json.loads(entry["before"])["unit"] == "C1"


# -- mails, notice, rebuild --------------------------------------------------------------------------------------------


def test_digest_is_printed_written_and_sent_once(office: SmallOffice, smtp: EmbeddedSmtp) -> None:
    """--out writes digest.eml, .html, .txt and status.xlsx; --send leaves once, whoever asks."""
    printed = office.run("digest", "--date", "2025-06-20").out
    assert "青山区人民医院" in printed and "收报日报" in printed
    office.run("digest", "--date", "2025-06-20", "--out", str(office.folder / "out"))
    folder = office.folder / "out"
    assert {path.name for path in folder.iterdir()} == {"digest.eml", "digest.html", "digest.txt", "status.xlsx"}
    assert (folder / "digest.txt").read_text("utf-8").replace("\r\n", "\n").strip() == printed.strip()
    mail = message_from_bytes((folder / "digest.eml").read_bytes(), policy=default)
    assert mail["To"] == "coordinator@example.com" and mail["Auto-Submitted"] == "auto-generated"
    assert load_workbook(folder / "status.xlsx").sheetnames
    smtp.received.clear()
    assert "1" in office.run("digest", "--date", "2025-06-20", "--send").out
    assert "没有要发的" in office.run("digest", "--date", "2025-06-20", "--send").out
    assert len(smtp.received) == 1


def test_digest_of_a_day_that_is_not_over_is_not_sent(office: SmallOffice) -> None:
    """It would count as that day's and leave out what still comes, and end all digests before it."""
    refused = office.attempt("digest", "--date", "2999-01-01", "--send")
    assert (refused.status, refused.err.count("\n")) == (2, 1)
    assert "--out" in refused.err


def test_reminder_list_for_the_chat_for_calls_and_as_a_mail(office: SmallOffice, smtp: EmbeddedSmtp) -> None:
    """--format text is one paragraph, calls a table; --out and --send as for the digest."""
    text = office.run("remind", "--as-of", DAY, "--format", "text").out
    assert len(text.strip().splitlines()) == 1 and "区中医院" in text and "向阳托育园" not in text
    calls = office.run("remind", "--as-of", DAY, "--format", "calls").out
    assert "青山区中医院" in calls and "22222222" in calls
    office.run("remind", "--as-of", DAY, "--out", str(office.folder / "out"))
    names = {path.name for path in (office.folder / "out").iterdir()}
    assert {"reminder.eml", "reminder.html", "reminder.txt"} <= names
    smtp.received.clear()
    office.run("remind", "--as-of", DAY, "--send")
    office.run("remind", "--as-of", DAY, "--send")
    assert len(smtp.received) == 1


def test_send_and_out_exclude_each_other(looked: SmallOffice) -> None:
    """Wrong usage, nothing done."""
    assert looked.attempt("digest", "--send", "--out", "x").status == 2


def test_notice_is_printed_as_toml_or_json(looked: SmallOffice) -> None:
    """The keys of CONTRACT, campaign.toml."""
    found = json.loads(looked.run("notice", str(NOTICE), "--format", "json").out)
    assert words(
        "id title issuer document_number issued_on addressees period requirements mailboxes contacts activities "
        "measures unsure"
    ) <= set(found)
    assert all({"id", "what", "kind", "due", "rule", "required"} <= set(item) for item in found["requirements"])
    keys = {"id", "printed", "title", "text", "required", "period", "cues"}
    assert all(keys <= set(item) for item in found["activities"])
    assert tomllib.loads(looked.run("notice", str(NOTICE)).out)["id"] == found["id"]


def test_second_reading_of_a_notice_keeps_a_persons_corrections(looked: SmallOffice, tmp_path: Path) -> None:
    """--out over a corrected file: the correction stays."""
    out = tmp_path / "campaign.toml"
    looked.run("notice", str(NOTICE), "--out", str(out))
    title = tomllib.loads(out.read_text("utf-8"))["title"]
    corrected = out.read_text("utf-8").replace(f'title = "{title}"', 'title = "改过的标题"', 1)
    out.write_text(corrected, "utf-8")
    looked.run("notice", str(NOTICE), "--out", str(out))
    assert tomllib.loads(out.read_text("utf-8"))["title"] == "改过的标题"


@pytest.mark.parametrize("relative", [False, True], ids=["absolute", "relative"])
def test_rebuild_into_another_folder(office: SmallOffice, monkeypatch: pytest.MonkeyPatch, relative: bool) -> None:
    """Derived data again beside what is there, which stays as it was."""
    monkeypatch.chdir(office.folder)
    before = (office.root / "baosong.db").read_bytes()
    office.run("rebuild", "--into", "other" if relative else str(office.folder / "other"))
    assert (office.folder / "other" / "baosong.db").exists()
    assert len(list((office.folder / "other" / "filed").rglob("原邮件*.eml"))) == len(
        list((office.root / "filed").rglob("原邮件*.eml"))
    )
    assert (office.root / "baosong.db").read_bytes() == before
    assert not (office.folder / "other" / "journal").exists()


def test_check_says_all_that_is_needed(looked: SmallOffice) -> None:
    """A line each, exit 0."""
    lines = looked.run("check").out.splitlines()
    assert all(line.startswith(("✓", "✗")) for line in lines)
    assert [line for line in lines if "2025-fanghuo" in line and "4 家单位" in line]


def test_english_is_available(looked: SmallOffice) -> None:
    """--lang en: no Chinese but the notice's and senders' own words."""
    assert "nothing matches" in looked.run("--lang", "en", "search", "无此词语").out
    assert "expected 4" in looked.run("--lang", "en", "missing", "--as-of", DAY).out
    assert not re.search("[\u4e00-\u9fff]", looked.attempt("--lang", "en", "exempt", "--unit", "Z9").err)
