"""A living benefit is paid to somebody else whom the insured named in writing (收款委托)."""

from __future__ import annotations

from datetime import datetime

from yilu.claims import events
from yilu.claims.models import ClaimType
from yilu.claims.rules.lifecycle import Action
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, Refusal
from yilu.kernel.money import ZERO
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
    if held.claim_type == ClaimType.DEATH or sharing.committed(held) > ZERO:
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
