"""Pay again what the bank refused; resolve what nobody knew; take back what has not left."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_noop as _

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed, NotFound, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments import events, rules
from yilu.payments.models import Payout
from yilu.payments.operations import hearing
from yilu.payments.operations.requesting import NotTheirAccount, insert_payout
from yilu.people import queries as people
from yilu.work import operations as work


class PayoutNotFound(NotFound):
    """There is no such payment."""

    code = "payout_not_found"
    message = "没有找到这笔付款"


class NotRejected(Refusal):
    """Only what the bank refused may be paid again: anything else might be paid twice."""

    code = "not_rejected"
    message = "只有被银行退回的付款才能重新发起"
    hint = "请先等待银行结果；结果待查的付款由对账人员核实。"


class ReissuedAlready(Refusal):
    """It was paid again, to another account than the one asked for now."""

    code = "reissued_already"
    message = "这笔付款已经重新发起过"
    hint = "请在付款列表中查看新的付款。"


class SameAccount(Invalid):
    """The account the bank refused would only be refused again."""

    code = "same_account"
    message = "收款账户与被银行退回的账户相同"
    hint = "请先更正或更换收款人本人名下的账户。"


class UnderWay(Refusal):
    """It has left for the bank, or is at its end."""

    code = "payout_under_way"
    message = "付款已经发出或已完结，不能撤销"
    hint = "请等待银行结果。"


class NotUnclear(Refusal):
    """The bank's word stands; there is nothing for a person to decide."""

    code = "not_unclear"
    message = "这笔付款的结果是明确的，无需核定"
    hint = "请刷新页面查看最新结果。"


@tx.step
def reissue_payout(*, payout_id: int, account_id: int, actor: Ref, at: datetime) -> int:
    """
    Pay a rejected payment again, to the beneficiary's corrected account; return the new payout's id.

    The rejected one stays rejected: it is never sent again, and should the bank ever say that it paid it
    after all, both become a person's matter. Asking twice for the same account is asking once.

    :raises NotRejected: unless the bank refused it. :raises NotTheirAccount: if the account is not the
        same beneficiary's own. :raises SameAccount: if it is the one that was refused for a fault of its
        own. :raises ReissuedAlready: if it was paid again to yet another account.
    """
    old = Payout.objects.select_for_update(of=("self",)).filter(pk=payout_id).first()
    if old is None:
        raise PayoutNotFound
    if old.state != Payout.State.REJECTED:
        raise NotRejected
    replacement = Payout.objects.filter(replaces=old).first()
    if replacement is not None:
        if replacement.account_id == account_id:
            return int(replacement.pk)
        raise ReissuedAlready
    try:
        account = people.get_payable_account(old.to_party_id, account_id)
    except people.AccountNotFound:
        raise NotTheirAccount from None
    if not rules.account_helps(
        old.reason,
        same_account=account.id == old.account_id,
        same_number=account.id == old.account_id or account.number_index == old.number_index,
    ):
        raise SameAccount
    new_id = insert_payout(
        about=Ref.parse(old.about), to_party=old.to_party_id, account_id=account_id, amount=old.amount,
        purpose=old.purpose, key=_next_key(old), at=at, replaces=old.pk,
    )  # fmt: skip
    if new_id is None:
        raise NotTheirAccount
    journal.record(
        events.PayoutReissued(subject=old.about, payout_id=new_id, replaces_payout_id=old.pk),
        about=Ref("payout", new_id),
        actor=actor,
        at=at,
        party=old.to_party_id,
    )
    work.close_items(about=old.ref, queue=hearing.QUEUE, at=at)
    return new_id


@tx.use_case
def reissue_rejected_payout(*, payout_id: int, account_id: int, actor: Ref, at: datetime) -> int:
    """
    The same as a use case of its own, for the payments desk.

    :raises NotAllowed: unless a member of staff with claims.pay over the beneficiary's office and up
        to the amount; otherwise as ``reissue_payout``.
    """
    payout = Payout.objects.filter(pk=payout_id).first()
    if payout is None:
        raise PayoutNotFound
    _require(actor, "claims.pay", payout)
    return reissue_payout(payout_id=payout_id, account_id=account_id, actor=actor, at=at)


@tx.step
def cancel_payout(*, payout_id: int, actor: Ref, at: datetime) -> None:
    """
    Take back a payment that has not left yet; a cancelled one again changes nothing.

    :raises UnderWay: if a sender has it or the bank does. :raises PayoutNotFound: if there is none.
    """
    taken_back = Payout.objects.filter(
        pk=payout_id, state=Payout.State.REQUESTED, sent_at__isnull=True
    ).update(state=Payout.State.CANCELLED, ended_at=at, held=False, identity_awaited_at=None)
    payout = Payout.objects.filter(pk=payout_id).first()
    if payout is None:
        raise PayoutNotFound
    if not taken_back:
        if payout.state == Payout.State.CANCELLED:
            return
        raise UnderWay
    journal.record(
        events.PayoutCancelled(subject=payout.about, payout_id=payout.pk),
        about=payout.ref, actor=actor, at=at, party=payout.to_party_id,
    )  # fmt: skip


@tx.use_case
def resolve_unclear(*, payout_id: int, outcome: str, note: str, actor: Ref, at: datetime) -> None:
    """
    Say what really became of an unclear payment, after asking the bank: SETTLED or REJECTED.

    A replacement that was held back is cancelled if the money did arrive, and sent if it did not.

    :raises NotAllowed: without payments.reconcile over the beneficiary's office. :raises NotUnclear: if
        the result is known. :raises Invalid: without an outcome or a note.
    """
    if outcome not in {"SETTLED", "REJECTED"} or not note.strip():
        raise Invalid(
            _("请选择核实结果，并写明核实依据"), hint=_("例如：经办银行柜台查询，流水号……。")
        )
    payout = Payout.objects.select_for_update(of=("self",)).filter(pk=payout_id).first()
    if payout is None:
        raise PayoutNotFound
    _require(actor, "payments.reconcile", payout)
    if payout.state != Payout.State.UNCLEAR:
        raise NotUnclear
    journal.record(
        events.PayoutResolved(subject=payout.about, payout_id=payout.pk, outcome=outcome),
        about=payout.ref, actor=actor, at=at, party=payout.to_party_id,
    )  # fmt: skip
    hearing.end(payout, outcome, "OTHER" if outcome == "REJECTED" else "", actor, at)
    held = Payout.objects.select_for_update(of=("self",)).filter(replaces=payout, held=True).first()
    if held is not None and outcome == "SETTLED":
        held.state, held.ended_at, held.held = Payout.State.CANCELLED, at, False
        held.save()
        journal.record(
            events.PayoutCancelled(subject=held.about, payout_id=held.pk),
            about=held.ref, actor=actor, at=at, party=held.to_party_id,
        )  # fmt: skip
    elif held is not None:
        held.held, held.due_at = False, at
        held.save()
    Payout.objects.filter(pk=payout.pk).update(problem=note.strip()[:200])


def _require(actor: Ref, right: str, payout: Payout) -> None:
    if actor == SYSTEM:
        return
    if actor.kind != "staff":
        raise NotAllowed
    office_id = people.get_party(payout.to_party_id).office_id
    people.staff_access(actor.id).require(
        right, office_id, payout.amount if right == "claims.pay" else None
    )


def _next_key(old: Payout) -> str:
    """The first payment's key with the number of the try: "final", "final/2", "final/3"."""
    first, _, number = old.key.rpartition("/")
    if first and number.isdigit():
        return f"{first}/{int(number) + 1}"
    return f"{old.key}/2"
