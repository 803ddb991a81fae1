"""What the edges of several rooms share: the clock that is passed in, which hosts are this machine, whom TLS trusts."""

from __future__ import annotations

import ipaddress
import ssl
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


def tls_context(trusted_roots: str | None = None) -> ssl.SSLContext:
    """How servers prove who they are: by this machine's root certificates, or by ``trusted_roots`` (PEM) alone.

    Raises ssl.SSLError or ValueError where that holds no certificate.
    """
    context = ssl.create_default_context(cadata=trusted_roots)
    if trusted_roots is not None:
        # An office's own authority is rarely built by the book, and often it is the server's certificate itself.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context
