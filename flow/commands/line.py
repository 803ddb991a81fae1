"""The command line: arguments → commands (CONTRACT: Commands).

Exit status 0: done; 2: wrong usage or configuration; 1: failure; each with one line on stderr.
"""

from __future__ import annotations

import argparse
import logging
import os
import runpy
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import NoReturn

from config import Settings, read_settings
from flow.commands import deciding, keeping, looking, reviewing, setting_up, starting, working
from flow.commands.desk import Arguments, Desk, config_path
from flow.providers import providers
from records.errors import BaosongError, UsageError
from records.words import Language, Text

USAGE = Text("用法有误：{why}（用 --help 查看用法）", "wrong usage: {why} (see --help)")
BROKE = Text(
    "程序出错（{why}），已收到的邮件不会丢失：请加 --debug 重试，并把输出交给管理员",
    "the program failed ({why}); nothing received is lost: try again with --debug and tell the administrator",
)
INTERRUPTED = Text("已中断；再次运行会接着做", "interrupted; run it again to go on")
KINDS = ("summary", "material")
STATUSES = ("archived", "filed", "review", "not_a_report", "unreadable", "too_large", "returned", "withdrawn")
Command = Callable[[Desk, Arguments], int]


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Wrong usage: exit status 2."""
        raise UsageError(USAGE.fill(why=message))


def build_parser() -> Parser:
    """The commands and their arguments."""
    parser = Parser(prog="service.py", description="报送：从邮箱收取、归类、归档各单位的报送材料，发送日报和催报名单")
    parser.add_argument("--config", metavar="FILE", help="配置文件；默认 $BAOSONG_CONFIG，其次 ./config.toml")
    parser.add_argument("--lang", choices=("zh", "en"), help="语言；默认取配置文件")
    parser.add_argument("--debug", action="store_true", help="出错时显示技术细节")
    parser.set_defaults(campaign=None)  # below, --campaign has no default: before or after an action it means the same
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=Parser)
    _add_work(commands)
    _add_listings(commands)
    _add_review(commands)
    _add_decisions(commands)
    return parser


def _add_work(commands: argparse._SubParsersAction[Parser]) -> None:
    demo = commands.add_parser("demo", help="在本机演示：内置邮件服务器加示例材料")
    demo.add_argument("--once", action="store_true", help="演示完就结束")
    demo.set_defaults(run=_demo, needs_config=False)
    _add_setup(commands)
    _command(commands, "check", working.run_check, "检查配置、任务、名册、邮箱、发件、磁盘和工具")
    _command(commands, "health", working.run_health, "常驻服务是否在正常收件、发件；不正常的各说一行")
    notice = _command(commands, "notice", working.run_notice, "读通知，写出报送任务文件", needs_config=False)
    notice.add_argument("notice", metavar="NOTICE")
    notice.add_argument("--roster", metavar="FILE")
    notice.add_argument("--out", metavar="campaign.toml")
    notice.add_argument("--format", choices=("toml", "json"), default="toml")
    _command(commands, "run", working.run_daemon, "常驻服务：收件、归类、按时发日报和催报")
    _command(commands, "poll", working.run_poll, "收一遍邮件，全部归类后结束")
    imports = _command(commands, "import", starting.run_import, "导入 .eml、mbox、Maildir 里的旧邮件，不发邮件")
    imports.add_argument("paths", metavar="PATH", nargs="+")
    digest = _command(commands, "digest", working.run_digest, "收报日报", campaign=True)
    digest.add_argument("--date", metavar="D")
    remind = _command(commands, "remind", working.run_remind, "催报名单", campaign=True)
    remind.add_argument("--as-of", metavar="T")
    remind.add_argument("--format", choices=("text", "calls"))
    for command in (digest, remind):
        where = command.add_mutually_exclusive_group()
        where.add_argument("--send", action="store_true", help="发给联络员；同一份只发一次")
        where.add_argument("--out", metavar="DIR", help="写入文件夹")
    rebuild = _command(commands, "rebuild", working.run_rebuild, "由原始邮件和日志重建全部数据，不发邮件")
    elsewhere = rebuild.add_mutually_exclusive_group()
    elsewhere.add_argument("--into", metavar="DIR", help="写到别处，便于对比")
    elsewhere.add_argument("--dry-run", action="store_true", help="只说会改变什么，不改动任何数据，服务不必停")
    _add_keeping(commands)


def _add_keeping(commands: argparse._SubParsersAction[Parser]) -> None:
    backup = _command(commands, "backup", keeping.run_backup, "备份原始邮件、日志和配置（不含授权码），服务不必停")
    restore = _command(commands, "restore", keeping.run_restore, "由备份恢复到空的资料库，并重建全部数据，不发邮件")
    for command in (backup, restore):
        command.add_argument("folder", metavar="DIR")
    verify = _command(commands, "verify", keeping.run_verify, "核对资料库（或备份 DIR）是否完好，服务不必停")
    verify.add_argument("folder", metavar="DIR", nargs="?")


def _add_setup(commands: argparse._SubParsersAction[Parser]) -> None:
    setup = _command(
        commands, "setup", setting_up.run_setup, "第一次使用：问几个问题，试登录，写出 config.toml", needs_config=False
    )
    setup.add_argument("--provider", choices=tuple(providers()))
    setup.add_argument("--account", metavar="ADDRESS", help="收件邮箱的完整地址")
    setup.add_argument("--password-file", metavar="FILE", help="授权码在这个文件里；给了它就不再提问")
    for prefix, words in (("", "收信服务器"), ("smtp-", "发信服务器")):
        setup.add_argument(f"--{prefix}host", metavar="HOST", help=f"{words}；默认由 --provider 决定")
        setup.add_argument(f"--{prefix}port", metavar="N", type=_count)
        setup.add_argument(f"--{prefix}tls", choices=("implicit", "starttls", "none"))
    setup.add_argument("--no-outgoing", action="store_true", help="不设发信")
    setup.add_argument("--sender", metavar="ADDRESS", help="发件人地址；默认为收件邮箱")
    setup.add_argument("--notice", metavar="FILE", help="通知文件")
    setup.add_argument("--roster", metavar="FILE", help="名册文件")
    setup.add_argument("--coordinator", metavar="ADDRESS", action="append", help="联络员邮箱；可写多次")
    setup.add_argument("--overwrite", action="store_true", help="已有配置时换成新的，旧的改名保留")


def _add_listings(commands: argparse._SubParsersAction[Parser]) -> None:
    missing = _command(commands, "missing", looking.run_missing, "谁还没报", campaign=True)
    missing.add_argument("--as-of", metavar="T")
    missing.add_argument("--requirement", metavar="R")
    missing.add_argument("--format", choices=("table", "json", "csv"), default="table")
    figures = _command(commands, "figures", looking.run_figures, "各项数据：合计、几家报了、逐家的数", campaign=True)
    figures.add_argument("--unit", metavar="U")
    figures.add_argument("--as-of", metavar="T")
    figures.add_argument("--format", choices=("table", "json", "csv"), default="table")
    submissions = _command(commands, "submissions", looking.run_submissions, "收到了什么", campaign=True)
    _add_filters(submissions)
    submissions.add_argument("--format", choices=("table", "jsonl", "csv", "xlsx"), default="table")
    search = _command(commands, "search", looking.run_search, "全文检索：正文、附件、图片里的文字", campaign=True)
    search.add_argument("query", metavar="QUERY")
    _add_filters(search)
    search.add_argument("--limit", type=_count, default=20, metavar="N")
    search.add_argument("--format", choices=("table", "jsonl"), default="table")


def _add_filters(parser: Parser) -> None:
    parser.add_argument("--unit", metavar="U")
    parser.add_argument("--activity", metavar="A")
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--status", choices=STATUSES)
    parser.add_argument("--since", metavar="T")
    parser.add_argument("--until", metavar="T")


def _count(text: str) -> int:
    """A number of hits, from 1."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise argparse.ArgumentTypeError(text)
    return int(text)


def _add_review(commands: argparse._SubParsersAction[Parser]) -> None:
    review = commands.add_parser("review", help="人工复核")
    review.add_argument("--campaign", metavar="ID", default=argparse.SUPPRESS)
    review.set_defaults(run=reviewing.run_review_list, needs_config=True)
    actions = review.add_subparsers(metavar="ACTION", parser_class=Parser)
    _command(actions, "list", reviewing.run_review_list, "等人处理的邮件", campaign=True)
    _command(actions, "show", reviewing.run_review_show, "一封邮件的详情").add_argument("id", metavar="ID")
    assign = _decision(actions, "assign", deciding.assign, "确定单位、类型等")
    assign.add_argument("id", metavar="ID")
    assign.add_argument("--unit", metavar="U")
    assign.add_argument("--kind", choices=KINDS)
    assign.add_argument("--requirement", metavar="R")
    assign.add_argument("--activity", metavar="A", action="extend", nargs="+")
    assign.add_argument("--figure", metavar="name=value", action="extend", nargs="+")
    link = _decision(actions, "link", deciding.save_link, "超大附件已下载（--file 登记文件），或不必再下载")
    link.add_argument("id", metavar="ID")
    link.add_argument("--file", metavar="F")
    for name, make, words in (
        ("reject", deciding.reject, "不是报送材料"),
        ("return", deciding.send_back, "退回补正（请用 --note 说明）"),
        ("withdraw", deciding.withdraw, "单位撤回"),
    ):
        _decision(actions, name, make, words, needs_note=name == "return").add_argument("id", metavar="ID")


def _add_decisions(commands: argparse._SubParsersAction[Parser]) -> None:
    record = _decision(commands, "record", deciding.record, "登记电话、纸质、微信等报来的材料")
    record.add_argument("--at", metavar="T", required=True)
    record.add_argument("--channel", choices=("phone", "paper", "chat", "other"), required=True)
    record.add_argument("--file", metavar="F")
    exempt = _decision(commands, "exempt", deciding.exempt, "免报")
    extend = _decision(commands, "extend", deciding.extend, "延期")
    extend.add_argument("--until", metavar="T", required=True)
    promise = _decision(commands, "promise", deciding.promise, "登记承诺日期")
    promise.add_argument("--date", metavar="D", required=True)
    for command in (record, exempt, extend, promise):
        command.add_argument("--unit", metavar="U", required=True)
        command.add_argument("--requirement", metavar="R")
    _command(commands, "decisions", looking.run_decisions, "谁在何时决定了什么")
    _command(commands, "learnt", looking.run_learnt, "从人的决定和来件中学到了什么，凭什么")
    _decision(commands, "close", deciding.close, "结束一个报送任务")
    _decision(commands, "undo", deciding.undo, "撤销一个决定").add_argument("decision", metavar="DECISION")


def _command(
    commands: argparse._SubParsersAction[Parser],
    name: str,
    run: Command,
    words: str,
    *,
    campaign: bool = False,
    needs_config: bool = True,
) -> Parser:
    parser = commands.add_parser(name, help=words, description=words)
    parser.set_defaults(run=run, needs_config=needs_config)
    if campaign:
        parser.add_argument("--campaign", metavar="ID", default=argparse.SUPPRESS)
    return parser


def _decision(
    commands: argparse._SubParsersAction[Parser], name: str, make: deciding.Make, words: str, needs_note: bool = False
) -> Parser:
    parser = _command(commands, name, deciding.carry_out(make), words, campaign=True)
    parser.add_argument("--by", metavar="NAME", help="谁决定的；默认为登录名")
    parser.add_argument("--note", metavar="TEXT", required=needs_note)
    return parser


def _demo(desk: Desk, args: Arguments) -> int:
    """The demonstration is a program of its own, so that no other command carries its mail servers."""
    sys.argv = ["demo", *(["--once"] if args.once else []), *(["--lang", args.lang] if args.lang else [])]
    runpy.run_module("demo", run_name="__main__")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit status."""
    language: Language = "zh"
    debug = "--debug" in (arguments if arguments is not None else sys.argv)
    logging.basicConfig(
        level=logging.DEBUG if debug else logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    try:
        args = build_parser().parse_args(arguments)
        language = args.lang or language
        settings = read_settings(config_path(args)) if args.needs_config else Settings()
        language = args.lang or settings.language
        status: int = args.run(Desk(settings, lambda: datetime.now(UTC), language), args)
    except BaosongError as error:
        return _failed(error.say(language), 2 if isinstance(error, UsageError) else 1, error, debug)
    except KeyboardInterrupt as error:
        return _failed(INTERRUPTED.say(language), 1, error, debug)
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - people never see a traceback; it is shown with --debug
        why = BROKE.fill(why=type(error).__name__).say(language)
        return _failed(why, 1, error, debug)
    return status


def _failed(words: str, status: int, error: BaseException, debug: bool) -> int:
    print(words, file=sys.stderr)
    if debug:
        logging.getLogger(__name__).error("details", exc_info=error)
    return status
