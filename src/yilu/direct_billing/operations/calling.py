"""Let a signed call in, once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yilu.direct_billing import signing
from yilu.direct_billing.models import Credential
from yilu.kernel import sealing, tx
from yilu.kernel.refs import Ref

from .partners import KEPT_AT
from .refusals import CallOutOfTime, CallReplayed, ScopeMissing, SignatureWrong


@dataclass(frozen=True, slots=True)
class Caller:
    """The partner whose system calls."""

    partner_id: int
    provider_id: int
    scopes: frozenset[str]

    @property
    def actor(self) -> Ref:
        """Under whom what it asks for is recorded."""
        return Ref("provider", self.provider_id)


@dataclass(frozen=True, slots=True)
class Signed:
    """What came with a call, as it came."""

    method: str
    path: str
    key_id: str
    time: str
    nonce: str
    signature: str
    body: bytes


@tx.use_case
def admit(*, call: Signed, scope: str, at: datetime) -> Caller:
    """
    Who calls, if the call is theirs, of now, new, and allowed to them. Its nonce is used up.

    The signature is looked at first: whoever cannot sign learns nothing else.

    :raises SignatureWrong: not signed with a key that works. :raises CallOutOfTime: more than five
        minutes off. :raises CallReplayed: seen before. :raises ScopeMissing: not this, or not now.
    """
    key = Credential.objects.select_related("partner").filter(key_id=call.key_id[:24]).first()
    secret = sealing.unseal(key.secret, KEPT_AT) if key is not None else "nobody's"
    expected = signing.sign(secret, call.method, call.path, call.time, call.nonce, call.body)
    fits = signing.agrees(call.signature, expected)
    works = key is not None and (key.works_until is None or at < key.works_until)
    if key is None or not fits or not works or not signing.is_nonce(call.nonce):
        raise SignatureWrong
    time = signing.read_time(call.time)
    if time is None or not signing.is_timely(time, at):
        raise CallOutOfTime
    fresh = tx.changed(
        """
        insert into direct_billing_nonce (credential_id, nonce, used_at)
        values (%s::bigint, %s, %s::timestamptz) on conflict do nothing
        """,
        [key.pk, call.nonce, at],
    )
    if not fresh:
        raise CallReplayed
    if scope not in key.scopes or not key.partner.active:
        raise ScopeMissing
    return Caller(key.partner_id, key.partner.provider_id, frozenset(key.scopes))


@tx.use_case
def forget_nonces(*, at: datetime) -> int:
    """Forget numbers too old for any call to be accepted with them; how many."""
    return tx.changed(
        "delete from direct_billing_nonce where used_at < %s::timestamptz",
        [at - signing.NONCES_KEPT],
    )
