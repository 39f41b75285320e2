"""A fax goes as an e-mail to the fax provider: the number is the name of the mailbox (传真网关)."""

from __future__ import annotations

import re

from yilu.kernel.phones import read_phone

_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?", re.IGNORECASE)


def address_of(number: str, domain: str) -> str:
    """862112345678@fax.example. :raises ValueError: for what is no telephone number, or no domain."""
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("no domain")
    return f"{read_phone(number).removeprefix('+')}@{domain}"
