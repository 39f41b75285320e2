"""Opening direct billing for a provider, and the keys of its system."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import IntegrityError

from yilu.direct_billing import events, signing
from yilu.direct_billing.models import Credential, Partner
from yilu.journal import operations as journal
from yilu.kernel import sealing, tx
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.operations import EnrolledProvider, NewProvider, enrol_provider
from yilu.people.queries import Access

from .refusals import BadPartner, BadScopes, NotAPartner, PartnerAlready

KEPT_AT = "direct_billing_credential.secret"
CHANGE_OVER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class IssuedKey:
    """A key as the hospital gets it, shown this once."""

    key_id: str
    secret: str

    def __repr__(self) -> str:
        return f"IssuedKey({self.key_id})"


@tx.use_case
def open_partner(
    *, provider_id: int, party_id: int, account_id: int, guarantee_limit: Decimal,
    access: Access | None = None, actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Let a provider bill us directly, paid to its own account; the partner's id.

    ``party_id`` is the organisation in whose name the account is: its name is the provider's.

    :raises PartnerAlready: it does so. :raises BadPartner: no such provider, another's account or
        name, a limit that is no amount. :raises NotAllowed: without ``people.staff``.
    """
    provider = people.get_provider(provider_id)
    _require(access, actor, provider.office_id)
    limit = _limit(guarantee_limit)
    try:
        people.get_payable_account(party_id, account_id)
        named = people.get_party(party_id).name == provider.name
    except (people.AccountNotFound, people.PartyNotFound):
        raise BadPartner from None
    if not named:
        raise BadPartner
    paid_to = EnrolledProvider(provider_id, party_id, account_id)
    opened = _open(paid_to, provider.office_id, limit, actor, at)
    if opened is None:
        raise PartnerAlready
    return opened


@tx.use_case
def enrol_partner(
    *, provider: NewProvider, guarantee_limit: Decimal, access: Access | None = None, actor: Ref,
    at: datetime,
) -> int:  # fmt: skip
    """
    Register a hospital or pharmacy and let it bill us directly, all or nothing (机构登记并开通直付); the partner's id.

    A provider that is registered but no partner yet is opened as it is. Twice is once.

    :raises PartnerAlready: it bills us already, with another account or limit. :raises BadPartner: a
        limit that is no amount. :raises NotAllowed: without ``people.staff`` over the office.
    :raises Refusal: what ``people.operations.enrol_provider`` finds wrong.
    """
    _require(access, actor, provider.office_id)
    limit = _limit(guarantee_limit)
    paid_to = enrol_provider(told=provider, actor=actor, at=at)
    opened = _open(paid_to, provider.office_id, limit, actor, at)
    if opened is not None:
        return opened
    same = Partner.objects.filter(
        provider_id=paid_to.provider_id, party_id=paid_to.party_id, account_id=paid_to.account_id,
        guarantee_limit=limit,
    ).first()  # fmt: skip
    if same is None:
        raise PartnerAlready
    return same.pk


def _limit(told: Decimal) -> Decimal:
    """The most that is guaranteed a visit. :raises BadPartner: no amount, or below nothing."""
    try:
        limit = yuan(told)
    except (ValueError, TypeError):
        raise BadPartner from None
    if limit < ZERO:
        raise BadPartner
    return limit


def _open(
    paid_to: EnrolledProvider, office_id: int, limit: Decimal, actor: Ref, at: datetime
) -> int | None:
    """The new partner's id; None if the provider is one already."""
    try:
        with tx.savepoint():
            partner = Partner.objects.create(
                provider_id=paid_to.provider_id, party_id=paid_to.party_id,
                account_id=paid_to.account_id, office_id=office_id, guarantee_limit=limit,
                joined_at=at,
            )  # fmt: skip
    except IntegrityError:
        return None
    journal.record(
        events.PartnerOpened(provider_id=paid_to.provider_id, guarantee_limit=str(limit)),
        about=Ref("partner", partner.pk), actor=actor, at=at,
    )  # fmt: skip
    return partner.pk


@tx.use_case
def change_partner(
    *, partner_id: int, active: bool, guarantee_limit: Decimal, access: Access | None = None,
    actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Change what a partner is guaranteed at most, or let the partnership rest; guarantees given stand.

    :raises NotAPartner: none. :raises BadPartner: no amount. :raises NotAllowed: no right.
    """
    partner = _hold(partner_id)
    _require(access, actor, partner.office_id)
    limit = _limit(guarantee_limit)
    if (partner.active, partner.guarantee_limit) == (active, limit):
        return
    Partner.objects.filter(pk=partner_id).update(active=active, guarantee_limit=limit)
    journal.record(
        events.PartnerChanged(active=active, guarantee_limit=str(limit)),
        about=Ref("partner", partner_id), actor=actor, at=at,
    )  # fmt: skip


@tx.use_case
def issue_key(
    *,
    partner_id: int,
    scopes: Sequence[str],
    access: Access | None = None,
    actor: Ref,
    at: datetime,
) -> IssuedKey:
    """
    Give a partner's system a key (轮换密钥); keys before it work for one day more.

    :raises NotAPartner: none. :raises BadScopes: no scope, or one there is not.
    """
    partner = _hold(partner_id)
    _require(access, actor, partner.office_id)
    wanted = tuple(dict.fromkeys(scopes))
    if not wanted or set(wanted) - set(signing.SCOPES):
        raise BadScopes
    key = IssuedKey(f"yk{secrets.token_hex(10)}", secrets.token_urlsafe(32))
    Credential.objects.filter(partner=partner, works_until=None).update(
        works_until=at + CHANGE_OVER
    )
    Credential.objects.create(
        partner=partner, key_id=key.key_id, secret=sealing.seal(key.secret, KEPT_AT),
        scopes=list(wanted), made_by=str(actor), made_at=at,
    )  # fmt: skip
    journal.record(
        events.CredentialIssued(key_id=key.key_id, scopes=wanted),
        about=Ref("partner", partner_id), actor=actor, at=at,
    )  # fmt: skip
    return key


@tx.use_case
def revoke_key(
    *, partner_id: int, key_id: str, access: Access | None = None, actor: Ref, at: datetime
) -> None:
    """Stop a key at once (密钥泄露). Twice is once. :raises NotAPartner: no such key of theirs."""
    partner = _hold(partner_id)
    _require(access, actor, partner.office_id)
    key = Credential.objects.filter(partner=partner, key_id=key_id).first()
    if key is None:
        raise NotAPartner
    if key.works_until is not None and key.works_until <= at:
        return
    Credential.objects.filter(pk=key.pk).update(works_until=at)
    journal.record(
        events.CredentialRevoked(key_id=key_id),
        about=Ref("partner", partner_id), actor=actor, at=at,
    )  # fmt: skip


def _hold(partner_id: int) -> Partner:
    partner = Partner.objects.select_for_update().filter(pk=partner_id).first()
    if partner is None:
        raise NotAPartner
    return partner


def _require(access: Access | None, actor: Ref, office_id: int) -> None:
    if actor.kind == "staff":
        if access is None or access.staff_id != actor.id:
            raise NotAPartner
        access.require("people.staff", office_id=office_id)
