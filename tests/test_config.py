"""config.toml: read once into typed settings; each mistake is one line that a person can act on."""

from __future__ import annotations

import traceback
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from config import Settings, read_settings
from records.edges import is_loopback
from records.errors import UsageError

# The example of the contract, as it stands there.
EXAMPLE = """
[[mailbox]]
host = "imap.example.com"
port = 993
tls = "implicit"               # "implicit" | "starttls" | "none" (loopback only)
username = "report@example.com"
password_file = "secrets/mailbox"   # or password_env = "NAME"; never in this file
folder = "INBOX"               # or folders = [...]; default: inbox, junk and the user's own folders
since = 2025-05-26             # nothing older is taken; default: the date of the oldest open campaign's notice
after = "keep"                 # "keep" | "seen" | "move:已收": what the mailbox shows afterwards
max_message_mb = 100
trusted_authserv = []          # whose Authentication-Results are believed

[outgoing]
host = "smtp.example.com"
port = 465
tls = "implicit"
username = "report@example.com"
password_file = "secrets/mailbox"
sender = "安稳办 <report@example.com>"
daily_limit = 200

[archive]
root = "var"                   # raw messages, journals, files, database
database = "sqlite"

[[campaign]]
file = "campaign.toml"
roster = "units.csv"           # csv (UTF-8 or GBK) or xlsx as offices have it: title rows, 序号, merged cells, no codes
coordinators = ["coordinator@example.com"]   # also trusted forwarders
timezone = "Asia/Shanghai"

[schedule]
digest = "17:30"               # also the cut-off
reminders = ["7d", "3d", "1d", "0d", "+1d"]     # before and after each deadline
reminder_hour = "09:00"
"""
MAILBOX = '[[mailbox]]\nhost = "imap.example.com"\nusername = "report"\n'
OUTGOING = '[outgoing]\nhost = "smtp.example.com"\n'
SENDER = f'{OUTGOING}sender = "report@example.com"\n'
CAMPAIGN = '[[campaign]]\nfile = "campaign.toml"\nroster = "units.csv"\n'


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "config.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def settings(folder: Path, text: str) -> Settings:
    return read_settings(written(folder, text))


def complaint(folder: Path, text: str | bytes) -> UsageError:
    with pytest.raises(UsageError) as caught:
        read_settings(written(folder, text))
    return caught.value


def with_secret(folder: Path, octets: bytes = b"geheim\n") -> Path:
    (folder / "secrets").mkdir()
    (folder / "secrets" / "mailbox").write_bytes(octets)
    return folder


def test_the_example_of_the_contract_is_read(tmp_path: Path) -> None:
    """Every key of the contract is known, with its type."""
    read = settings(tmp_path, EXAMPLE)
    (mailbox,), (campaign,) = read.mailbox, read.campaign
    assert (mailbox.host, mailbox.port, mailbox.tls) == ("imap.example.com", 993, "implicit")
    assert (mailbox.folder, mailbox.since, mailbox.after) == ("INBOX", date(2025, 5, 26), "keep")
    assert read.outgoing is not None
    assert (read.outgoing.sender, read.outgoing.daily_limit) == ("安稳办 <report@example.com>", 200)
    assert (campaign.file, campaign.roster) == ("campaign.toml", "units.csv")
    assert (campaign.coordinators, campaign.timezone) == (["coordinator@example.com"], "Asia/Shanghai")
    assert (read.schedule.digest, read.schedule.reminder_hour) == (time(17, 30), time(9, 0))
    assert read.schedule.reminders == ["7d", "3d", "1d", "0d", "+1d"]
    assert read.root == tmp_path / "var"


def test_an_empty_file_has_the_defaults_of_the_contract(tmp_path: Path) -> None:
    """What is left out is as the example has it; nothing to poll, nothing to send."""
    read = settings(tmp_path, "")
    example = settings(tmp_path, EXAMPLE)
    assert (read.mailbox, read.campaign, read.outgoing) == ([], [], None)
    assert (read.archive, read.schedule) == (example.archive, example.schedule)
    short, long = settings(tmp_path, MAILBOX).mailbox[0], example.mailbox[0]
    for name in ("port", "tls", "after", "max_message_mb", "trusted_authserv"):
        assert getattr(short, name) == getattr(long, name)
    assert (short.since, short.folder, short.folders) == (None, None, None)


def test_single_tables_mean_a_list_of_one(tmp_path: Path) -> None:
    """[mailbox] and [campaign] are the same as [[mailbox]] and [[campaign]]."""
    single = EXAMPLE.replace("[[", "[").replace("]]", "]")
    assert "[[" not in single
    assert settings(tmp_path, single) == settings(tmp_path, EXAMPLE)


def test_several_mailboxes_and_campaigns_keep_their_order(tmp_path: Path) -> None:
    """Several at a time, each with its own settings."""
    other = MAILBOX.replace("imap", "imap2") + 'folders = ["a", "b"]\n'
    read = settings(with_secret(tmp_path), MAILBOX + other + 'password_file = "secrets/mailbox"\n' + CAMPAIGN * 2)
    assert [mailbox.host for mailbox in read.mailbox] == ["imap.example.com", "imap2.example.com"]
    assert read.mailbox_account(1).folders == ("a", "b")
    assert len(read.campaign) == 2


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    """Editors on office machines write one."""
    assert settings(tmp_path, "\ufeff" + EXAMPLE) == settings(tmp_path, EXAMPLE)


WRONG = [
    ("x = 1", "[x]", "没有这个设置", "no such setting"),
    ('[archve]\nroot = "var"', "[archve]", "没有这个设置", "check the spelling"),
    ('source = "x"', "source", "没有这个设置", "no such setting"),
    ('language = "de"', "[language]", "只能是 'zh' 或 'en'", "must be 'zh' or 'en'"),
    ('mailbox = "x"', "[mailbox]", "应为一个表", "must be a table"),
    ("campaign = [1]", "[campaign]", "应为一个表", "must be a table"),
    ("archive = 3", "[archive]", "应为一个表", "must be a table"),
    ("schedule = []", "[schedule]", "应为一个表", "must be a table"),
    ('[mailbox]\nusername = "a"', "[mailbox] host", "缺少这一项", "is missing"),
    ('[mailbox]\nhost = "a"', "[mailbox] username", "缺少这一项", "is missing"),
    ('[mailbox]\nhost = ""\nusername = "a"', "[mailbox] host", "不能为空", "not be empty"),
    (MAILBOX + "prot = 993", "[mailbox] prot", "检查拼写", "check the spelling"),
    (MAILBOX + 'port = "993"', "[mailbox] port", "应为整数", "whole number"),
    (MAILBOX + "port = 99.5", "[mailbox] port", "应为整数", "whole number"),
    (MAILBOX + "port = true", "[mailbox] port", "应为整数", "whole number"),
    (MAILBOX + "port = 0", "[mailbox] port", "应大于 0", "greater than 0"),
    (MAILBOX + "port = 65536", "[mailbox] port", "不能超过 65535", "not exceed 65535"),
    (MAILBOX + 'tls = "ssl"', "[mailbox] tls", "只能是 'implicit'、'starttls' 或 'none'", "'starttls' or 'none'"),
    (MAILBOX + 'tls = "none"', "[mailbox]", "只能用于本机", "this machine only"),
    (SENDER + 'tls = "none"', "[outgoing]", "只能用于本机", "this machine only"),
    (MAILBOX + 'since = "2025-05-26"', "[mailbox] since", "不加引号", "without quotes"),
    (MAILBOX + "since = 2025-05-26T08:00:00", "[mailbox] since", "应为日期", "a date such as"),
    (MAILBOX + "since = 20250526", "[mailbox] since", "应为日期", "a date such as"),
    (MAILBOX + 'folders = "INBOX"', "[mailbox] folders", "列表", "a list"),
    (MAILBOX + "folders = [1]", "[mailbox] folders", "文字", "text in quotes"),
    (MAILBOX + 'after = "delete"', "[mailbox] after", "keep、seen 或 move:", "keep, seen or move:"),
    (MAILBOX + 'after = "move: "', "[mailbox] after", "move:文件夹", "move:FOLDER"),
    (MAILBOX + "max_message_mb = 0", "[mailbox] max_message_mb", "应大于 0", "greater than 0"),
    (MAILBOX + 'trusted_authserv = "x"', "[mailbox] trusted_authserv", "列表", "a list"),
    (MAILBOX + MAILBOX + 'port = "x"', "[mailbox] 第 2 项 port", "应为整数", "[mailbox] no. 2 port"),
    (OUTGOING, "[outgoing] sender", "缺少这一项", "is missing"),
    (OUTGOING + 'sender = "安稳办"', "[outgoing] sender", "邮箱地址", "a mail address"),
    (OUTGOING + 'sender = "a@example.com\\r\\nBcc: b@example.com"', "[outgoing] sender", "邮箱地址", "a mail address"),
    (SENDER + "daily_limit = 0", "[outgoing] daily_limit", "应大于 0", "greater than 0"),
    ('[archive]\ndatabase = "postgres"', "[archive] database", "只能是 'sqlite'", "must be 'sqlite'"),
    ("[archive]\nroot = 1", "[archive] root", "文字", "text in quotes"),
    ('[campaign]\nfile = "a"', "[campaign] roster", "缺少这一项", "is missing"),
    ('[campaign]\nfile = ""\nroster = "b"', "[campaign] file", "不能为空", "not be empty"),
    (CAMPAIGN + 'timezone = "Mars/Base"', "[campaign] timezone", "不是已知的时区", "no known time zone"),
    (CAMPAIGN + 'timezone = "../etc"', "[campaign] timezone", "不是已知的时区", "no known time zone"),
    (CAMPAIGN + 'coordinators = "a@example.com"', "[campaign] coordinators", "列表", "a list"),
    (CAMPAIGN + 'coordinators = ["a@b", "x"]', "[campaign] coordinators 第 2 项", "邮箱地址", "coordinators no. 2"),
    ('[schedule]\ndigest = "25:00"', "[schedule] digest", "如 \"17:30\"", "a time such as"),
    ("[schedule]\ndigest = 17", "[schedule] digest", "HH:MM", "a time such as"),
    ("[schedule]\ndigest = 17:30:00", "[schedule] digest", "HH:MM", "a time such as"),
    ('[schedule]\nreminders = ["7d", "-1d"]', "[schedule] reminders 第 2 项", '"+1d"', "each must be like"),
    ("[schedule]\nreminders = [7]", "[schedule] reminders", "文字", "text in quotes"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "key", "chinese", "english"), WRONG)
def test_a_mistake_is_one_line(tmp_path: Path, text: str, key: str, chinese: str, english: str) -> None:
    """It names the file, the key, what is wrong and what it should be, in plain Chinese or plain English."""
    error = complaint(tmp_path, text)
    said = error.say("zh")
    assert said.startswith(f"{tmp_path / 'config.toml'} 的 {key} 有误：")
    assert chinese in said
    assert english in error.say("en")
    assert "\n" not in said + error.say("en")


@pytest.mark.parametrize(("text", "key", "chinese", "english"), WRONG)
def test_english_sentences_are_english(tmp_path: Path, text: str, key: str, chinese: str, english: str) -> None:
    """No Chinese stands in what English readers see."""
    del key, chinese, english
    said = complaint(tmp_path, text).say("en").replace(str(tmp_path), "")
    assert said.isascii()


def test_only_the_first_of_several_mistakes_is_told(tmp_path: Path) -> None:
    """One line, whatever else is wrong: the next run tells the next."""
    said = complaint(tmp_path, MAILBOX + 'port = "x"\ntls = "y"\n[archive]\nroot = 1').say()
    assert "port" in said
    assert "tls" not in said
    assert "[archive]" not in said


@pytest.mark.parametrize(
    "text",
    [b"a = [", b"[mailbox\n", "host = “a”".encode(), "# 配置".encode("gbk"), b"a = 1\na = 2", b"\0", b"\xff\xfe"],
)
def test_what_is_no_toml_is_told_with_its_file(tmp_path: Path, text: bytes) -> None:
    """Typing errors, Chinese quotation marks, a file saved in GBK: one line, never a traceback."""
    error = complaint(tmp_path, text)
    assert str(tmp_path / "config.toml") in error.say()
    assert "TOML" in error.say()
    assert "\n" not in error.say("en")


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    """No configuration, or a folder in its place: the sentence names the path."""
    with pytest.raises(UsageError) as caught:
        read_settings(tmp_path / "nowhere.toml")
    assert f"{tmp_path}/nowhere.toml" in caught.value.say()
    assert "--config" in caught.value.say()
    with pytest.raises(UsageError, match=str(tmp_path)):
        read_settings(tmp_path)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.1", "::1", "localhost", "LOCALHOST"])
def test_plain_connections_are_for_this_machine(tmp_path: Path, host: str) -> None:
    """tls = "none" is accepted on loopback, by any of its names."""
    text = f'{MAILBOX}tls = "none"\n{SENDER}tls = "none"\n'.replace("imap.example.com", host)
    assert settings(tmp_path, text.replace("smtp.example.com", host)).mailbox[0].tls == "none"


@pytest.mark.parametrize("host", ["10.0.0.1", "127.0.0.1.example.com", "localhost.example.com", "0.0.0.0", "::", ""])
def test_other_hosts_are_not_this_machine(host: str) -> None:
    """A password would cross the network in the clear."""
    assert not is_loopback(host)


def test_paths_start_from_the_configurations_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever the command is started; absolute paths and the home folder stand for themselves."""
    monkeypatch.chdir("/")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    read = settings(with_secret(tmp_path), EXAMPLE)
    assert read.path("units.csv") == tmp_path / "units.csv"
    assert read.path("../units.csv") == tmp_path / ".." / "units.csv"
    assert read.path("/srv/units.csv") == Path("/srv/units.csv")
    assert read.path("~/units.csv") == tmp_path / "home" / "units.csv"
    assert read.path("~nobody-of-that-name/x") == tmp_path / "~nobody-of-that-name" / "x"
    assert read.mailbox_account(0).password == "geheim"


def test_accounts_carry_what_the_tables_say(tmp_path: Path) -> None:
    """Both accounts of the example, passwords read, sizes in octets."""
    read = settings(with_secret(tmp_path), EXAMPLE)
    mailbox, outgoing = read.mailbox_account(0), read.outgoing_account()
    assert outgoing is not None
    assert (mailbox.folders, mailbox.since, mailbox.after) == (("INBOX",), date(2025, 5, 26), "keep")
    assert mailbox.max_message_bytes == 100 * 1024 * 1024
    assert mailbox.name == "report@example.com@imap.example.com"
    assert (outgoing.host, outgoing.port, outgoing.username) == ("smtp.example.com", 465, "report@example.com")
    assert (outgoing.password, outgoing.sender, outgoing.daily_limit) == ("geheim", "安稳办 <report@example.com>", 200)


def test_all_folders_are_meant_where_none_is_named(tmp_path: Path) -> None:
    """Neither ``folder`` nor ``folders``: the mailbox decides which."""
    text = MAILBOX + 'password_file = "secrets/mailbox"\n'
    assert settings(with_secret(tmp_path), text).mailbox_account(0).folders is None


def test_sending_without_a_password_is_possible(tmp_path: Path) -> None:
    """A relay inside the office asks for no log-in; without [outgoing] nothing is sent."""
    relay = settings(tmp_path, SENDER).outgoing_account()
    assert relay is not None
    assert (relay.username, relay.password) == (None, None)
    assert settings(tmp_path, "").outgoing_account() is None


@pytest.mark.parametrize("octets", [b"geheim", b"geheim\r\n", b"\xef\xbb\xbfgeheim\n", b"  geheim  \n\n"])
def test_the_password_is_what_stands_in_the_file(tmp_path: Path, octets: bytes) -> None:
    """Line ends, blanks around it and a byte order mark are the editor's, not the password's."""
    assert settings(with_secret(tmp_path, octets), EXAMPLE).mailbox_account(0).password == "geheim"


def test_the_password_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``password_env`` names the variable; where it is empty a sentence names it."""
    monkeypatch.setenv("BAOSONG_TEST_SECRET", "geheim")
    read = settings(tmp_path, MAILBOX + 'password_env = "BAOSONG_TEST_SECRET"')
    assert read.mailbox_account(0).password == "geheim"
    monkeypatch.setenv("BAOSONG_TEST_SECRET", "")
    with pytest.raises(UsageError, match="BAOSONG_TEST_SECRET"):
        read.mailbox_account(0)


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("", "password_file, password_env"),
        ('password_file = "nowhere"', "nowhere"),
        ('password_file = "empty"', "empty"),
        ('password_file = "."', "config.toml"),
        ('password_file = "binary"', "binary"),
        ('password_file = "a\\u0000b"', "config.toml"),
        ('password_env = "NO_SUCH_VARIABLE"', "$NO_SUCH_VARIABLE"),
    ],
)
def test_a_password_that_cannot_be_read_is_one_line(tmp_path: Path, line: str, where: str) -> None:
    """Missing, empty, a folder, no text: the sentence says where it was looked for and what to do."""
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\0")
    read = settings(tmp_path, MAILBOX + line)
    with pytest.raises(UsageError) as caught:
        read.mailbox_account(0)
    assert where in caught.value.say("zh")
    assert "授权码" in caught.value.say("zh")
    assert "\n" not in caught.value.say("en")


def test_secrets_are_never_shown(tmp_path: Path) -> None:
    """Neither settings nor accounts, printed or logged, tell a password."""
    read = settings(with_secret(tmp_path), EXAMPLE)
    shown = [read, read.mailbox_account(0), read.outgoing_account(), read.model_dump(), read.model_dump_json()]
    assert "geheim" not in f"{shown} {[str(item) for item in shown]}"


def test_a_password_written_into_the_file_is_refused_without_being_repeated(tmp_path: Path) -> None:
    """The complaint names the key; not even the traceback of --debug shows the value."""
    error = complaint(tmp_path, MAILBOX + 'password = "geheim"')
    assert "[mailbox] password " in error.say("en")
    assert "geheim" not in "".join(traceback.format_exception(error))


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    """They are read once and hold for the whole run."""
    read = settings(tmp_path, EXAMPLE)
    with pytest.raises(ValueError, match="frozen"):
        read.language = "en"  # type: ignore[misc]  # what the test is about
    assert read.source == tmp_path / "config.toml"


def _made_root(tmp_path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Office CA")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    (tmp_path / "root.pem").write_bytes("根证书\n".encode("gb18030") + made.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "root.cer").write_bytes(made.public_bytes(serialization.Encoding.DER))
    return tmp_path


@pytest.mark.parametrize("file", ["root.pem", "root.cer"])
def test_root_certificate_of_an_own_server_is_read(tmp_path: Path, file: str) -> None:
    """``ca_file`` from the configuration's folder: PEM with words around it, or DER as Windows saves it."""
    _made_root(with_secret(tmp_path))
    text = MAILBOX + f'password_file = "secrets/mailbox"\nca_file = "{file}"\n' + SENDER + f'ca_file = "{file}"\n'
    read = settings(tmp_path, text)
    outgoing = read.outgoing_account()
    assert outgoing is not None
    assert (read.mailbox_account(0).trusted_roots or "").startswith("-----BEGIN CERTIFICATE-----")
    assert outgoing.trusted_roots == read.mailbox_account(0).trusted_roots


NO_CERTIFICATE = b"-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"


@pytest.mark.parametrize("octets", [None, b"", b"no certificate", NO_CERTIFICATE])
def test_root_certificate_that_cannot_be_read_is_told_in_one_line(tmp_path: Path, octets: bytes | None) -> None:
    """Missing, empty, something else: the key, the file, and what it should be."""
    if octets is not None:
        (tmp_path / "ca.pem").write_bytes(octets)
    text = MAILBOX + 'password_file = "secrets/mailbox"\nca_file = "ca.pem"\n' + SENDER + 'ca_file = "ca.pem"\n'
    read = settings(with_secret(tmp_path), text)
    with pytest.raises(UsageError, match=r"\[mailbox\] ca_file.*ca\.pem.*certificate"):
        read.mailbox_account(0)
    with pytest.raises(UsageError, match=r"\[outgoing\] ca_file"):
        read.outgoing_account()


def test_since_is_a_day_of_the_campaigns_zone(tmp_path: Path) -> None:
    """Of several zones that in which the day begins first; without campaigns China's."""
    campaign = '[[campaign]]\nfile = "a"\nroster = "b"\n'
    text = MAILBOX + 'password_file = "secrets/mailbox"\n'
    zones = campaign + 'timezone = "Europe/Berlin"\n' + campaign + 'timezone = "Asia/Urumqi"\n'
    assert settings(with_secret(tmp_path), text).mailbox_account(0).zone == "Asia/Shanghai"
    assert settings(tmp_path, text + zones).mailbox_account(0).zone == "Asia/Urumqi"


def test_alarm_and_logins_have_defaults_and_are_checked(tmp_path: Path) -> None:
    """Two hours; a duration is a number with m, h or d; the second account has the keys of [outgoing]."""
    assert settings(tmp_path, "").alarm.after == timedelta(hours=2)
    assert settings(tmp_path, '[alarm]\nafter = "30m"\n').alarm.after == timedelta(minutes=30)
    for wrong in ('"2 h"', '"0h"', "2", '"h"'):
        assert "after" in complaint(tmp_path, f"[alarm]\nafter = {wrong}\n").say()
    assert "logins_per_hour" in complaint(tmp_path, f"{MAILBOX}logins_per_hour = 0\n").say()
    second = settings(with_secret(tmp_path), SENDER.replace("[outgoing]", "[alarm_outgoing]"))
    account = second.alarm_account()
    assert account is not None and (account.host, account.port) == ("smtp.example.com", 465)
    assert second.outgoing_account() is None
