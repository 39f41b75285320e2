"""How two browsers find each other: the servers they may ask, with passwords that soon end (ICE/TURN)."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

LASTS = timedelta(hours=4)


def servers(
    stun: Sequence[str], turn: Sequence[str], secret: str, *, whose: str, at: datetime
) -> list[dict[str, Any]]:
    """
    ``iceServers`` of one side: coturn's time-limited credentials (``--use-auth-secret``).

    The user's name is the moment it ends and whose it is; the password is its HMAC-SHA1, which is
    what that interface prescribes.
    """
    found: list[dict[str, Any]] = [{"urls": list(stun)}] if stun else []
    if turn and secret:
        user = f"{int((at + LASTS).timestamp())}:{whose}"
        digest = hmac.new(secret.encode(), user.encode(), hashlib.sha1).digest()
        password = base64.b64encode(digest).decode()
        found.append({"urls": list(turn), "username": user, "credential": password})
    return found
