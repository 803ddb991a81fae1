"""Commands that do the service's work: check, notice, poll, run, digest, remind, rebuild."""

from __future__ import annotations

import json
import logging
import signal
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from digest.compose import compose, mail_key
from digest.outgoing import OutgoingServer
from digest.periods import digest_period
from digest.reminders import reminder_calls, reminder_letter, reminder_text
from filing.files.campaign_json import campaign_to_json
from flow.bell import Bell
from flow.campaigns import listed
from flow.check import check
from flow.commands.desk import Arguments, Desk
from flow.daemon import Daemon, with_since
from flow.digests import letter_for, queue_digest
from flow.dry_run import foresee
from flow.foreseen import foreseen_lines
from flow.health import health
from flow.links import LinkFetching
from flow.logins import admitted, remember_login, rules_for
from flow.mailing import Mailing, mailing
from flow.moments import day, moment
from flow.notices import read_notice_file, with_corrections
from flow.office import Office, readable
from flow.opening import open_office, with_new_decisions
from flow.poll import MailboxPoll
from flow.process import process_pending
from flow.rebuild import rebuild
from flow.reminders import boards_of, queue_reminder, reminded
from flow.sending import is_no_alarm, send_due
from flow.taking import Polled
from intake.session import MailboxSession
from records.boards import Board
from records.campaigns import CampaignContext
from records.errors import BaosongError, MailboxError, OutgoingMailError, UsageError
from records.mails import Letter, MailKind
from records.words import Text
from storage.archive import open_archive
from storage.durable import disk_errors, file_name, make_folder
from storage.lock import writing

HEALTHY = Text("服务运行正常", "the service is at work")
NO_MAILBOX = Text(
    "config.toml 中没有 [mailbox]：请先写上收件邮箱", "config.toml has no [mailbox]: name the reporting mailbox first"
)
NO_OUTGOING = Text(
    "config.toml 中没有 [outgoing]：请先写上发件服务器", "config.toml has no [outgoing]: name the outgoing server first"
)
POLLED = Text(
    "新收 {archived} 封，过大 {too_large} 封；归类完成 {filed} 封",
    "{archived} taken, {too_large} too large; {filed} filed",
)
UNREAD = Text(
    "有 {count} 个文件夹没有收成，其他的已收好：{why}", "{count} folders could not be read, all others were: {why}"
)
SENT = Text("已发出 {sent} 封邮件", "{sent} mails sent")
NOT_SENT = Text(
    "还有 {count} 封邮件没有发出（{why}）：已留在发件箱，服务会自动重试",
    "{count} mails have not left ({why}): they stay in the outbox and are tried again",
)
NOTHING_NEW = Text("没有要发的邮件：已经发过，或无人未报", "no mail to send: it was sent before, or nobody is missing")
TOO_EARLY = Text(
    "{day} 的日报要到 {cutoff} 之后才能发：之前请用 digest 查看或 --out 保存",
    "the digest of {day} can be sent after {cutoff}: until then look at it by digest, or keep it by --out",
)
WROTE = Text("已写入 {path}", "wrote {path}")
UNSURE = Text("请核对 {field}：{why}", "please check {field}: {why}")
REBUILT = Text("已重建 {count} 封邮件的归类", "{count} messages filed again")
RUNNING = Text("服务已启动，按 Ctrl-C 停止", "the service is running, Ctrl-C ends it")


def run_check(desk: Desk, args: Arguments) -> int:
    """A line for each thing that is needed; exit status 1 where one is missing."""
    complete = True
    for line in check(desk.settings, desk.language):
        complete = complete and line.ok
        print(("✓ " if line.ok else "✗ ") + line.text.say(desk.language), flush=True)
    return 0 if complete else 1


def run_health(desk: Desk, args: Arguments) -> int:
    """A line for each thing that is wrong with the running service; exit status 1 where there is one."""
    wrong = False
    for text in health(desk.settings, desk.clock(), desk.zone):
        wrong = True
        print("✗ " + BaosongError(text).say(desk.language), flush=True)
    if not wrong:
        print("✓ " + HEALTHY.say(desk.language), flush=True)
    return 1 if wrong else 0


def run_notice(desk: Desk, args: Arguments) -> int:
    """Read a notice, write or print the campaign that it implies."""
    with desk.reader(None) as reader:
        reading = read_notice_file(Path(args.notice), Path(args.roster) if args.roster else None, reader)
    campaign, written = with_corrections(reading, Path(args.out) if args.out else None)
    if args.format == "json":
        written = json.dumps(campaign_to_json(campaign), ensure_ascii=False, indent=1) + "\n"
    if not args.out:
        print(written, end="")
        return 0
    with disk_errors(Path(args.out)):
        Path(args.out).write_text(written, "utf-8")
    desk.say(WROTE.fill(path=args.out))
    for item in campaign.unsure:
        desk.say(UNSURE.fill(field=item.field, why=item.why))
    return 0


def run_poll(desk: Desk, args: Arguments) -> int:
    """One pass over all mailboxes; ends when everything is filed."""
    if not desk.settings.mailbox:
        raise UsageError(NO_MAILBOX)
    with desk.writing() as office:
        progress = desk.progress()
        polled = Polled()
        unread: list[MailboxError] = []
        for place in range(len(desk.settings.mailbox)):
            with _session(desk, office, place) as session:
                poll = MailboxPoll(session, session.account, office.archive, desk.clock, progress)
                polled += poll.everything()
                unread += poll.unread.values()
        with desk.reader(office.archive) as reader:
            filed = process_pending(office, reader, progress)
            if LinkFetching(desk.settings.link_rules(), office.archive, desk.clock).run(office):
                process_pending(with_new_decisions(office), reader)
    desk.say(POLLED.fill(archived=polled.archived, too_large=polled.too_large, filed=filed))
    if unread:
        raise MailboxError(UNREAD.fill(count=len(unread), why=unread[0].text), "folder")
    return 0


def _session(desk: Desk, office: Office, place: int) -> MailboxSession:
    """A log-in that is counted, with those of other runs. Raises MailboxError where there were too many."""
    table = desk.settings.mailbox[place]
    account = with_since(desk.settings.mailbox_account(place), office)
    database = office.archive.database
    logins = admitted(database, account, rules_for(table.host, table.logins_per_hour), desk.clock())
    return MailboxSession(account, lambda: remember_login(database, account.name, logins, desk.clock()))


def run_daemon(desk: Desk, args: Arguments) -> int:
    """Work until a signal comes."""
    if not desk.settings.mailbox:
        raise UsageError(NO_MAILBOX)
    logging.getLogger("flow").setLevel(logging.INFO)  # one line a message (docs: what the log says)
    stop = Bell()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.ring())
    with writing(desk.settings.root), desk.archive() as archive, desk.reader(archive) as reader:
        daemon = Daemon(desk.settings, archive, reader, desk.clock)
        desk.say(RUNNING)
        daemon.run(stop)
    return 0


def run_digest(desk: Desk, args: Arguments) -> int:
    """The digest of a day: printed, written to a folder, or sent."""
    chosen = day(args.date) if args.date is not None else None
    if args.send:
        return _send(desk, args, lambda office, context: _queue_digest(desk, office, context, chosen))
    chosen = chosen or desk.now().date()
    with desk.reading() as office:
        for context in listed(office.contexts, args.campaign):
            _show(desk, args, letter_for(office, context, chosen, _mailing(desk, office)), "digest", context)
    return 0


def run_remind(desk: Desk, args: Arguments) -> int:
    """The reminder list: printed, written to a folder, or sent."""
    as_of = moment(args.as_of, desk.zone) if args.as_of is not None else desk.now()

    def queue(office: Office, context: CampaignContext) -> int:
        found = boards_of(office, context, as_of)
        return queue_reminder(office, context, found, f"by hand {as_of:%Y-%m-%d}", _mailing(desk, office))

    if args.send:
        return _send(desk, args, queue, reminds=True)
    with desk.reading() as office:
        for context in reminded(listed(office.contexts, args.campaign)):
            found = boards_of(office, context, as_of)
            if args.format:
                print(_plain(desk, found, as_of, args.format))
            else:
                _show(desk, args, reminder_letter(found, as_of, desk.language), "reminder", context)
    return 0


def run_rebuild(desk: Desk, args: Arguments) -> int:
    """Derived data again; sends nothing. Or what that would change."""
    if args.dry_run:
        with desk.reading() as office:
            foreseen = foresee(office, desk.clock(), desk.progress())
        for line in foreseen_lines(foreseen, desk.form):
            print(line)
        return 0
    root = desk.settings.root
    with writing(root):
        count = rebuilt(desk, Path(args.into) if args.into else root)
    desk.say(REBUILT.fill(count=count))
    return 0


def rebuilt(desk: Desk, target: Path) -> int:
    """Make derived data again below ``target``, the archive's lock held; returns how many messages were filed."""
    readable(desk.settings)  # journals, campaign files and rosters, before anything goes
    _delete_database(target)
    archive = open_archive(desk.settings.root, target)
    try:
        office = open_office(desk.settings, archive, desk.clock())
        with desk.reader(archive) as reader:
            return rebuild(office, reader, desk.progress())
    finally:
        archive.close()


def _delete_database(root: Path) -> None:
    for name in ("baosong.db", "baosong.db-wal", "baosong.db-shm"):
        with disk_errors(root / name):
            (root / name).unlink(missing_ok=True)


def _queue_digest(desk: Desk, office: Office, context: CampaignContext, chosen: date | None) -> int:
    """The digest of a day, by default of the last one that is over.

    Sent before its cut-off it would count as that day's and leave out what still comes. Raises UsageError.
    """
    how = _mailing(desk, office)
    if chosen is None:
        chosen = how.now.astimezone(ZoneInfo(context.timezone)).date()
        if digest_period(chosen, how.cutoff, context.timezone)[1] > how.now:
            chosen -= timedelta(days=1)
    _, cutoff = digest_period(chosen, how.cutoff, context.timezone)
    if cutoff > how.now:
        raise UsageError(TOO_EARLY.fill(day=chosen.isoformat(), cutoff=f"{cutoff:%m-%d %H:%M}"))
    return queue_digest(office, context, [chosen], how)


def _mailing(desk: Desk, office: Office) -> Mailing:
    return mailing(desk.settings, office, desk.now())


def _send(
    desk: Desk, args: Arguments, queue: Callable[[Office, CampaignContext], int], *, reminds: bool = False
) -> int:
    """Queue mails for the campaigns asked for and let the outbox leave; each key leaves once, however often asked."""
    account = desk.settings.outgoing_account()
    if account is None:
        raise UsageError(NO_OUTGOING)
    with desk.writing() as office:
        contexts = listed(office.contexts, args.campaign)
        queued = sum(queue(office, context) for context in (reminded(contexts) if reminds else contexts))
        run = send_due(office.archive, OutgoingServer(account), account.daily_limit, desk.clock, is_no_alarm)
    if run.waiting or run.refused:
        raise OutgoingMailError(NOT_SENT.fill(count=run.waiting + run.refused, why=run.detail))
    desk.say(SENT.fill(sent=run.sent) if queued or run.sent else NOTHING_NEW)
    return 0


def _show(desk: Desk, args: Arguments, letter: Letter, name: MailKind, context: CampaignContext) -> None:
    """Print a letter's text, or write it as files into ``--out``, a folder a campaign where there are several."""
    if not args.out:
        print(letter.text)
        return
    folder = Path(args.out)
    if args.campaign is None and len(desk.settings.campaign) > 1:
        folder /= file_name(context.campaign.id)
    with disk_errors(folder):
        make_folder(folder)
        for file, octets in _written(desk, letter, name, context):
            (folder / file).write_bytes(octets)
    desk.say(WROTE.fill(path=folder))


def _written(desk: Desk, letter: Letter, name: MailKind, context: CampaignContext) -> Iterator[tuple[str, bytes]]:
    sender = desk.settings.outgoing.sender if desk.settings.outgoing else "baosong@localhost"
    recipient = context.coordinators[0] if context.coordinators else sender
    mail = compose(
        letter,
        key=mail_key(name, context.campaign.id, "preview", recipient),
        kind=name,
        campaign=context.campaign.id,
        period="preview",
        sender=sender,
        recipient=recipient,
        created_at=desk.now(),
    )
    yield f"{name}.eml", mail.octets
    yield f"{name}.html", letter.html.encode()
    yield f"{name}.txt", letter.text.encode()
    for attachment in letter.attachments:
        yield "status.xlsx", attachment.content


def _plain(desk: Desk, boards: Sequence[Board], as_of: datetime, form: str) -> str:
    if form == "calls":
        return reminder_calls(boards, desk.language)
    return reminder_text(boards, as_of, desk.language)
