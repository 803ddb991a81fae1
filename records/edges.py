"""What the edges of several rooms share: the clock that is passed in, and which hosts are this machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import datetime

Clock = Callable[[], datetime]
"""Gives the moment, aware."""


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this machine by its very name or address: no name service is asked."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
