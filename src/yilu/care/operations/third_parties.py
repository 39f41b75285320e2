"""Third parties who claim through the insured: entered, checked, paid (第三方受害人, 保险法 65)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from yilu.care import events
from yilu.care.models import ThirdParty
from yilu.claims import operations as changing
from yilu.claims import queries as claims
from yilu.claims.operations import Paper
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.people import queries as people
from yilu.people.queries import Access

from .refusals import BadThirdParty, ThirdPartyNotFound


@tx.use_case
def enter_third_party(
    *, claim_id: int, party_id: int, relation: str, demand: Decimal | None = None, access: Access,
    actor: Ref, at: datetime,
) -> int:  # fmt: skip
    """
    Say that somebody else claims through the insured; twice is once. Its id.

    :raises ClaimNotFound: not theirs. :raises BadThirdParty: the insured themselves, no relation, a
        negative demand. :raises PartyNotFound: nobody of that number.
    """
    claim = claims.get_for_staff(claim_id, access)
    access.require("claims.register", office_id=claim.office_id)
    party = people.get_party(party_id)
    if relation not in ThirdParty.Relation.values or party.id in (
        claim.insured_id,
        claim.claimant_id,
    ):
        raise BadThirdParty(_("第三方不能是被保险人或申请人本人"))
    if demand is not None and demand < ZERO:
        raise BadThirdParty(_("请求金额不能为负数"))
    made, is_new = ThirdParty.objects.get_or_create(
        claim_id=claim_id, party_id=party.id,
        defaults={
            "relation": relation, "demand": None if demand is None else yuan(demand),
            "entered_by": str(actor), "entered_at": at,
        },
    )  # fmt: skip
    if is_new:
        journal.record(
            events.ThirdPartyEntered(claim_id=claim_id, party_id=party.id, relation=relation),
            about=Ref("claim", claim_id), actor=actor, at=at, party=party.id,
        )  # fmt: skip
    return made.pk


@tx.use_case
def verify_third_party(
    *, third_party_id: int, account_id: int | None = None, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say that their identity was checked, and to which account of their own they are to be paid.

    :raises ThirdPartyNotFound: not theirs. :raises BadThirdParty: no identity number is known, or the
        account is somebody else's.
    """
    third = _third(third_party_id)
    claim = claims.get_for_staff(third.claim_id, access)
    access.require("claims.assess", office_id=claim.office_id)
    if not people.get_party(third.party_id).masked_identity:
        raise BadThirdParty(_("请先登记第三方的证件"))
    if account_id is not None and account_id not in {
        a.id for a in people.list_accounts(third.party_id)
    }:
        raise BadThirdParty
    third.verified_by, third.verified_at, third.account_id = str(actor), at, account_id
    third.save(update_fields=["verified_by", "verified_at", "account"])
    journal.record(
        events.ThirdPartyVerified(claim_id=third.claim_id, party_id=third.party_id),
        about=Ref("claim", third.claim_id), actor=actor, at=at, party=third.party_id,
    )  # fmt: skip


@tx.use_case
def pay_third_party_directly(
    *, third_party_id: int, consent: Paper | None, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Have the claim paid to the third party in person, as the insured agreed in writing (直接赔付).

    Where they named what they demand, they get up to that and the insured what is left, whatever the
    claim comes to in the end; where they named nothing, all of it is theirs. Their identity was
    checked by a colleague, and the account is their own.

    :raises ThirdPartyNotFound: not theirs. :raises BadThirdParty: not checked, no account, checked by
        oneself, nothing demanded. :raises ConsentNeeded, NotAssignable: as claims says.
    """
    third = _third(third_party_id)
    claim = claims.get_for_staff(third.claim_id, access)
    access.require("claims.assess", office_id=claim.office_id)
    if third.verified_at is None or third.account_id is None:
        raise BadThirdParty(_("第三方的身份还没有核验，或没有登记本人账户"))
    if third.verified_by == str(actor):
        raise BadThirdParty(_("身份由您本人核验，请另一位同事办理直接付款"))
    agreed: dict[str, Any] = {
        "claim_id": third.claim_id, "to_party": third.party_id, "account_id": third.account_id,
        "kept_as": Ref("third_party", third.pk), "consent": consent, "access": access,
        "actor": actor, "at": at,
    }  # fmt: skip
    if third.demand is None:
        changing.assign_benefit(**agreed)
    elif third.demand > ZERO:
        changing.divide_benefit(
            ceiling=third.demand, checked_by=Ref.parse(third.verified_by), **agreed
        )
    else:
        raise BadThirdParty(_("第三方的请求金额为零，没有可付的款项"))


@tx.use_case
def pay_third_party_again(
    *, third_party_id: int, account_id: int, reason: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    The bank returned a third party's payment: send it to another account of their own.

    ``reason`` says how they told us. Their part only: the insured's stays where it went.

    :raises ThirdPartyNotFound, ClaimNotFound: not theirs. :raises AccountNotFound: somebody else's.
    :raises NothingReturned, NotPossibleNow, SameAccount, ReasonMissing: as claims says.
    """
    third = _third(third_party_id)
    claim = claims.get_for_staff(third.claim_id, access)
    access.require("claims.pay", office_id=claim.office_id)
    changing.set_account(
        claim_id=third.claim_id, account_id=account_id, for_party=third.party_id, reason=reason,
        access=access, actor=actor, at=at,
    )  # fmt: skip
    third.account_id = account_id
    third.save(update_fields=["account"])


def _third(third_party_id: int) -> ThirdParty:
    found = ThirdParty.objects.select_for_update(of=("self",)).filter(pk=third_party_id).first()
    if found is None:
        raise ThirdPartyNotFound
    return found
