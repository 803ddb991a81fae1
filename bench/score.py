"""How well labelled mailboxes are filed: the lines of tests/score.py for each."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.lines import heading
from bench.office import Corpus, read_corpus
from flow.export import Form, boards_json
from flow.office import Office
from flow.process import process_pending
from flow.reminders import boards_of
from flow.views import Wanted, all_views
from intake.message import read_message
from parsers.reader import PartReader
from records.errors import UsageError
from records.extracts import ReadLimits

_SCORER = Path(__file__).resolve().parent.parent / "tests" / "score.py"


def run(folder: Path, *, details: bool = False) -> None:
    """File the mailbox in ``folder`` and print its score; ``details``: a line for each thing that is wrong."""
    heading(f"score: {folder.name}")
    with PartReader(ReadLimits(), read_message) as reader:
        corpus = read_corpus(folder, reader)
        with corpus.office(corpus.mails) as office, tempfile.TemporaryDirectory(prefix="baosong-bench-") as name:
            process_pending(office, reader)
            export, missing = Path(name, "export.jsonl"), Path(name, "missing.json")
            _export(office, export)
            command = [sys.executable, str(_SCORER), str(folder), str(export)]
            if _list_missing(office, corpus, missing):
                command += ["--missing", str(missing)]
            command += ["--details"] if details else []
            scored = subprocess.run(command, check=True, capture_output=True, text=True)
    for row in scored.stdout.splitlines():
        print(f"  {row}", flush=True)


def _export(office: Office, path: Path) -> None:
    """What ``submissions --format jsonl`` prints."""
    form = Form(ZoneInfo(office.contexts[0].timezone))
    with office.archive.database.session() as session, path.open("w", encoding="utf-8") as file:
        for view in all_views(session, office.judge(session), Wanted()):
            file.write(json.dumps(form.message(view), ensure_ascii=False) + "\n")


def _list_missing(office: Office, corpus: Corpus, path: Path) -> bool:
    """What ``missing --format json`` prints of the closing report, as of its deadline; whether there is any."""
    context = office.contexts[0]
    asked = [one for one in context.campaign.requirements if one.due is not None and one.required]
    first = min(asked, key=lambda one: (one.kind != "summary", one.due), default=None)
    as_of = first.due if first and first.due else max(mail.received_at for mail in corpus.mails)
    try:
        boards = boards_of(office, context, as_of, first.id if first else None)
    except UsageError as error:
        print(f"  {error}")
        return False
    path.write_text(json.dumps(boards_json(Form(ZoneInfo(context.timezone)), boards[:1]), ensure_ascii=False), "utf-8")
    return True
