"""A living benefit is paid to somebody else whom the insured named in writing (收款委托)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from yilu.claims import events
from yilu.claims.models import ClaimType, DirectShare
from yilu.claims.rules.lifecycle import Action
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import ZERO, yuan
from yilu.kernel.refs import Ref
from yilu.people import queries as people
from yilu.people.queries import Access

from . import sharing
from .hand_in import Paper
from .hard.evidence import keep_evidence
from .holding import hold, write


class NotAssignable(Refusal):
    """A death benefit goes to its beneficiaries; and what is paid in part stays where it went."""

    code = "not_assignable"
    message = "这件赔案不能改付给第三方"
    hint = "身故保险金只付给受益人；已经付过款的赔案，收款人不能再改。"


class ConsentNeeded(Invalid):
    """The money is the insured's: they agree in writing, or nothing changes."""

    code = "consent_needed"
    message = "请上传被保险人同意直接付给第三方的书面文件"
    hint = "文件须写明赔案、第三方和收款账户，由被保险人本人签名。"


@tx.step
def assign_benefit(
    *, claim_id: int, to_party: int, account_id: int, kept_as: Ref, consent: Paper | None,
    access: Access, actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Pay what the claim comes to directly to somebody else, to an account of their own.

    ``kept_as`` names the record of the agreement, ``consent`` is the insured's signed paper: it stays
    with the claim's files. Twice is once.

    :raises ConsentNeeded: without the paper. :raises NotAssignable: a death benefit, or paid in part.
    :raises NotPossibleNow: decided. :raises AccountNotFound: not their own.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    if (held.assignee_id, held.account_id) == (to_party, account_id):
        return
    held.require(Action.CALCULATE)
    if held.claim_type == ClaimType.DEATH or held.divided or sharing.committed(held) > ZERO:
        raise NotAssignable
    if consent is None:
        raise ConsentNeeded
    people.get_payable_account(to_party, account_id)
    keep_evidence(held, consent, actor=actor, at=at)
    write(
        hold(held.id), at=at, assignee_id=to_party, assignment=str(kept_as), account_id=account_id,
        account_index="",
    )  # fmt: skip
    journal.record(
        events.BenefitAssigned(to_party=to_party, kept_as=str(kept_as)),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip


@tx.step
def divide_benefit(
    *, claim_id: int, to_party: int, account_id: int, ceiling: Decimal, kept_as: Ref, checked_by: Ref,
    consent: Paper | None, access: Access, actor: Ref, at: datetime,
) -> None:  # fmt: skip
    """
    Pay somebody who was harmed up to what they demand, and the insured what is left (保险法 65).

    How much each gets is dealt out at every payment on the claim, to the cent. ``checked_by`` checked
    who the third party is, and is somebody else than ``actor``. Twice is once.

    :raises ConsentNeeded, NotAssignable, NotPossibleNow, AccountNotFound: as ``assign_benefit``;
        also where the whole claim is somebody else's already.
    """
    held = hold(claim_id)
    access.require("claims.assess", office_id=held.office_id)
    if DirectShare.objects.filter(claim_id=held.id, party_id=to_party).exists():
        return
    held.require(Action.CALCULATE)
    if (
        held.claim_type == ClaimType.DEATH
        or held.assignee_id is not None
        or sharing.committed(held) > ZERO
    ):
        raise NotAssignable
    if consent is None:
        raise ConsentNeeded
    people.get_payable_account(to_party, account_id)
    upload_id = keep_evidence(held, consent, actor=actor, at=at)
    assert upload_id is not None
    held = hold(held.id)
    made = DirectShare.objects.create(
        claim_id=held.id, party_id=to_party, account_id=account_id, ceiling=yuan(ceiling),
        kept_as=str(kept_as), consent_upload_id=upload_id, checked_by=str(checked_by),
        agreed_by=str(actor), agreed_at=at,
    )  # fmt: skip
    write(held, at=at, divided=True)
    journal.record(
        events.BenefitDivided(
            to_party=to_party, ceiling=str(made.ceiling), kept_as=str(kept_as)
        ),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
