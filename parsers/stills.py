"""A few still pictures of a video, taken by ffmpeg where it is installed."""

from __future__ import annotations

import math
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from parsers.programs import piped

PROGRAM = "ffmpeg"
_MOST = 4
_EVERY_S = 2.0  # shorter videos give fewer
_SIDE = 1280  # pixels of the longer side: banners can be read, and no still weighs much
_WINDOW = 12  # frames from which the one that is most like the others is taken: no flash, no fade
_MOST_BYTES = 4 * 1024**2  # of one still
# Containers of one file. Playlists (hls, dash, concat, sdp …) name other files and addresses; none of them is here.
_CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,asf,mpeg,mpegts,mpegvideo,ogg,rm,m4v,h264,hevc,mjpeg"
_LIMITS = ("-protocol_whitelist", "file", "-format_whitelist", _CONTAINERS, "-max_streams", "32", "-threads", "1")
_SCALE = f"scale=w='min({_SIDE},iw)':h='min({_SIDE},ih)':force_original_aspect_ratio=decrease"
_CHOICE = ("-map", "0:V:0", "-an", "-sn", "-dn", "-frames:v", "1", "-vf", f"{_SCALE},thumbnail={_WINDOW}")
_JPEG = ("-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p", "-flags", "+bitexact", "-map_metadata", "-1")
_OUTPUT = (*_CHOICE, *_JPEG, "-f", "image2pipe", "pipe:1")


@dataclass(frozen=True, slots=True)
class Still:
    """A JPEG picture and where in the video it stands."""

    second: float
    content: bytes


@lru_cache(maxsize=1)
def program() -> str | None:
    """Where ffmpeg is, as it was when first asked; None where it is not installed."""
    return shutil.which(PROGRAM)


def stills(ffmpeg: str, video: bytes, duration_s: float, max_pixels: int, seconds: float) -> tuple[Still, ...]:
    """Up to four different stills, spread over the video; fewer where it is short, or not all can be taken in time.

    The video lies in a folder of its own meanwhile. Raises OSError where that or the program fails.
    """
    with tempfile.TemporaryDirectory(prefix="baosong-video-") as folder:
        path = Path(folder) / "video"
        path.write_bytes(video)
        found = dict[bytes, float]()
        for second, limit in _shares(duration_s, seconds):
            command = [ffmpeg, "-nostdin", "-loglevel", "quiet", *_LIMITS, "-max_pixels", str(max_pixels)]
            command += ["-ss", f"{second:.3f}", "-i", f"file:{path}", *_OUTPUT]
            found.setdefault(piped(command, path.parent, _MOST_BYTES, limit), second)
    return tuple(Still(second, content) for content, second in found.items() if _is_whole(content))


def _shares(duration_s: float, seconds: float) -> Iterator[tuple[float, float]]:
    """Where each still stands, and how long its making may take."""
    deadline = time.monotonic() + seconds
    count = min(max(math.ceil(duration_s / _EVERY_S), 1), _MOST)
    for place in range(count):
        yield duration_s * (place + 0.5) / count, max((deadline - time.monotonic()) / (count - place), 0.1)


def _is_whole(jpeg: bytes) -> bool:
    return jpeg.startswith(b"\xff\xd8") and jpeg.endswith(b"\xff\xd9")
