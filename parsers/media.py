"""Video and sound: what the file says of itself, and of a video a few stills, whose text is read like any picture's.

What is spoken is not turned into text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BytesIO
from xml.etree.ElementTree import ParseError

from pymediainfo import MediaInfo, Track

from parsers import media_types as mt
from parsers.media_types import called
from parsers.parsed import Member, Parsed, Problem
from parsers.problems import damaged, no_stills, no_stills_program, not_heard
from parsers.sniff import sniff
from parsers.stills import Still, program, stills
from records.decoding import decode_text
from records.extracts import Page, ReadLimits
from records.mail import Part

_SHARE_OF_TIME = 0.5  # for stills, all together
_MOST_TEXT = 2000  # characters of one tag
_WORDS = ("title", "album", "performer", "description", "comment", "lyrics")  # tags that people write
_MOMENTS = ("comapplequicktimecreationdate", "recorded_date", "encoded_date", "tagged_date")  # the camera's own first
_PLACES = ("comapplequicktimelocationiso6709", "xyz", "recorded_location")
_MAKES = ("comapplequicktimemake", "make", "comandroidmanufacturer")
_MODELS = ("comapplequicktimemodel", "model", "comandroidmodel")
_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.\d+)?\s*(UTC|Z|[+-]\d\d:?\d\d)?")
_NEVER = ("0000", "1601", "1904", "1970")  # the years from which clocks count that were never set
_PLACE = re.compile(r"([+-]\d{1,2}(?:\.\d+)?)([+-]\d{1,3}(?:\.\d+)?)(?:[+-]\d|/|$)")  # ISO 6709 annex H, in degrees


class MediaParser:
    """Duration, size, codecs, moment, place, device and tags by MediaInfo; stills by ffmpeg."""

    name = "media"

    def __init__(self, ffmpeg: str | None = None) -> None:
        """``ffmpeg``: the program that takes stills; None for the one on the machine, "" for none."""
        self._ffmpeg = ffmpeg

    def parse(self, part: Part, limits: ReadLimits) -> Parsed:
        """Raises ``Unread``: damaged (neither picture nor sound in it)."""
        media_type = sniff(part)
        tracks = _tracks(part.content)
        video = next((track for track in tracks if track.track_type == "Video"), None)
        if video is None and not any(track.track_type == "Audio" for track in tracks):
            raise damaged(called(media_type))
        general = tracks[0]
        words = "\n".join(_tag_lines(general))
        known = Parsed(
            media_type,
            pages=(Page(1, words),) if words else (),
            metadata=tuple((name, value) for name, value in _metadata(general, tracks) if value),
        )
        if video is None:
            return replace(known, problem=not_heard())
        members, problem = self._stills(part, _seconds(general) or _seconds(video), limits)
        return replace(known, members=members, problem=problem)

    def _stills(self, part: Part, duration_s: float, limits: ReadLimits) -> tuple[tuple[Member, ...], Problem | None]:
        ffmpeg = program() if self._ffmpeg is None else self._ffmpeg
        if not ffmpeg:
            return (), no_stills_program()
        try:
            found = stills(ffmpeg, part.content, duration_s, limits.max_pixels, limits.timeout_s * _SHARE_OF_TIME)
        except OSError:  # no room for the file, or a program that cannot be run
            found = ()
        members = tuple(_member(part, number, still) for number, still in enumerate(found, 1))
        return members[: limits.max_members], None if members else no_stills()


PARSER = MediaParser()


def _member(part: Part, number: int, still: Still) -> Member:
    minutes, seconds = divmod(int(still.second), 60)
    return Member(
        Part(f"{part.position}/{number}", f"画面{number}（{minutes}分{seconds:02}秒）.jpg", mt.JPEG, still.content)
    )


def _tracks(content: bytes) -> list[Track]:
    """The file as a whole, then its tracks. Octets are handed over, not a path: other files named inside stay shut."""
    try:
        return list(MediaInfo.parse(BytesIO(content)).tracks)
    except (ParseError, RuntimeError, ValueError):
        return []


def _metadata(general: Track, tracks: Iterable[Track]) -> Iterator[tuple[str, str]]:
    """Names and values as they stand in the extract; "" where the file does not say."""
    first = {track.track_type: track for track in reversed(list(tracks))}
    video, audio = first.get("Video"), first.get("Audio")
    longest = max(filter(None, map(_seconds, first.values())), default=0.0)
    yield "format", _said(general, "format")
    yield "duration_s", f"{longest:.1f}" if longest else ""
    yield "size", _size(video) if video else ""
    yield "video_codec", _said(video, "format") if video else ""
    yield "audio_codec", _said(audio, "format") if audio else ""
    yield "created_at", next(filter(None, (_moment(_said(general, name)) for name in _MOMENTS)), "")
    yield "place", next(filter(None, (_place(_said(general, name)) for name in _PLACES)), "")
    yield "device", _device(general)
    for name in _WORDS[:3]:
        yield name, _said(general, name)


def _tag_lines(general: Track) -> Iterator[str]:
    yield from dict.fromkeys(filter(None, (_said(general, name) for name in _WORDS)))


def _said(track: Track, name: str) -> str:
    """The value under that name as one line; what MediaInfo took for Latin-1 read as Chinese programs write it."""
    value = str(getattr(track, name, None) or "")[:_MOST_TEXT]
    if not value.isascii() and all(char <= "\xff" for char in value):
        value = decode_text(value.encode("latin-1"))
    return " ".join("".join(char if char.isprintable() else " " for char in value).split())


def _seconds(track: Track) -> float:
    try:
        return float(track.duration or 0) / 1000
    except ValueError:
        return 0.0


def _size(video: Track) -> str:
    """Width and height as the video is meant to be seen."""
    width, height = video.width, video.height
    if not (isinstance(width, int) and isinstance(height, int)):
        return ""
    return f"{height}x{width}" if _said(video, "rotation").startswith(("90.", "270.")) else f"{width}x{height}"


def _device(general: Track) -> str:
    make, model = (next(filter(None, (_said(general, name) for name in names)), "") for names in (_MAKES, _MODELS))
    return model if model.casefold().startswith(make.casefold()) else f"{make} {model}".strip()


def _moment(said: str) -> str:
    """ISO 8601 with the offset that the file gives, if any: "2025-06-12 01:31:00 UTC" → "2025-06-12T01:31:00Z"."""
    found = _MOMENT.search(said)
    if found is None or found[1] in _NEVER:
        return ""
    offset = {"UTC": "Z", None: ""}.get(found[7], found[7])
    return f"{found[1]}-{found[2]}-{found[3]}T{found[4]}:{found[5]}:{found[6]}{offset}"


def _place(said: str) -> str:
    """Latitude and longitude in degrees, south and west below zero: "+29.5630+106.5516/" → "29.563,106.5516"."""
    found = _PLACE.match(said)
    if found is None or abs(latitude := float(found[1])) > 90 or abs(longitude := float(found[2])) > 180:
        return ""
    return f"{round(latitude, 6)},{round(longitude, 6)}" if round(latitude, 4) or round(longitude, 4) else ""
