"""
Who a telephone is: SIP digest authentication (RFC 7616, RFC 8760), with SHA-256 or with MD5 as older telephones know it.

Nothing here waits, sends or keeps time; `registering` does.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

REALM: Final = "yilu"
"""Part of every secret below: another realm needs new passwords."""
ALGORITHMS: Final = ("SHA-256", "MD5")
"""
What telephones prove themselves by. A challenge names one of them: telephones that know MD5 alone give up
when two are offered (seen with baresip 1.0), so whoever makes a password says which.
"""
NONCE_SECONDS: Final = 300
NONCES_MAX: Final = 20_000
COUNT_MAX: Final = 0xFFFFFFFF
PASSWORD_BYTES: Final = 15
"""Twenty letters and digits: nobody guesses it, and a telephone's page takes it by copying."""


@dataclass(frozen=True, slots=True)
class Secret:
    """
    What a password leaves with us: as good as the password in this realm, and no password anywhere else.

    By one algorithm only: a telephone of SHA-256 cannot be talked down to MD5.
    """

    algorithm: str
    kept: str = field(repr=False)


def new_password() -> str:
    """A password for a telephone."""
    return secrets.token_urlsafe(PASSWORD_BYTES).replace("-", "x").replace("_", "y")


def secret_of(user: str, password: str, algorithm: str = ALGORITHMS[0]) -> Secret:
    """What to keep of a password. :raises KeyError: no such algorithm."""
    return Secret(algorithm, _DIGESTS[algorithm](f"{user}:{REALM}:{password}"))


def proves(told: Mapping[str, str], secret: Secret, *, method: str, uri: str) -> bool:
    """
    Whether somebody who answers a challenge so knows the password.

    ``told``: the fields of their Authorization; ``uri``: what they ask of us. Anything but ``qop=auth`` for
    exactly this is no proof.
    """
    if told.get("algorithm", "MD5").upper() != secret.algorithm:
        return False
    if told.get("uri", "").lower() != uri.lower() or count_of(told) is None:
        return False
    if told.get("qop", "").lower() != "auth" or not told.get("cnonce"):
        return False
    digest = _DIGESTS[secret.algorithm]
    asked = digest(f"{method}:{told['uri']}")
    used = f"{told.get('nonce', '')}:{told['nc']}:{told['cnonce']}:{told['qop']}"
    proof = digest(f"{secret.kept}:{used}:{asked}")
    return hmac.compare_digest(proof.encode(), told.get("response", "").lower().encode())


def count_of(told: Mapping[str, str]) -> int | None:
    """How often they say they used the nonce; None where that is no such number."""
    counted = told.get("nc", "")
    if len(counted) != 8 or not all(sign in "0123456789abcdefABCDEF" for sign in counted):
        return None
    return int(counted, 16)


class Nonces:
    """
    Challenges that are good for five minutes, each with a count that only rises.

    A nonce carries its time and our mark: nothing is kept of those nobody answers.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._counts: OrderedDict[str, int] = OrderedDict()

    def make(self, now: float) -> str:
        """A new one."""
        told = f"{int(now):x}.{secrets.token_hex(8)}"
        return f"{told}.{self._mark(told)}"

    def good(self, told: Mapping[str, str], now: float) -> bool:
        """Whether it is ours and not too old, and this count was not used before; takes nothing."""
        nonce, count = told.get("nonce", ""), count_of(told)
        text, _dot, mark = nonce.rpartition(".")
        if count is None or not hmac.compare_digest(mark.encode(), self._mark(text).encode()):
            return False
        age = now - int(text.partition(".")[0], 16)
        return -1 <= age <= NONCE_SECONDS and count > self._counts.get(nonce, 0)

    def use(self, told: Mapping[str, str]) -> None:
        """From now on only a higher count is good."""
        nonce = told["nonce"]
        self._counts[nonce] = max(self._counts.get(nonce, 0), count_of(told) or COUNT_MAX)
        self._counts.move_to_end(nonce)
        if len(self._counts) > NONCES_MAX:
            self._counts.popitem(last=False)

    def _mark(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


_DIGESTS: Final = {"SHA-256": _sha256, "MD5": _md5}
