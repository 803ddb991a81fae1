"""The sentences in which people are told why a file was not read, and what to do about it.

``unreadable`` is what nobody could open: the unit is asked again. ``skipped`` is what only this service could not read:
the file is kept, a person opens it.
"""

from __future__ import annotations

from parsers.parsed import Problem, Unread
from records.words import Text

_KEPT_ZH = "文件已原样保存，请打开查看后人工归类。"
_KEPT_EN = "The file is kept as it came; please open it and file it by hand."


def encrypted(what: Text) -> Unread:
    """``what`` asks for a password."""
    return Unread(
        Problem(
            "unreadable",
            "encrypted",
            Text(
                "{what}设有密码，无法打开。请报送单位取消密码后重新发送（压缩包请直接发送里面的文件）。",
                "The {what} has a password. Ask the unit to send it again without one (unpacked, if it is an archive).",
            ).fill(what=what),
        )
    )


def damaged(what: Text) -> Unread:
    """``what`` is broken off or not what it seems."""
    return Unread(
        Problem(
            "unreadable",
            "damaged",
            Text(
                "{what}已损坏或不完整，无法打开。请报送单位核对原文件后重新发送。",
                "The {what} is damaged or incomplete and cannot be opened. Ask the unit to check it and send it again.",
            ).fill(what=what),
        )
    )


def broken_off(what: Text) -> Problem:
    """Some of ``what`` was read, the rest is damaged."""
    return Problem(
        "partial",
        "damaged",
        Text(
            "{what}有一部分已损坏，只读出了其余部分，请打开核对。",
            "Some of the {what} is damaged; only the rest was read. Please open it and check.",
        ).fill(what=what),
    )


def no_parser(what: Text) -> Problem:
    """A kind of file that is kept and listed, not read."""
    return _skipped(
        "no_parser",
        Text("这是{what}，系统目前不能读取其内容。", "This is a {what}; its content cannot be read yet."),
        what,
    )


def shortcut() -> Problem:
    """A link to a file on the sender's own machine, sent in place of the file."""
    return Problem(
        "unreadable",
        "shortcut",
        Text(
            "这是一个快捷方式，只指向对方电脑上的文件，不是文件本身。请报送单位重新发送原文件。",
            "This is a shortcut to a file on the sender's machine, not the file itself. Ask the unit to send that.",
        ),
    )


def no_program(what: Text) -> Problem:
    """A packed member of a RAR archive, and no program on this machine that unpacks such."""
    return _skipped(
        "no_program",
        Text(
            "{what}用RAR格式压缩，本机没有能解开它的程序。请管理员安装unar（或unrar），或请报送单位改用ZIP压缩后重新发送。",
            "The {what} is packed by RAR, which no program here can unpack. Have unar (or unrar) installed, or ask the "
            "unit to send it as ZIP.",
        ),
        what,
    )


def not_unpacked(what: Text) -> Problem:
    """The programs on this machine did not take a packed member out; whose fault that is cannot be told."""
    return _skipped(
        "not_unpacked",
        Text(
            "本机的解压程序未能解开这个{what}。可请报送单位改用ZIP压缩后重新发送。",
            "The programs here could not unpack this {what}. The unit may send it again as ZIP.",
        ),
        what,
    )


def not_heard() -> Problem:
    """A recording of sound: what is spoken in it is not turned into text."""
    return _skipped(
        "not_heard",
        Text("录音里说的话不能自动转成文字，请收听。", "What is spoken is not turned into text; please listen to it."),
    )


def no_stills_program() -> Problem:
    """A video, and no program on this machine that takes stills; what the file says of itself was read."""
    return Problem(
        "partial",
        "no_program",
        Text(
            "已读出视频的时长等信息；本机没有ffmpeg，不能截取画面、识别画面上的文字。请管理员安装ffmpeg，或打开观看。",
            "Duration and the like were read; without ffmpeg on this machine no stills can be taken and no text on "
            "them be read. Have ffmpeg installed, or watch the video.",
        ),
    )


def no_stills() -> Problem:
    """A video of which no still could be taken (damaged, rare, too large); what it says of itself was read."""
    return Problem(
        "partial",
        "no_stills",
        Text(
            "已读出视频的时长等信息，但未能截取画面。请打开观看。",
            "Duration and the like were read, but no still could be taken. Please watch the video.",
        ),
    )


def not_a_file(what: Text) -> Problem:
    """A member of an archive that is no file but a link or a device: it has no content of its own."""
    return Problem(
        "skipped",
        "not_a_file",
        Text(
            "{what}里的这一项是链接或特殊文件，本身没有内容，无需处理。",
            "This entry of the {what} is a link or a special file without content.",
        ).fill(what=what),
    )


def split_archive(what: Text) -> Problem:
    """An archive cut into volumes, or a member that goes on in the next one; each volume came as a file of its own."""
    return Problem(
        "unreadable",
        "split",
        Text(
            "{what}被分成了多卷，单独一卷无法完整解开。请报送单位不要分卷压缩，重新发送。",
            "The {what} is split into volumes, of which one alone cannot be unpacked. Ask the unit to send it unsplit.",
        ).fill(what=what),
    )


def too_large(what: Text) -> Problem:
    """Reading it would take more bytes or pixels than the limits allow."""
    return _skipped(
        "too_large",
        Text("{what}解开后过大，超出处理上限，未读取。", "The {what} is too large when unpacked and was not read."),
        what,
    )


def partly_too_large(what: Text, count: int) -> Problem:
    """So many members of ``what`` would have gone beyond the limit of what is unpacked; the others were read."""
    return Problem(
        "partial",
        "too_large",
        Text(
            "{what}里有{count}个文件过大，超出处理上限，未读取。请打开查看。",
            "{count} files in the {what} are too large and were not read. Please open it and look.",
        ).fill(what=what, count=count),
    )


def too_many_members(limit: int) -> Problem:
    """An archive holds more files than the limit; the rest is not taken out."""
    return Problem(
        "partial",
        "too_many_members",
        Text(
            f"里面的文件超过{limit}个，其余未读取。请打开查看。",
            f"There are more than {limit} files inside; the rest was not read. Please open it and look.",
        ),
    )


def too_many_pages(read: int, limit: str) -> Problem:
    """A document has more pages than are read; ``limit`` tells of which kind."""
    return Problem(
        "partial",
        f"too_many_{limit}",
        Text(
            f"页数过多，只读取了前{read}页。请打开查看。",
            f"Too many pages: only the first {read} were read. Please open it.",
        ),
    )


def too_much_text() -> Problem:
    """A part, or a message with all that is in it, holds more text than is kept."""
    return Problem(
        "partial",
        "too_much_text",
        Text("文字过多，只读取了前一部分。请打开查看。", "Too much text: only some was kept. Please open it."),
    )


def partly_in_time(read: int) -> Problem:
    """Time ran out after so many pages; what was read until then stands."""
    return Problem(
        "partial",
        "timeout",
        Text(
            f"读取过慢，在限定时间内只读取了前{read}页。请打开查看。",
            f"Reading was slow: only the first {read} pages were read in time. Please open it.",
        ),
    )


def too_deep() -> Problem:
    """A member lies deeper in archives inside archives than is unpacked."""
    return _skipped(
        "too_deep",
        Text(
            "压缩包或邮件嵌套层数过多，未再解开。", "Archives or mails lie too deep inside one another; not unpacked."
        ),
    )


def timeout(seconds: float) -> Problem:
    """Its reading did not end in time."""
    return _skipped(
        "timeout",
        Text(
            f"{seconds:.0f}秒内未能读完这个文件，已停止读取。",
            f"Reading this file did not end within {seconds:.0f} seconds and was stopped.",
        ),
    )


def memory() -> Problem:
    """Its reading needed more memory than a worker may use."""
    return _skipped(
        "memory",
        Text("读取这个文件所需的内存超出上限，已停止读取。", "Reading this file needed more memory than allowed."),
    )


def crashed() -> Problem:
    """Its reading ended in an error of ours or of a library."""
    return _skipped("crashed", Text("读取这个文件时程序出错。", "The program failed on this file."))


def too_many_failures() -> Problem:
    """So many members of one attachment hung or crashed that the rest is left alone."""
    return _skipped(
        "too_many_failures",
        Text(
            "同一附件中多个文件读取失败，其余未再读取。",
            "Several files of this attachment failed; the rest was left unread.",
        ),
    )


def partly_unread(first: Problem, pages: int) -> Problem:
    """Some pages' pixels were not read; ``first`` tells why the first of them was not."""
    return Problem(
        "partial",
        first.reason,
        Text(
            f"有{pages}页（幅）图像未能识别，请打开核对。",
            f"The pixels of {pages} page(s) could not be read. Please open it and check.",
        ),
    )


def _skipped(reason: str, sentence: Text, what: Text | None = None) -> Problem:
    whole = Text(sentence.zh + _KEPT_ZH, f"{sentence.en} {_KEPT_EN}")
    return Problem("skipped", reason, whole.fill(what=what) if what is not None else whole)
