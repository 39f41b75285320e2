"""The numbers callers dial (热线): what each is, as managers wrote it in the table ``contact.hotlines``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

TABLE: Final = "contact.hotlines"
NAME_MAX: Final = 40
WORKDAYS: Final = "WORKDAYS"
NOTHING: Final = "无"
"""How the table writes that a hotline has no greeting of its own."""


@dataclass(frozen=True, slots=True)
class Hotline:
    """
    One hotline: where its callers enter the flow, what they hear first, who answers who chose nothing.

    ``skill`` is empty where the reason alone decides. ``workdays``: people are there in the insurer's
    working time only, else whenever somebody is on the roster. ``listed``: a row of the table names the number.
    """

    name: str = ""
    entrance: str = ""
    greeting: str = ""
    skill: str = ""
    language: str = "zh"
    workdays: bool = False
    listed: bool = True


def number_called(told: str) -> str:
    """A number as the table writes it: digits alone, without the country's 86; empty where none was told."""
    plain = re.sub(r"[^0-9+]", "", told)
    return re.sub(r"^(\+86|0086)", "", plain).replace("+", "")
