"""backup, restore and verify: beside a running service, after a crash, against damage."""

from __future__ import annotations

import hashlib
import json
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from demo.servers import EmbeddedImap, EmbeddedSmtp
from storage.archive import journals
from storage.lock import writing
from storage.tree import tree_digest
from tests.killed_service import KilledService
from tests.small_office import SmallOffice, at, file_named, letter, material, summary

DAY = "2025-06-20"


@pytest.fixture(scope="module")
def service() -> Iterator[KilledService]:
    """Runs commands in processes of their own."""
    with KilledService() as service:
        yield service


@dataclass(frozen=True, slots=True)
class Place:
    """An office in which something of everything has happened, and a folder for its backup."""

    office: SmallOffice
    target: Path
    service: KilledService
    mailbox: EmbeddedImap
    smtp: EmbeddedSmtp

    def attempt(self, *command: str) -> tuple[int, str]:
        """Run a command in a process of its own: exit status, what it printed."""
        done = self.service.run(self.office.folder, [command])
        return done.status, done.printed

    def run(self, *command: str) -> str:
        """Run a command that must succeed."""
        status, printed = self.attempt(*command)
        assert status == 0, printed
        return printed

    def backup(self) -> str:
        """Back up."""
        return self.run("backup", str(self.target))

    def export(self) -> str:
        """submissions --format jsonl."""
        return self.run("submissions", "--format", "jsonl")

    def problems(self, *folder: str) -> list[str]:
        """The lines of verify, each without the archive's path; nothing damaged means exit 0, damage 1."""
        status, printed = self.attempt("verify", *folder)
        lines = [line.replace(str(self.office.root), "var") for line in printed.splitlines()]
        damages = [line for line in lines if line.startswith("✗")]
        assert status == bool(damages), printed
        assert lines[-1].startswith("完好" if not damages else f"发现 {len(damages)} 处损坏"), printed
        return lines[:-1]

    def raw(self) -> list[Path]:
        """The raw messages' files."""
        return sorted(self.office.root.glob("raw/*/*/*.eml"))

    def journal(self, name: str) -> Path:
        """A journal's file."""
        return self.office.root / "journal" / f"{name}.jsonl"


@pytest.fixture
def fresh(tmp_path: Path, service: KilledService) -> Iterator[Place]:
    """An office of its own: mail has come, a decision with a file was made, a digest has left."""
    with EmbeddedImap() as mailbox, EmbeddedSmtp() as smtp:
        yield furnished(tmp_path, service, mailbox, smtp)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, service: KilledService) -> Iterator[Place]:
    """The same, for all tests that bring no further mail; they work on copies."""
    with EmbeddedImap() as mailbox, EmbeddedSmtp() as smtp:
        yield furnished(tmp_path_factory.mktemp("shared"), service, mailbox, smtp)


@pytest.fixture
def place(tmp_path: Path, shared: Place) -> Place:
    """A copy of it, with a folder for its backup."""
    shutil.copytree(shared.office.folder, tmp_path / "office")
    return replace(shared, office=SmallOffice(tmp_path / "office"), target=tmp_path / "backup")


def furnished(folder: Path, service: KilledService, mailbox: EmbeddedImap, smtp: EmbeddedSmtp) -> Place:
    (folder / "office").mkdir()
    office = SmallOffice(folder / "office").furnish(mailbox, smtp_port=smtp.port)
    place = Place(office, folder / "backup", service, mailbox, smtp)
    for number, raw in enumerate([file_named(summary("A1"), "总结.txt", b"text", "text/plain"), summary("B1")]):
        mailbox.deliver(raw, at(20, 9, number))
    mailbox.deliver(letter("x@example.com", "请问", "请问报送截止日期是哪天？"), at(19, 8))
    place.run("poll")
    paper = office.folder / "paper.txt"
    paper.write_text("材料", "utf-8")
    place.run("record", "--unit", "A2", "--at", DAY, "--channel", "paper", "--file", str(paper), "--by", "李四")
    place.run("digest", "--date", DAY, "--send")
    assert len(smtp.received) == 1
    return place


def files(folder: Path) -> dict[str, bytes]:
    """Every file below, by its path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# -- backup and restore ------------------------------------------------------------------------------------------------


def test_restored_archive_is_the_same_and_mails_nothing(fresh: Place) -> None:
    """Export and filed tree are those of before; the mail that had left does not leave again."""
    export, tree = fresh.export(), tree_digest(fresh.office.root / "filed")
    assert "3 封邮件" in fresh.backup()
    shutil.rmtree(fresh.office.root)
    printed = fresh.run("restore", str(fresh.target))
    assert "3 封邮件" in printed and "授权码" in printed
    assert fresh.export() == export
    assert tree_digest(fresh.office.root / "filed") == tree
    assert fresh.problems() == []
    fresh.run("digest", "--date", DAY, "--send")
    assert len(fresh.smtp.received) == 1
    fresh.mailbox.deliver(material("A2"), at(21, 9))
    assert "新收 1 封" in fresh.run("poll")  # the others are known, and the journals can be written
    fresh.backup()


def test_backup_holds_what_is_primary_and_no_secret(place: Place) -> None:
    """Raw messages, kept files, journals, configuration; nothing derived, nothing from the secrets."""
    place.backup()
    there = files(place.target)
    tops = {name.split("/")[0] for name in there}
    assert tops == {"raw", "kept", "journal", "config", "manifest.json", "lock"}
    for name in ("raw", "kept", "journal"):
        assert files(place.target / name) == files(place.office.root / name)
    assert set(files(place.target / "config")) == {"config.toml", "campaign.toml", "campaign.csv"}
    secret = (place.office.folder / "secret").read_bytes()
    assert all(secret not in octets for octets in there.values())
    assert all((place.target / name).stat().st_nlink == 1 for name in there), "a hard link shares its damage"


def test_second_backup_copies_only_what_is_new(fresh: Place) -> None:
    """What is there already is not written again."""
    assert "新增 6 个文件" in fresh.backup()  # three messages, two versions, one paper
    before = {path: path.stat().st_mtime_ns for path in fresh.target.rglob("*") if path.suffix == ".eml"}
    assert "新增 0 个文件" in fresh.backup()
    fresh.mailbox.deliver(material("A2"), at(21, 9))
    fresh.run("poll")
    assert "新增 1 个文件" in fresh.backup()
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert fresh.problems(str(fresh.target)) == []


def test_backup_and_verify_work_beside_a_running_service(place: Place) -> None:
    """Neither asks for the archive's lock."""
    with writing(place.office.root):
        place.backup()
        assert place.problems() == []
        assert place.attempt("poll")[0] == 1


def test_backup_killed_at_each_step(place: Place, tmp_path: Path) -> None:
    """At every moment the backup holds whatever its journals name; the next run completes it (R4)."""
    done = place.service.run(place.office.folder, [("backup", str(tmp_path / "unkilled"))])
    assert {"before copy files", "before copy journal", "before note backup"} <= set(done.steps)
    for number, step in enumerate(done.steps):
        target = tmp_path / str(number)
        killed = place.service.run(place.office.folder, [("backup", str(target))], step)
        assert killed.status == -signal.SIGKILL
        _, decisions, _ = journals(target)
        arrivals = list(journals(target)[0].read())
        names = {path.stem for path in target.glob("raw/*/*/*.eml")}
        assert {item.sha256 for item in arrivals} <= names, step
        assert sum(1 for _ in decisions.read()) in (0, 3)
        place.run("backup", str(target))
        assert list(target.rglob(".tmp-*")) == [], step
        assert place.problems(str(target)) == []


def test_restore_killed_at_each_step(place: Place, tmp_path: Path) -> None:
    """Nobody works on half an archive: it is refused until a second restore has completed it (R4)."""
    place.backup()
    office = place.office
    primary = {name: files(office.root / name) for name in ("raw", "kept", "journal")}
    shutil.move(office.root, tmp_path / "before")
    unkilled = place.service.run(office.folder, [("restore", str(place.target))])
    copying = unkilled.steps[: unkilled.steps.index("after copy files") + 1]
    for step in [step for step in copying if step.startswith("before")]:  # what is after one is before the next
        shutil.rmtree(office.root)
        killed = place.service.run(office.folder, [("restore", str(place.target))], step)
        assert killed.status == -signal.SIGKILL
        if (office.root / "restoring").exists():
            done = office.attempt("poll")
            assert done.status == 1 and "restore" in done.err
        place.run("restore", str(place.target))
        assert {name: files(office.root / name) for name in primary} == primary, step
        assert not (office.root / "restoring").exists()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda place: (place.target / "other.txt").write_text("x"), "不是空的"),
        (lambda place: shutil.rmtree(place.office.root), "没有资料库"),
    ],
    ids=["other files", "no archive"],
)
def test_backup_is_refused_in_one_line(place: Place, spoil: Callable[[Place], object], words: str) -> None:
    """Wrong folders are told, and nothing is written there."""
    place.target.mkdir()
    spoil(place)
    before = files(place.target)
    done = place.office.attempt("backup", str(place.target))
    assert (done.status, len(done.err.splitlines())) == (2, 1)
    assert words in done.err and files(place.target) == before


def test_backup_into_the_archive_is_refused(place: Place) -> None:
    """It would back itself up, or be gone with the archive."""
    for target in (place.office.root / "backup", place.office.root, place.office.folder):
        assert place.office.attempt("backup", str(target)).status == 2


def test_backup_of_another_archive_is_not_overwritten(place: Place) -> None:
    """A journal that does not go on from the backup's is another one, or was changed: one line, nothing written."""
    place.backup()
    before = files(place.target)
    lines = place.journal("arrivals").read_bytes().splitlines(keepends=True)
    place.journal("arrivals").write_bytes(b"".join(lines[:-1]))
    done = place.office.attempt("backup", str(place.target))
    assert done.status == 1 and "arrivals.jsonl" in done.err and len(done.err.splitlines()) == 1
    after = files(place.target)
    assert {name: after[name] for name in before if name != "lock"} == {
        name: before[name] for name in before if name != "lock"
    }


def test_backup_of_a_damaged_archive_saves_the_rest_and_says_so(place: Place) -> None:
    """One file that cannot be had stops nothing else; what was saved earlier stays as it was."""
    good, bad = place.raw()[:2]
    bad.chmod(0o644)
    whole = bad.read_bytes()
    bad.write_bytes(b"x")
    done = place.office.attempt("backup", str(place.target))
    assert done.status == 1 and "1 个文件" in done.err and len(done.err.splitlines()) == 1
    copied = place.target / good.relative_to(place.office.root)
    assert copied.read_bytes() == good.read_bytes()
    assert not (place.target / bad.relative_to(place.office.root)).exists()
    bad.write_bytes(whole)
    place.backup()
    bad.write_bytes(b"x")
    place.backup()  # the backup has it
    assert (place.target / bad.relative_to(place.office.root)).read_bytes() == whole


def test_restore_is_refused_in_one_line(place: Place, tmp_path: Path) -> None:
    """Into an archive that is not empty, from what is no backup, from one that was never completed or is damaged."""
    place.backup()
    done = place.office.attempt("restore", str(place.target))
    assert done.status == 2 and "不能恢复到这里" in done.err and len(done.err.splitlines()) == 1
    shutil.rmtree(place.office.root)
    assert place.office.attempt("restore", str(tmp_path / "nowhere")).status == 2
    manifest = place.target / "manifest.json"
    text = manifest.read_text("utf-8")
    manifest.chmod(0o644)
    manifest.write_text(json.dumps({**json.loads(text), "finished_at": None}), "utf-8")
    assert "没有做完" in place.office.attempt("restore", str(place.target)).err
    manifest.write_text(text, "utf-8")
    sent = place.target / "journal" / "sent.jsonl"
    sent.write_bytes(b"")  # whole lines are gone: no chain tells that, the manifest does
    assert "sent.jsonl" in place.office.attempt("restore", str(place.target)).err
    assert not place.office.root.exists() or list(place.office.root.iterdir()) == []


def test_configuration_comes_back_from_the_backup_too(place: Place, tmp_path: Path) -> None:
    """A new machine: config.toml, campaign file and roster from the backup, the secret by hand, then restore."""
    export = place.export()
    place.backup()
    shutil.copytree(place.target / "config", tmp_path / "new")
    shutil.copyfile(place.office.folder / "secret", tmp_path / "new" / "secret")
    office = SmallOffice(tmp_path / "new")
    assert place.service.run(office.folder, [("restore", str(place.target))]).status == 0
    assert place.service.run(office.folder, [("submissions", "--format", "jsonl")]).printed == export


# -- verify ------------------------------------------------------------------------------------------------------------


def overwrite(path: Path, octets: bytes) -> None:
    path.chmod(0o644)
    path.write_bytes(octets)


def flipped(octets: bytes) -> bytes:
    middle = len(octets) // 2
    return octets[:middle] + bytes([octets[middle] ^ 1]) + octets[middle + 1 :]


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def test_whole_archive_has_no_problems(place: Place) -> None:
    """Exit 0, one line."""
    assert place.problems() == []
    assert "3 封邮件" in place.run("verify")


@pytest.mark.parametrize(
    "damage", [flipped, lambda octets: octets[:-7], lambda octets: b""], ids=["bit", "cut", "empty"]
)
@pytest.mark.parametrize("kind", ["raw", "kept", "files"])
def test_damaged_file_is_found(place: Place, kind: str, damage: Callable[[bytes], bytes]) -> None:
    """A flipped bit, a file cut short, an empty one: the file is named, with what to do."""
    path = next(path for path in sorted((place.office.root / kind).rglob("*")) if path.is_file())
    overwrite(path, damage(path.read_bytes()))
    (line,) = place.problems()
    assert path.name in line and ("rebuild" if kind == "files" else "备份") in line


@pytest.mark.parametrize("kind", ["raw", "kept", "files"])
def test_missing_file_is_found(place: Place, kind: str) -> None:
    """What a journal or a table names must be there."""
    path = next(path for path in sorted((place.office.root / kind).rglob("*")) if path.is_file())
    path.unlink()
    (line,) = place.problems()
    assert path.name in line and "不在了" in line
    if kind == "files":
        place.run("rebuild")
        assert place.problems() == []


def test_changed_removed_and_moved_lines_are_found(place: Place) -> None:
    """Whatever somebody did to a journal; the first line that does not fit is named."""
    path = place.journal("decisions")
    whole = lines_of(path)
    assert len(whole) == 3
    path.write_bytes(b"".join([whole[0].replace(b"2025", b"2024"), *whole[1:]]))
    assert ["第 1、2 行" in line for line in place.problems() if "备份恢复这个日志" in line] == [True]
    path.write_bytes(whole[0] + whole[2])
    assert ["第 2 行" in line for line in place.problems() if "备份恢复这个日志" in line] == [True]
    path.write_bytes(whole[1] + whole[0] + whole[2])
    assert ["第 1、2、3 行" in line for line in place.problems() if "备份恢复这个日志" in line] == [True]
    path.write_bytes(whole[0] + b"{not json\n" + whole[2])
    assert ["第 2、3 行" in line for line in place.problems() if "备份恢复这个日志" in line] == [True]
    path.write_bytes(b"".join([*whole[:2], whole[2].replace("李四".encode(), "李五".encode())]))
    assert ["第 3 行" in line for line in place.problems() if "备份恢复这个日志" in line] == [True]


@pytest.mark.parametrize("name", ["arrivals", "decisions", "sent"])
def test_journal_that_lost_its_end_is_found(place: Place, name: str) -> None:
    """No later line vouches for the last one; the database does."""
    path = place.journal(name)
    path.write_bytes(b"".join(lines_of(path)[:-1]))
    assert any(f"{name}.jsonl 末尾缺少 1 行" in line for line in place.problems())


def test_torn_last_line_is_a_crashs_trace(fresh: Place) -> None:
    """It was never acknowledged: no damage, and the next writer sets it aside."""
    with fresh.journal("arrivals").open("ab") as file:
        file.write(b'{"n":4,"prev":"ab')
    (line,) = fresh.problems()
    assert line.startswith("·") and "没写完" in line
    fresh.mailbox.deliver(material("A2"), at(21, 9))
    fresh.run("poll")
    assert fresh.problems() == []


def test_files_that_no_journal_names_are_a_crashs_trace(place: Place) -> None:
    """Kept, and then the power went: harmless, and said so."""
    raw = summary("C1")
    name = hashlib.sha256(raw).hexdigest()
    (place.raw()[0].parent / f"{name}.eml").write_bytes(raw)
    kept = hashlib.sha256(b"paper").hexdigest()
    folder = place.office.root / "kept" / kept[:2]
    folder.mkdir(exist_ok=True)
    (folder / kept).write_bytes(b"paper")
    found = place.problems()
    assert [line[0] for line in found] == ["·", "·"]
    assert name in found[0] and kept in found[1]


def test_damaged_database_is_one_line(place: Place) -> None:
    """It can be made again; everything else is looked at all the same."""
    (place.office.root / "baosong.db").write_bytes(b"no database" * 1000)
    for path in place.office.root.glob("baosong.db-*"):
        path.unlink()
    (line,) = place.problems()
    assert "rebuild" in line


def test_damaged_backup_is_found(place: Place) -> None:
    """verify DIR proves a backup as it does the archive."""
    place.backup()
    path = next(place.target.glob("raw/*/*/*.eml"))
    overwrite(path, flipped(path.read_bytes()))
    journal = place.target / "journal" / "arrivals.jsonl"
    journal.write_bytes(b"".join(lines_of(journal)[:-1]))
    found = place.problems(str(place.target))
    assert any(path.name in line for line in found) and any("arrivals.jsonl" in line for line in found)


def test_verify_reads_only(place: Place) -> None:
    """Nothing in the archive is changed by it."""
    before = {name: octets for name, octets in files(place.office.root).items() if not name.startswith("baosong.db-")}
    place.problems()
    after = {name: octets for name, octets in files(place.office.root).items() if not name.startswith("baosong.db-")}
    assert after == before
