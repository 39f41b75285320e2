"""
Faxes by the mail of a fax provider (传真网关): the number is the name of the mailbox.

One to us comes as a mail from ``862112345678@<domain>`` with its pages attached.
"""

from __future__ import annotations

import re

from yilu.kernel.phones import read_phone

_DIGITS = re.compile(r"\+?\d{6,20}")
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?", re.IGNORECASE)


def number_of(sender: str, domain: str) -> str:
    """The telephone number of whoever faxed; empty where the mail is not the fax provider's."""
    name, _at, host = sender.strip().lower().rpartition("@")
    if not domain or host != domain.strip().lower() or not _DIGITS.fullmatch(name):
        return ""
    number = name if name.startswith("0") else f"+{name.removeprefix('+')}"
    try:
        return read_phone(number)
    except ValueError:
        return ""


def address_of(number: str, domain: str) -> str:
    """862112345678@fax.example. :raises ValueError: for what is no telephone number, or no domain."""
    if not _DOMAIN.fullmatch(domain):
        raise ValueError("no domain")
    return f"{read_phone(number).removeprefix('+')}@{domain}"
