"""Cases in which somebody of ours helps with a renewal: opened by failures and doubts, closed by people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotFound, Stale
from yilu.kernel.refs import SYSTEM, Ref
from yilu.kernel.words import marked as _
from yilu.people.queries import Access
from yilu.renewals import events
from yilu.renewals.models import PremiumDue, RenewalCase, Suspension
from yilu.standards import queries as standards
from yilu.work import operations as work

CALLS = "renewals.call"
ADVICE = "renewals.advise"
OUTCOMES = ("WILL_PAY", "PAID", "CHANGED", "NOT_REACHED", "LETS_LAPSE")


class CaseNotFound(NotFound):
    """There is no such case, or it is another office's: in the same words."""

    code = "renewal_case_not_found"
    message = _("没有找到这件续期关怀")


class CaseClosedAlready(Stale):
    """Somebody, or the payment itself, was faster."""

    code = "renewal_case_closed"
    message = _("这件续期关怀已经办结")
    hint = _("请刷新列表；如果客户已交费，就不用再联系。")


class OutcomeWanted(Invalid):
    """What came of it is to be said, and in words where the customer lets the policy lapse."""

    code = "outcome_wanted"
    message = _("请选择联系结果")
    hint = _("客户决定不续交时，请写明已告知的后果和客户的理由。")


@tx.step
def open_case(
    *,
    due: PremiumDue,
    kind: str,
    title: str,
    at: datetime,
    failure: str = "",
    score: int = 0,
    reasons: Sequence[tuple[str, int]] = (),
) -> int | None:
    """
    Open a case about a premium unless one of this kind is open; its id. None: one was, it is renewed.
    """
    known = (
        RenewalCase.objects.select_for_update(of=("self",))
        .filter(due=due, kind=kind, closed_at=None)
        .first()
    )
    if known is not None:
        if (known.score, known.failure) != (score or known.score, failure or known.failure):
            known.score, known.failure = score or known.score, failure or known.failure
            known.reasons = [list(r) for r in reasons] or known.reasons
            known.save()
        return None
    case = RenewalCase.objects.create(
        due=due, kind=kind, failure=failure, score=score, reasons=[list(r) for r in reasons],
        opened_at=at,
    )  # fmt: skip
    fact = events.CaseOpened(case_id=case.pk, kind=kind, score=score, failure=failure)
    _say(case, fact, SYSTEM, at)
    _open_item(case, title, due.amount, at)
    return int(case.pk)


def _open_item(case: RenewalCase, title: str, amount: Decimal | None, at: datetime) -> None:
    within = timedelta(hours=standards.whole_figure("renewals.call_within_hours", at))
    work.open_item(
        CALLS if case.kind == "CALL" else ADVICE, about=case.ref, office_id=case.office_id,
        title=title, at=at, amount=amount, party_id=case.holder_id, due_at=at + within,
        priority=40 if case.kind == "CALL" else 50,
    )  # fmt: skip


@tx.step
def ask_for_call(due_id: int, holder_id: int, office_id: int, at: datetime) -> None:
    """The holder wishes to be called before a premium falls due."""
    due = PremiumDue.objects.get(pk=due_id)
    open_case(due=due, kind="CALL", title="客户选择电话提醒：续期保险费即将到期", at=at)


@tx.step
def ask_for_word(due_id: int, at: datetime) -> None:
    """A one-year contract ends within days and its holder has said nothing about the next year."""
    due = PremiumDue.objects.get(pk=due_id)
    open_case(due=due, kind="CALL", title="一年期保单即将满期，客户还没有决定是否续保", at=at)


@tx.use_case
def note_contact(
    *, case_id: int, outcome: str, note: str, access: Access, actor: Ref, at: datetime
) -> None:
    """
    A colleague spoke with the customer, or tried to.

    NOT_REACHED keeps the case open until it was tried often enough, then the adviser takes over. Every other outcome
    closes it. That the customer lets the policy lapse is the customer's word: it needs a note.

    :raises CaseNotFound: none, or another office's. :raises CaseClosedAlready: closed meanwhile.
    :raises OutcomeWanted: no outcome, or no words where they are needed.
    """
    case = hold_case(case_id, access)
    if outcome not in OUTCOMES or (outcome == "LETS_LAPSE" and not note.strip()):
        raise OutcomeWanted
    case.contacts += 1
    case.note = "\n".join(filter(None, [case.note, note.strip()]))[:500]
    tried_enough = case.contacts >= standards.whole_figure("renewals.not_reached_times", at)
    if outcome == "NOT_REACHED" and not tried_enough:
        case.save(update_fields=["contacts", "note"])
        return
    close_case(case, outcome, actor, at)
    if outcome == "NOT_REACHED" and case.kind == "CALL" and case.due is not None:
        open_case(
            due=case.due, kind="ADVISE", title="多次联系不上客户，请续期顾问跟进", at=at,
            failure=case.failure, score=max(case.score, 3), reasons=[("NOT_REACHED", 2)],
        )  # fmt: skip


@tx.step
def close_for(due_id: int, outcome: str, actor: Ref, at: datetime) -> None:
    """Close every open case about a premium that was paid, lapsed or ended."""
    cases = RenewalCase.objects.select_for_update(of=("self",)).filter(
        due_id=due_id, closed_at=None
    )
    for case in cases.order_by("pk"):
        close_case(case, outcome, actor, at)


@tx.step
def open_end(*, suspension: Suspension, at: datetime) -> int:
    """The two years of a suspension are over: a person is to decide; the id of the case."""
    case = RenewalCase.objects.create(suspension=suspension, kind="END", opened_at=at)
    _say(case, events.CaseOpened(case_id=case.pk, kind="END", score=0, failure=""), SYSTEM, at)
    _open_item(case, "复效期已满二年，请核实并决定是否解除合同", None, at)
    return int(case.pk)


@tx.step
def close_end(suspension_id: int, outcome: str, at: datetime) -> None:
    """Nothing is to be decided any more: the contract went on, or ended in another way."""
    for case in RenewalCase.objects.select_for_update(of=("self",)).filter(
        suspension_id=suspension_id, closed_at=None
    ):
        close_case(case, outcome, SYSTEM, at)


def close_case(case: RenewalCase, outcome: str, actor: Ref, at: datetime) -> None:
    """End a case that is held: what came of it, and its work is done."""
    case.outcome, case.closed_at, case.closed_by = outcome, at, str(actor)
    case.save()
    _say(case, events.CaseClosed(case_id=case.pk, kind=case.kind, outcome=outcome), actor, at)
    work.close_items(about=case.ref, at=at)


def hold_case(case_id: int, access: Access) -> RenewalCase:
    """A case, held until commit. :raises CaseNotFound, CaseClosedAlready: see there."""
    access.require("renewals.handle")
    case = (
        RenewalCase.objects.select_for_update(of=("self",))
        .select_related("due", "suspension__policy")
        .filter(pk=case_id)
        .first()
    )
    if case is None or not access.may("renewals.handle", case.office_id):
        raise CaseNotFound
    if case.closed_at is not None:
        raise CaseClosedAlready
    return case


def _say(case: RenewalCase, fact: Any, actor: Ref, at: datetime) -> None:
    about = Ref("policy", case.policy_id)
    journal.record(fact, about=about, actor=actor, at=at, party=case.holder_id)
