"""Ask for money back, or for an account to pay to: what payments needs and only claims can say."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from yilu.claims import events
from yilu.claims.models import DirectShare
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.messaging import operations as messaging
from yilu.payments import queries as payments
from yilu.people import queries as people
from yilu.people.queries import Access

from .holding import hold
from .payout import BANK_REASONS


class NotReturned(Refusal):
    """The payment was not returned, or it has been sent again."""

    code = "not_returned"
    message = _("这笔付款没有被退回，或已经重新付款")
    hint = _("请刷新页面查看付款进展。")


class ThirdPartyAsksNot(Refusal):
    """The payment goes to a third party: a page of the insured's claim is not theirs to open."""

    code = "third_party_asks_not"
    message = _("这笔赔款付给第三方，不能发链接请其自助登记账户")
    hint = _("请联系第三方本人核对账户，再在“上门与人伤服务”页重新付款。")


@tx.step
def ask_for_repayment(*, claim_id: int, receivable_id: int, at: datetime) -> None:
    """Write to whoever was paid too much: how much, why, where to, with which remark, by when."""
    held, owed = hold(claim_id), payments.find_receivable(receivable_id)
    if owed is None or owed.left <= 0:
        return
    number, bank = settings.BANK_ACCOUNT.split("|")
    messaging.queue(
        "payments.repayment_asked", to=Ref("party", owed.from_party), about=held.ref, at=at,
        facts={
            "claim": held.number, "amount": str(owed.asked), "reason": _why(owed),
            "account": f"{settings.INSURER_NAME}，{people.bank_name(bank)}，{number}",
            "reference": owed.reference, "by": owed.due_on.isoformat(),
        },
        once=f"{receivable_id}/{owed.asked_times}",
    )  # fmt: skip


def _why(owed: payments.ReceivableView) -> str:
    if owed.plan:
        return f"{owed.reason_label}；这是您签署的分期返还计划中本期应归还的部分"
    return str(owed.reason_label)


@tx.step
def thank_for_repayment(
    *, claim_id: int, receivable_id: int, amount: str, left: str, at: datetime
) -> None:
    """Tell the payer that it arrived, and what is still open."""
    held, owed = hold(claim_id), payments.find_receivable(receivable_id)
    if owed is None:
        return
    messaging.queue(
        "payments.repayment_received", to=Ref("party", owed.from_party), about=held.ref, at=at,
        facts={"claim": held.number, "amount": amount, "left": left},
        once=f"{receivable_id}/{left}",
    )  # fmt: skip


@tx.use_case
def ask_for_account(
    *, claim_id: int, payout_id: int, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Ask the payee of a returned payment for another account, with a link to where it is set.

    Once a day: asking again the same day writes nothing.

    :raises NotReturned: it was not, or has been sent again. :raises ThirdPartyAsksNot: a third party's.
    :raises ClaimNotFound: no such claim.
    :raises NotAllowed: without claims.pay over its office.
    """
    held = hold(claim_id)
    access.require("claims.pay", office_id=held.office_id)
    payout = payments.find_payout(payout_id)
    if payout is None or payout.about != str(held.ref) or payout.state != "REJECTED":
        raise NotReturned
    if payments.find_replacement(payout_id) is not None:
        raise NotReturned
    if DirectShare.objects.filter(claim_id=held.id, party_id=payout.to_party).exists():
        raise ThirdPartyAsksNot
    messaging.queue(
        "payments.account_needed", to=Ref("party", payout.to_party), about=held.ref, at=at,
        facts={
            "claim": held.number, "amount": str(payout.amount),
            "reason": BANK_REASONS.get(payout.reason, BANK_REASONS["OTHER"]),
            "link": f"{settings.PUBLIC_URL}/c/claims/{held.id}/account",
        },
        once=f"{payout_id}/{at:%Y%m%d}",
    )  # fmt: skip
    journal.record(
        events.AccountAsked(payout_id=payout_id),
        about=held.ref, actor=actor, at=at, party=held.claimant_id,
    )  # fmt: skip
