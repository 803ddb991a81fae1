"""The demonstration's working folder: roster, campaign file, secret and configuration, as an administrator has them."""

from __future__ import annotations

import shutil
from pathlib import Path

from config import Settings, read_settings
from demo.corpus import NOTICE, ROSTER
from demo.servers import EmbeddedImap, EmbeddedSmtp
from filing.files.campaign_file import campaign_to_toml
from flow.notices import read_notice_file
from flow.process import Reader
from records.campaigns import Campaign
from records.words import Language

COORDINATOR = "coordinator@example.com"
CONFIG = """\
language = "{language}"

[[mailbox]]
host = "{imap.host}"
port = {imap.port}
tls = "none"                     # loopback only
username = "{imap.user}"
password_file = "secrets/mailbox"

[outgoing]
host = "{smtp.host}"
port = {smtp.port}
tls = "none"
sender = "报送演示 <report@example.com>"

[archive]
root = "var"

[[campaign]]
file = "campaign.toml"
roster = "units.csv"
coordinators = ["{coordinator}"]
timezone = "Asia/Shanghai"

[schedule]
digest = "17:30"
reminder_hour = "09:00"
"""


def furnish(folder: Path, imap: EmbeddedImap, smtp: EmbeddedSmtp, language: Language) -> Settings:
    """Write roster, secret and configuration into ``folder``; the campaign file is :func:`read_the_notice`'s."""
    shutil.copyfile(ROSTER, folder / "units.csv")
    secret = folder / "secrets" / "mailbox"
    secret.parent.mkdir(mode=0o700)
    secret.touch(mode=0o600)
    secret.write_text(imap.password, "utf-8")
    config = CONFIG.format(imap=imap, smtp=smtp, language=language, coordinator=COORDINATOR)
    (folder / "config.toml").write_text(config, "utf-8")
    return read_settings(folder / "config.toml")


def read_the_notice(settings: Settings, reader: Reader) -> Campaign:
    """Let the notice reader make campaign.toml, as the command ``notice`` does."""
    reading = read_notice_file(NOTICE, ROSTER, reader)
    written = campaign_to_toml(reading.campaign, reading.notes)
    settings.path(settings.campaign[0].file).write_text(written, "utf-8")
    return reading.campaign
