"""``setup``: from questions or options to a configuration that works; nothing is written before it does."""

from __future__ import annotations

import os
import pty
import re
import select
import stat
import subprocess
import sys
import time
from codecs import getincrementaldecoder
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import read_settings
from demo.servers import EmbeddedSmtp
from flow.providers import providers
from tests.mail_servers import Dovecot, dovecot, dovecot_server
from tests.quirky_server import EXMAIL, NETEASE, QQ, Quirks, QuirkyImap
from tests.service_runs import ROOT
from tests.small_office import ROSTER, at, material, summary

__all__ = ["dovecot", "dovecot_server"]
CODE = "abcdefghijklmnop"
QQ_REFUSES = (
    "NO Login fail. Account is abnormal, service is not open, password is incorrect, login frequency limited, or "
    "system is busy. More information at https://help.mail.qq.com/"
)
QUIRKS = {
    "qq": Quirks(QQ, password=CODE, wrong_password=QQ_REFUSES),
    "163": Quirks(NETEASE, password=CODE, wants_id=True, tells_uidnext=False),
    "exmail": Quirks(EXMAIL, password=CODE, uidvalidity=None),
    "coremail": Quirks(NETEASE, password=CODE),
}
NOTICE = ROOT / "tests" / "notices" / "2025-safety-month-notice.txt"
MAILS = {7: (summary("A1"), "20-Jun-2025 09:00:00 +0800"), 9: (material("A2"), "12-Jun-2025 10:00:00 +0800")}


@pytest.fixture
def smtp() -> Iterator[EmbeddedSmtp]:
    """A real SMTP receiver with an account."""
    with EmbeddedSmtp("report@example.com", CODE) as server:
        yield server


def run(folder: Path, *arguments: str, answers: str | None = None) -> subprocess.CompletedProcess[str]:
    """A command as a process of its own, in the folder; ``answers`` is what comes on its standard input."""
    command = [sys.executable, str(ROOT / "service.py"), *arguments]
    return subprocess.run(
        command,
        cwd=folder,
        input=answers or "",
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def servers(imap: QuirkyImap, smtp: EmbeddedSmtp) -> list[str]:
    """Options that put the scripted servers in the provider's place."""
    where = ["--host", "127.0.0.1", "--port", str(imap.account.port), "--tls", "none"]
    return [*where, "--smtp-host", "127.0.0.1", "--smtp-port", str(smtp.port), "--smtp-tls", "none"]


def by_options(folder: Path, provider: str, imap: QuirkyImap, smtp: EmbeddedSmtp, *more: str) -> list[str]:
    """All answers as options, code and roster in files."""
    (folder / "code").write_text(CODE + "\n", "utf-8")
    (folder / "units.csv").write_text(ROSTER, "utf-8")
    account = ["--provider", provider, "--account", "report@example.com", "--password-file", "code"]
    papers = ["--notice", str(NOTICE), "--roster", "units.csv", "--coordinator", "coordinator@example.com"]
    return ["setup", *account, *servers(imap, smtp), *papers, *more]


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"code", "units.csv"}


def logins(imap: QuirkyImap) -> int:
    return sum(command.startswith("LOGIN") for command in imap.commands)


# -- by options --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("provider", QUIRKS)
def test_what_it_writes_works(tmp_path: Path, smtp: EmbeddedSmtp, provider: str) -> None:
    """R13: with each provider's quirks; then check finds all that is needed, and poll takes the mail in."""
    with QuirkyImap(MAILS, QUIRKS[provider]) as imap:
        done = run(tmp_path, *by_options(tmp_path, provider, imap, smtp))
        assert done.returncode == 0, done.stderr
        assert files(tmp_path) == {"config.toml", "campaign.toml", "secrets/mailbox"}
        checked = run(tmp_path, "check")
        assert checked.returncode == 0, checked.stdout
        assert "收件邮箱：127.0.0.1" in checked.stdout and "发信服务器 127.0.0.1" in checked.stdout
        polled = run(tmp_path, "poll")
        assert polled.returncode == 0 and "新收 2 封" in polled.stdout
    table = read_settings(tmp_path / "config.toml")
    assert table.outgoing is not None and table.outgoing.daily_limit == providers()[provider].daily_limit
    assert table.campaign[0].coordinators == ["coordinator@example.com"]
    assert all(
        step in done.stdout for step in (" check", " poll", " run", "授权码" if provider in ("qq", "163") else "密码")
    )


def test_the_secret_is_for_the_service_alone(tmp_path: Path, smtp: EmbeddedSmtp) -> None:
    """Mode 0600 in a folder of mode 0700; it stands in no other file and in no output, with --debug neither."""
    with QuirkyImap(MAILS, QUIRKS["qq"]) as imap:
        done = run(tmp_path, "--debug", *by_options(tmp_path, "qq", imap, smtp))
    secret = tmp_path / "secrets" / "mailbox"
    assert secret.read_text("utf-8") == CODE + "\n"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600 and stat.S_IMODE(secret.parent.stat().st_mode) == 0o700
    assert CODE not in done.stdout + done.stderr
    assert CODE not in (tmp_path / "config.toml").read_text("utf-8")


def test_a_wrong_code_writes_nothing(tmp_path: Path, smtp: EmbeddedSmtp) -> None:
    """One line, one log-in: a script does not knock three times."""
    with QuirkyImap(MAILS, Quirks(password="another")) as imap:
        done = run(tmp_path, *by_options(tmp_path, "163", imap, smtp))
        assert logins(imap) == 1
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "授权码" in done.stderr
    assert files(tmp_path) == set()


def test_an_outgoing_server_that_refuses_writes_nothing(tmp_path: Path) -> None:
    """Unless it is left out."""
    with QuirkyImap(MAILS, QUIRKS["qq"]) as imap, EmbeddedSmtp("report@example.com", "another") as smtp:
        done = run(tmp_path, *by_options(tmp_path, "qq", imap, smtp))
        assert done.returncode == 1 and "发信服务器" in done.stderr and files(tmp_path) == set()
        assert run(tmp_path, *by_options(tmp_path, "qq", imap, smtp, "--no-outgoing")).returncode == 0
    assert read_settings(tmp_path / "config.toml").outgoing is None


def test_an_existing_configuration_is_left_alone(tmp_path: Path, smtp: EmbeddedSmtp) -> None:
    """Only --overwrite replaces it, and what stood there is kept under another name."""
    (tmp_path / "config.toml").write_text("# by hand\n", "utf-8")
    with QuirkyImap(MAILS, QUIRKS["qq"]) as imap:
        done = run(tmp_path, *by_options(tmp_path, "qq", imap, smtp))
        assert done.returncode == 2 and "--overwrite" in done.stderr and logins(imap) == 0
        assert (tmp_path / "config.toml").read_text("utf-8") == "# by hand\n"
        assert run(tmp_path, *by_options(tmp_path, "qq", imap, smtp, "--overwrite")).returncode == 0
        (kept,) = tmp_path.glob("config.toml.*")
        assert kept.read_text("utf-8") == "# by hand\n"
        assert run(tmp_path, "check").returncode == 0


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (["--account", "report"], "report"),
        (["--roster", "nowhere.csv"], "nowhere.csv"),
        (["--notice", "nowhere.docx"], "nowhere.docx"),
        (["--coordinator", "somebody"], "somebody"),
        (["--host", "imap.example.com"], "tls"),
        (["--password-file", "nowhere"], "nowhere"),
        (["--provider", "hotmail"], "hotmail"),
        (["--port", "70000"], "port"),
    ],
)
def test_a_wrong_option_is_told_in_one_line(tmp_path: Path, smtp: EmbeddedSmtp, more: list[str], word: str) -> None:
    """Exit status 2, nothing written."""
    with QuirkyImap(MAILS, QUIRKS["qq"]) as imap:
        done = run(tmp_path, *by_options(tmp_path, "qq", imap, smtp, *more))
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and word in done.stderr
    assert files(tmp_path) == set()


def test_presets_know_their_servers() -> None:
    """TLS from the start, NetEase's servers by domain, and words in both languages."""
    known = providers()
    assert list(known) == ["qq", "163", "exmail", "coremail", "other"]
    assert (known["qq"].imap.host, known["qq"].smtp.host) == ("imap.qq.com", "smtp.qq.com")
    assert (known["exmail"].imap.host, known["exmail"].smtp.host) == ("imap.exmail.qq.com", "smtp.exmail.qq.com")
    assert known["163"].for_account("a@163.com").imap.host == "imap.163.com"
    assert known["163"].for_account("a@126.com").smtp.host == "smtp.126.com"
    assert known["qq"].for_account("a@foxmail.com").imap.host == "imap.qq.com"
    for item in known.values():
        assert (item.imap.port, item.imap.tls, item.smtp.port, item.smtp.tls) == (993, "implicit", 465, "implicit")
        assert re.search("[\u4e00-\u9fff]", item.code.zh + item.shows.zh) and item.code.en and item.shows.en
    assert (
        known["qq"].code_as_typed(" abcd efgh ") == "abcdefgh"
        and known["other"].code_as_typed(" my pass ") == "my pass"
    )


# -- by questions ------------------------------------------------------------------------------------------------------


def test_answers_from_a_pipe(tmp_path: Path, smtp: EmbeddedSmtp) -> None:
    """Wrong answers are told and asked again: provider, address, code, roster; the third code may be right."""
    (tmp_path / "units.csv").write_text(ROSTER, "utf-8")
    answers = ["gmail", "qq", "report", "report@example.com", "wrong-1", "wrong-2", "abcd efgh ijkl mnop"]
    answers += ["nowhere.csv", "units.csv", str(NOTICE), "somebody", "a@example.com，B@example.com"]
    with QuirkyImap(MAILS, QUIRKS["qq"]) as imap:
        done = run(tmp_path, "setup", *servers(imap, smtp), answers="\n".join(answers) + "\n")
        assert done.returncode == 0, done.stderr
        assert logins(imap) == 3
    assert done.stdout.count("暂时不让登录") == 2 and "nowhere.csv" in done.stdout
    assert "最近 30 天" in done.stdout and "生成授权码" in done.stdout
    settings = read_settings(tmp_path / "config.toml")
    assert settings.campaign[0].coordinators == ["a@example.com", "b@example.com"]
    assert settings.mailbox_account(0).password == CODE


def test_three_wrong_codes_end_it(tmp_path: Path, smtp: EmbeddedSmtp) -> None:
    """QQ and 163 lock accounts: no fourth log-in, nothing written, one line on standard error."""
    answers = "163\nreport@example.com\none\ntwo\nthree\nfour\n"
    with QuirkyImap(MAILS, QUIRKS["163"]) as imap:
        done = run(tmp_path, "setup", *servers(imap, smtp), answers=answers)
        assert logins(imap) == 3
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1 and "3 次" in done.stderr
    assert files(tmp_path) == set()


def test_answers_that_end_too_early(tmp_path: Path, smtp: EmbeddedSmtp) -> None:
    """No traceback, nothing half-written, wherever the answers end."""
    answers = ["qq", "report@example.com", CODE, "", ""]
    with QuirkyImap(MAILS, QUIRKS["qq"]) as imap:
        for count in range(len(answers)):
            given = "".join(f"{answer}\n" for answer in answers[:count])
            done = run(tmp_path, "setup", *servers(imap, smtp), answers=given)
            assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
            assert files(tmp_path) == set()


def test_papers_may_come_later(tmp_path: Path, smtp: EmbeddedSmtp) -> None:
    """Without notice and roster the campaign stands as a comment to fill in; in English with --lang en."""
    with QuirkyImap(MAILS, QUIRKS["exmail"]) as imap:
        done = run(
            tmp_path,
            "--lang",
            "en",
            "setup",
            *servers(imap, smtp),
            answers=f"exmail\nreport@example.com\n{CODE}\n\n\n\n",
        )
    assert done.returncode == 0, done.stderr
    settings = read_settings(tmp_path / "config.toml")
    assert settings.campaign == [] and settings.language == "en"
    text = (tmp_path / "config.toml").read_text("utf-8")
    assert "# [[campaign]]" in text and not re.search("[\u4e00-\u9fff]", text)
    assert "30 days" in done.stdout and "Next:" in done.stdout


def test_a_person_may_keep_what_is_there_or_go_on_without_outgoing_mail(tmp_path: Path) -> None:
    """“n” to replacing changes nothing; “y” to going on leaves [outgoing] out."""
    (tmp_path / "config.toml").write_text("# by hand\n", "utf-8")
    with QuirkyImap(MAILS, QUIRKS["qq"]) as imap, EmbeddedSmtp("report@example.com", "another") as smtp:
        done = run(tmp_path, "setup", *servers(imap, smtp), answers="n\n")
        assert done.returncode == 0 and files(tmp_path) == {"config.toml"} and logins(imap) == 0
        answers = f"y\nqq\nreport@example.com\n{CODE}\ny\n\n\n\n"
        done = run(tmp_path, "setup", *servers(imap, smtp), answers=answers)
    assert done.returncode == 0, done.stderr
    assert read_settings(tmp_path / "config.toml").outgoing is None


@pytest.mark.dovecot
def test_at_a_terminal_against_dovecot(tmp_path: Path, dovecot: Dovecot, smtp: EmbeddedSmtp) -> None:
    """A whole interview on a real terminal: the code is not shown; check and poll work with what it wrote."""
    (tmp_path / "units.csv").write_text(ROSTER, "utf-8")
    dovecot.deliver(summary("A1"), at(20))
    smtp.user, smtp.password = dovecot.user, dovecot.password
    terminal = Terminal(tmp_path, "setup")
    terminal.answer("qq、163", "other")
    terminal.answer("完整地址", dovecot.user)
    for port, which in ((dovecot.port, "收信（IMAP）"), (smtp.port, "发信（SMTP）")):
        terminal.answer(which, "127.0.0.1")
        terminal.answer("端口", str(port))
        terminal.answer("加密方式", "none")
    terminal.answer("发件人", "report@example.com")
    terminal.answer("输入时不显示", "wrong-code")
    terminal.answer("输入时不显示", dovecot.password)
    terminal.answer("名册文件", "units.csv")
    terminal.answer("通知文件", str(NOTICE))
    terminal.answer("联络员", "coordinator@example.com")
    status, shown = terminal.end()
    assert status == 0, shown
    assert dovecot.password not in shown and "wrong-code" not in shown
    assert "接下来" in shown and "Traceback" not in shown
    checked = run(tmp_path, "check")
    assert checked.returncode == 0, checked.stdout
    polled = run(tmp_path, "poll")
    assert polled.returncode == 0 and "新收 1 封" in polled.stdout


class Terminal:
    """A command on a terminal of its own, as a person sees it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        command = [sys.executable, str(ROOT / "service.py"), *arguments]
        self.pid, self.handle = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvp(command[0], command)
        self.shown = ""
        self.read = 0
        self.decoder = getincrementaldecoder("utf-8")()

    def answer(self, question: str, answer: str) -> None:
        """Wait for the question, then type."""
        while question not in self.shown[self.read :] or not self.shown.endswith(": "):
            self._more()
        self.read = len(self.shown)
        os.write(self.handle, f"{answer}\n".encode())

    def end(self) -> tuple[int, str]:
        """Exit status, and all that was shown."""
        try:
            while True:
                self._more()
        except EOFError:
            _, status = os.waitpid(self.pid, 0)
        os.close(self.handle)
        return os.waitstatus_to_exitcode(status), self.shown

    def _more(self) -> None:
        end = time.monotonic() + 60
        while not select.select([self.handle], [], [], 1)[0]:
            assert time.monotonic() < end, f"nothing more is shown:\n{self.shown}"
        try:
            octets = os.read(self.handle, 65536)
        except OSError as error:  # Linux says so when the other side has ended
            raise EOFError from error
        self.shown += self.decoder.decode(octets)
