"""What people type into a chat and nobody need read again: numbers, masked (脱敏)."""

from __future__ import annotations

import re
from typing import Final

from yilu.kernel.masks import mask_account, mask_identity, mask_phone

# The longest first: a card number contains what looks like a phone.
_RUNS: Final = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?(?:\d[ -]?){10,23}[\dXx](?![0-9A-Za-z])")


def mask_numbers(text: str) -> str:
    """The text with identity numbers, phones, card and account numbers masked; the rest as it was."""
    return _RUNS.sub(lambda found: _masked(found.group()), text)


def _masked(run: str) -> str:
    compact = re.sub(r"[\s\-+]", "", run)
    if len(compact) == 18:
        return mask_identity(compact)
    if len(compact) == 13 and compact.startswith("861"):
        compact = compact[2:]
    if len(compact) == 11 and compact.startswith("1"):
        return mask_phone(compact)
    return mask_account(compact)
