"""Video and sound, made by ffmpeg as telephones, cameras and conference programs write them."""

from __future__ import annotations

import functools
import http.server
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.message import read_message
from parsers.media import MediaParser
from parsers.parsed import Parsed, Unread
from parsers.reader import PartReader
from parsers.sniff import sniff
from parsers.stills import program, stills
from records.extracts import ReadLimits
from records.mail import Part

pytestmark = pytest.mark.skipif(program() is None, reason="no ffmpeg here: apt-get install ffmpeg")
FONT = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
PICTURE = ("-f", "lavfi", "-i", "testsrc=s=352x288:r=25:d=2")
SOUND = ("-f", "lavfi", "-i", "sine=d=2")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


@functools.cache
def made(name: str, *arguments: str) -> bytes:
    """The file of that name as ffmpeg makes it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        subprocess.run(["ffmpeg", "-v", "error", "-nostdin", *arguments, str(path)], check=True, timeout=120)
        return path.read_bytes()


def part(name: str, content: bytes, media_type: str = "application/octet-stream") -> Part:
    """A part as mail programs send it, its type hidden."""
    return Part("1", name, media_type, content)


def parse(name: str, content: bytes, ffmpeg: str | None = None, limits: ReadLimits | None = None) -> Parsed:
    """What the parser makes of it."""
    return MediaParser(ffmpeg).parse(part(name, content), limits or ReadLimits())


@pytest.mark.parametrize(
    ("name", "media_type", "codecs", "arguments"),
    [
        ("a.mp4", "video/mp4", ("AVC", "AAC"), H264),
        ("a.mov", "video/quicktime", ("AVC", "AAC"), H264),
        ("a.avi", "video/x-msvideo", ("MPEG-4 Visual", "MPEG Audio"), ()),
        ("a.wmv", "video/x-ms-wmv", ("MPEG-4 Visual", "WMA"), ()),
        ("a.flv", "video/x-flv", ("Sorenson Spark", "MPEG Audio"), ("-ar", "44100")),
        ("a.mkv", "video/x-matroska", ("AVC", "AAC"), (*H264, "-c:a", "aac")),
        ("a.webm", "video/x-matroska", ("VP8", "Vorbis"), ("-c:v", "libvpx", "-c:a", "libvorbis")),
        ("a.3gp", "video/mp4", ("H.263", "AAC"), ("-c:v", "h263", "-c:a", "aac", "-ar", "8000")),
        ("a.mpg", "video/mpeg", ("MPEG Video", "MPEG Audio"), ()),
        ("a.ts", "video/mp2t", ("MPEG Video", "MPEG Audio"), ()),
    ],
)
def test_video_tells_its_size_length_and_codecs_and_gives_stills(
    name: str, media_type: str, codecs: tuple[str, str], arguments: tuple[str, ...]
) -> None:
    """Whatever it is called; the container is told by its content."""
    content = made(name, *PICTURE, *SOUND, *arguments)

    parsed = parse("无名", content)

    known = dict(parsed.metadata)
    assert parsed.media_type == media_type
    assert (known["size"], known["video_codec"], known["audio_codec"]) == ("352x288", *codecs)
    assert 1.9 <= float(known["duration_s"]) <= 2.2
    assert parsed.problem is None
    assert 1 <= len(parsed.members) <= 2
    assert {sniff(member.part) for member in parsed.members} == {"image/jpeg"}


@pytest.mark.parametrize(
    ("name", "media_type", "codec", "arguments"),
    [
        ("a.mp3", "audio/mpeg", "MPEG Audio", ()),
        ("b.mp3", "audio/mpeg", "MPEG Audio", ("-id3v2_version", "0", "-write_xing", "0", "-map_metadata", "-1")),
        ("a.m4a", "audio/mp4", "AAC", ()),
        ("a.aac", "audio/aac", "AAC", ()),
        ("a.wav", "audio/wav", "PCM", ()),
        ("a.wma", "audio/x-ms-wma", "WMA", ()),
        ("a.ogg", "audio/ogg", "Vorbis", ("-c:a", "libvorbis")),
        ("a.flac", "audio/flac", "FLAC", ()),
    ],
)
def test_sound_is_listed_with_what_it_is_for_a_person_to_hear(
    name: str, media_type: str, codec: str, arguments: tuple[str, ...]
) -> None:
    """Speech is not turned into text, and nobody is led to believe that."""
    parsed = parse(name, made(name, *SOUND, *arguments))

    assert (parsed.media_type, dict(parsed.metadata)["audio_codec"]) == (media_type, codec)
    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("skipped", "not_heard")
    assert parsed.members == ()


def test_amr_of_a_telephone_is_sound() -> None:
    """Frames of 12.2 kbit/s, 20 ms each (RFC 4867 §5); no program here can make one."""
    parsed = parse("录音.amr", b"#!AMR\n" + (b"\x3c" + bytes(31)) * 100)

    assert (parsed.media_type, dict(parsed.metadata)["audio_codec"]) == ("audio/amr", "AMR")


def test_telephone_tells_when_where_and_by_what_it_was_taken() -> None:
    """Apple's keys (QuickTime File Format, metadata); the camera's own time comes before that of the container."""
    keys = {"make": "HUAWEI", "model": "Mate 60", "creationdate": "2025-06-12T09:31:00+0800",
            "location.ISO6709": "+29.5630+106.5516+250.000/"}  # fmt: skip
    tags = [text for key, value in keys.items() for text in ("-metadata", f"com.apple.quicktime.{key}={value}")]
    content = made("a.mov", *PICTURE, *H264, "-movflags", "use_metadata_tags", *tags)

    known = dict(parse("a.mov", content).metadata)

    assert known["created_at"] == "2025-06-12T09:31:00+0800"
    assert known["place"] == "29.563,106.5516"
    assert known["device"] == "HUAWEI Mate 60"


def test_place_of_an_android_telephone_and_time_in_utc_are_found() -> None:
    """The user data box ©xyz; times of the container are in UTC (ISO/IEC 14496-12 §8.2.2)."""
    tags = ("-metadata", "location=-33.8688-151.2093/", "-metadata", "creation_time=2025-06-12T01:31:00Z")
    known = dict(parse("a.mov", made("a.mov", *PICTURE, *H264, *tags)).metadata)

    assert (known["place"], known["created_at"]) == ("-33.8688,-151.2093", "2025-06-12T01:31:00Z")


def test_clock_that_was_never_set_is_no_time() -> None:
    """1904 and 1970 are where clocks begin to count."""
    content = made("a.wmv", *PICTURE)

    assert "created_at" not in dict(parse("a.wmv", content).metadata)


@pytest.mark.parametrize("name", ["a.mp4", "a.avi", "a.mp3", "a.wav"])
def test_tags_are_text_in_whatever_charset(name: str) -> None:
    """RIFF has no charset: MediaInfo takes it for Latin-1, Chinese programs write UTF-8 or GBK."""
    inputs = SOUND if name in ("a.mp3", "a.wav") else PICTURE
    content = made(name, *inputs, "-metadata", "title=安全生产月应急演练")

    assert parse(name, content).pages[0].text == "安全生产月应急演练"
    assert parse("a.wav", made("a.wav", *SOUND, "-metadata", "title=演练").replace(
        "演练".encode(), "演练".encode("gbk").ljust(6, b"\0"))).pages[0].text == "演练"  # fmt: skip


def test_video_that_is_held_upright_has_its_size_as_seen() -> None:
    """Telephones write lying frames and how to turn them; stills are turned."""
    with tempfile.TemporaryDirectory() as folder:
        lying = Path(folder) / "lying.mp4"
        lying.write_bytes(made("a.mp4", *PICTURE, *H264))
        content = made("b.mp4", "-i", str(lying), "-c", "copy", "-metadata:s:v", "rotate=90")

    parsed = parse("b.mp4", content)

    assert dict(parsed.metadata)["size"] == "288x352"
    jpeg = parsed.members[0].part.content
    height, width = struct.unpack(">HH", jpeg[(at := jpeg.index(b"\xff\xc0") + 5) : at + 4])
    assert (width, height) == (288, 352)


def test_text_on_a_banner_in_the_video_is_read(tmp_path: Path) -> None:
    """In the worker processes, from a still; the banner stands in the second half alone; equal stills are kept once."""
    if not FONT.exists():
        pytest.skip("no Chinese font here: apt-get install fonts-noto-cjk")
    (tmp_path / "words").write_text("安全生产月应急演练现场", "utf-8")
    banner = f"drawtext=fontfile={FONT}:textfile={tmp_path}/words:fontsize=64:fontcolor=white:box=1:boxcolor=red"
    content = made(
        "a.mp4", "-f", "lavfi", "-i", "color=gray:s=1280x720:r=5:d=20", *H264, "-vf",
        f"{banner}:boxborderw=20:x=100:y=100:enable='gte(t,10)'"
    )  # fmt: skip

    with PartReader(ReadLimits(), read_message) as reader:
        (extract,) = reader.read([part("演练.mp4", content)])

    assert (extract.status, extract.parser) == ("ok", "media")
    assert [member.text for member in extract.members if member.text] == ["安全生产月应急演练现场"]
    assert extract.members[-1].part.filename == "画面2（0分12秒）.jpg"


def test_without_ffmpeg_people_are_told_what_to_install() -> None:
    """What the file says of itself is there all the same."""
    parsed = parse("a.mp4", made("a.mp4", *PICTURE, *H264), ffmpeg="")

    assert dict(parsed.metadata)["size"] == "352x288"
    assert parsed.problem is not None
    assert (parsed.problem.status, parsed.problem.reason) == ("partial", "no_program")
    assert "ffmpeg" in parsed.problem.explanation.zh


def test_file_that_is_no_video_is_damaged() -> None:
    """Neither picture nor sound in it."""
    with pytest.raises(Unread) as caught:
        parse("a.mp4", b"\0\0\0\x20ftypisom" + bytes(2000))

    assert caught.value.problem.reason == "damaged"


def test_video_that_breaks_off_tells_what_it_can() -> None:
    """Half a Matroska file: its beginning says what it is, stills come from what is there."""
    content = made("a.mkv", *PICTURE, *H264)

    parsed = parse("a.mkv", content[: len(content) // 2])

    assert dict(parsed.metadata)["size"] == "352x288"
    assert parsed.members or (parsed.problem is not None and parsed.problem.reason == "no_stills")


@pytest.mark.parametrize("behaviour", ["sleep 60", "while :; do :; done", "cat /dev/zero", "exit 1"])
def test_program_that_hangs_floods_or_fails_costs_the_stills_alone(
    behaviour: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In time; nothing stays on the disk."""
    script = tmp_path / "ffmpeg"
    script.write_text(f"#!/bin/sh\n{behaviour}\n", "ascii")
    script.chmod(0o755)
    (scratch := tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    started = time.monotonic()

    parsed = parse("a.mp4", made("a.mp4", *PICTURE, *H264), str(script), ReadLimits(timeout_s=2))

    assert parsed.problem is not None
    assert parsed.problem.reason == "no_stills"
    assert time.monotonic() - started < 5
    assert list(scratch.iterdir()) == []


def test_picture_larger_than_allowed_is_not_decoded() -> None:
    """The limit is ffmpeg's too, whatever the header claims."""
    parsed = parse("a.mp4", made("a.mp4", *PICTURE, *H264), limits=ReadLimits(max_pixels=10_000))

    assert parsed.members == ()
    assert parsed.problem is not None


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server's address, and what was asked of it."""
    paths: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", paths
        server.shutdown()


@pytest.mark.parametrize(
    "playlist",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{url}a.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {url}a.mp4\nduration 1\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{file}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {file}\nduration 1\n",
    ],
)
def test_playlists_are_never_followed(playlist: str, asked: tuple[str, list[str]], tmp_path: Path) -> None:
    """A text that passes for a video names other files and addresses; ffmpeg opens none of them."""
    url, paths = asked
    (tmp_path / "secret.ts").write_bytes(made("a.ts", *PICTURE))
    content = playlist.format(url=url, file=tmp_path / "secret.ts").encode()

    assert stills(program() or "", content, 1.0, 10**8, 20) == ()
    assert paths == []
