"""A client for the intake benchmark: one poll of an inbox into a new archive, in a process of its own.

    python -m bench.poll_once HOST PORT USER PASSWORD ROOT

Prints seconds and the number of messages as JSON. The start of the interpreter is not counted: the service runs on.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from flow.poll import MailboxPoll
from intake.session import MailboxSession
from records.mail import MailboxAccount
from storage.archive import open_archive


def main(host: str, port: str, user: str, password: str, root: str) -> None:
    """Log in, take everything, log out."""
    account = MailboxAccount(host, int(port), "none", user, password, folders=("INBOX",))
    archive = open_archive(Path(root))
    wall, cpu = time.perf_counter(), time.process_time()
    with MailboxSession(account) as session:
        polled = MailboxPoll(session, account, archive, lambda: datetime.now(UTC)).everything()
    took = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
    archive.close()
    print(json.dumps({**took, "messages": polled.archived}))


if __name__ == "__main__":
    main(*sys.argv[1:])
