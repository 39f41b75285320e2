"""Say whose money came in, where the bank's words did not."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.payments import events, rules
from yilu.payments.models import BankCredit, Receivable
from yilu.payments.operations import hearing, recovering
from yilu.people import queries as people
from yilu.people.queries import Access
from yilu.work import operations as work


class CreditNotFound(NotFound):
    """There is no such credit, or somebody has claimed it."""

    code = "credit_not_found"
    message = _("没有找到待认领的入账")
    hint = _("它可能已由同事认领，请刷新列表。")


@tx.use_case
def claim_credit(
    *, credit_id: int, reference: str, access: Access, actor: Ref, at: datetime
) -> int:
    """
    Count money that came in as a repayment of the receivable with this reference; its id.

    :raises CreditNotFound: claimed already. :raises ReceivableNotFound: no open one of the asker's
        offices by that reference. :raises MoreThanOwed: more than is open.
        :raises NotAllowed: without payments.reconcile.
    """
    credit = _open(credit_id, access)
    found = rules.references_in(reference)
    owed = Receivable.objects.filter(reference__in=found[:1]).first()
    if owed is None or not access.may(
        "payments.reconcile", people.get_party(owed.from_party_id).office_id
    ):
        raise recovering.ReceivableNotFound
    recovering.note_repayment(
        receivable_id=owed.pk, amount=credit.amount, booked_on=credit.booked_on,
        key=f"credit:{credit.pk}", actor=actor, at=at,
    )  # fmt: skip
    _resolve(credit, BankCredit.State.REPAYMENT, "", actor, at, owed)
    return int(owed.pk)


@tx.use_case
def set_aside_credit(
    *, credit_id: int, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    Say that money that came in has nothing to do with claims.

    :raises CreditNotFound: claimed already. :raises Invalid: without a word of explanation.
    """
    credit = _open(credit_id, access)
    if not note.strip():
        raise Invalid(_("请写明这笔款项是什么"))
    _resolve(credit, BankCredit.State.SET_ASIDE, note, actor, at, None)


def _open(credit_id: int, access: Access) -> BankCredit:
    access.require("payments.reconcile")
    credit = (
        BankCredit.objects.select_for_update(of=("self",))
        .filter(pk=credit_id, state=BankCredit.State.OPEN)
        .first()
    )
    if credit is None:
        raise CreditNotFound
    return credit


def _resolve(
    credit: BankCredit, state: str, note: str, actor: Ref, at: datetime, owed: Receivable | None
) -> None:
    credit.state, credit.note, credit.receivable = state, note.strip()[:200], owed
    credit.resolved_by, credit.resolved_at = str(actor), at
    credit.save()
    journal.record(events.CreditResolved(outcome=state), about=credit.ref, actor=actor, at=at)
    work.close_items(about=credit.ref, queue=hearing.QUEUE, at=at)
