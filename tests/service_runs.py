"""The whole service as a process: a working folder with configuration, commands run in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CONFIG = """
[[mailbox]]
host = "{host}"
port = {port}
tls = "none"
username = "{user}"
password_env = "TEST_MAILBOX_PASSWORD"
folder = "INBOX"

[outgoing]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
sender = "安稳办 <report@example.com>"

[archive]
root = "var"
"""
CAMPAIGN = """
[[campaign]]
file = "{file}"
roster = "{roster}"
coordinators = ["coordinator@example.com"]
"""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A folder with config.toml, and the service's commands run in it."""

    folder: Path
    password: str = ""

    def configure(
        self, host: str, port: int, user: str, campaigns: Sequence[tuple[Path, Path]], smtp_port: int = 9
    ) -> None:
        """Write config.toml for a mailbox on this machine and (notice, roster) pairs; the notices are read."""
        text = CONFIG.format(host=host, port=port, user=user, smtp_port=smtp_port)
        for number, (notice, roster) in enumerate(campaigns, 1):
            file = self.folder / f"campaign{number}.toml"
            self.run("notice", str(notice), "--roster", str(roster), "--out", str(file))
            text += CAMPAIGN.format(file=file.name, roster=roster)
        (self.folder / "config.toml").write_text(text, "utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command; the caller waits for it or ends it."""
        return subprocess.Popen(
            [sys.executable, str(ROOT / "service.py"), "--config", str(self.folder / "config.toml"), *arguments],
            cwd=self.folder,
            env={**os.environ, "TEST_MAILBOX_PASSWORD": self.password},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def attempt(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever its exit status."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=280)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def run(self, *arguments: str) -> str:
        """Run a command that must succeed; gives back what it printed."""
        done = self.attempt(*arguments)
        assert done.returncode == 0, f"{arguments}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def export(self) -> list[dict[str, Any]]:
        """submissions --format jsonl."""
        return [json.loads(line) for line in self.run("submissions", "--format", "jsonl").splitlines()]

    def missing(self, as_of: str, *more: str) -> Any:
        """missing --format json."""
        return json.loads(self.run("missing", "--as-of", as_of, "--format", "json", *more))

    def forget_database(self) -> None:
        """Delete the database, as a disk might."""
        for path in (self.folder / "var").glob("baosong.db*"):
            path.unlink()

    def forget_everything(self) -> None:
        """Delete the whole archive."""
        shutil.rmtree(self.folder / "var", ignore_errors=True)


def score(corpus: Path, export: list[dict[str, Any]], missing: Any, folder: Path) -> dict[str, Any]:
    """What tests/score.py says about an export, as its JSON form."""
    (folder / "export.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in export), "utf-8")
    (folder / "missing.json").write_text(json.dumps(missing, ensure_ascii=False), "utf-8")
    command = [sys.executable, str(ROOT / "tests" / "score.py"), str(corpus), str(folder / "export.jsonl")]
    done = subprocess.run(
        [*command, "--missing", str(folder / "missing.json"), "--json"], capture_output=True, text=True, check=True
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result
