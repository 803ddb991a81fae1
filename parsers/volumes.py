"""Volumes of split archives, told by their names: their content says nothing, save the first one's."""

from __future__ import annotations

import re

_VOLUME = re.compile(r"\.(?:zip|7z|rar|tar|exe)\.\d{2,4}$|\.z\d\d$|\.r\d\d$|\.part\d+\.(?:rar|exe)$", re.I)


def is_volume_name(name: str | None) -> bool:
    """Whether packing programs call a volume so: x.zip.001, x.z01, x.r00, x.part2.rar."""
    return name is not None and bool(_VOLUME.search(name))
