"""What was confirmed takes effect: money first where some is owed, then the contract, then the letter."""

from __future__ import annotations

from datetime import datetime

from yilu.journal import queries as journal
from yilu.kernel import tx
from yilu.kernel.days import with_days_written
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import Ref
from yilu.kernel.words import marked as _
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.policies import operations as policies
from yilu.servicing import events, forms, frame
from yilu.servicing.frame import Case, Kind, Quote
from yilu.servicing.models import Request
from yilu.servicing.operations.holding import move, opened_form, say
from yilu.servicing.proofs import SEEN
from yilu.servicing.rules.standing import DONE, IN_REVIEW, WAITING_MONEY
from yilu.standards import queries as standards
from yilu.work import operations as work

REVIEW, PROBLEM = "servicing.review", "servicing.problem"
COLLECT, PAY = "collect", "pay"


@tx.step
def go_on(row: Request, kind: Kind, case: Case, quote: Quote, *, actor: Ref, at: datetime) -> None:
    """After every agreement is there: to a person, to the pay page, or into effect; saves the row."""
    if row.refer:
        to_review(row, kind, at=at)
        row.save()
    elif quote.collects > 0:
        collect(row, kind, quote, actor=actor, at=at)
    else:
        take_effect(row, kind, case, quote, actor=actor, at=at)


@tx.step
def to_review(row: Request, kind: Kind, *, at: datetime) -> None:
    """A person looks at it: one item of work; the caller saves."""
    move(row, IN_REVIEW)
    work.open_item(
        REVIEW, about=row.ref, office_id=row.office_id, at=at, title=f"{kind.name} {row.number}",
        amount=row.amount or None, party_id=row.party_id,
    )  # fmt: skip
    messaging.queue(
        "servicing.received", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"request": row.number or "", "kind": kind.name}, copy_agent=True,
    )  # fmt: skip


@tx.step
def collect(row: Request, kind: Kind, quote: Quote, *, actor: Ref, at: datetime) -> None:
    """Ask for what is owed, from the applicant's own account or on their pay page; never an agent's."""
    move(row, WAITING_MONEY)
    row.save()
    payments.request_collection(
        key=f"{row.ref}:{COLLECT}", payer_id=row.party_id,
        method="WECHAT" if quote.account_id is None else "BANK_DEBIT", account_id=quote.account_id,
        amount=quote.collects, about=row.ref, actor=actor, at=at,
    )  # fmt: skip
    fact = events.MoneyAwaited(request=row.kind, direction="IN", amount=str(quote.collects))
    say(row, fact, actor=actor, at=at)
    messaging.queue(
        "servicing.please_pay", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"request": row.number or "", "kind": kind.name, "amount": str(quote.collects)},
    )  # fmt: skip


@tx.step
def take_effect(
    row: Request, kind: Kind, case: Case, quote: Quote, *, actor: Ref, at: datetime
) -> None:
    """Change the contract, promise the payment, write the endorsement; saves the row."""
    form = forms.read(kind, case, opened_form(row))
    effect = kind.apply(case, form, quote, actor, at)
    row.applied_at, row.effective_on = at, quote.effective_on
    row.effect = [list(pair) for pair in effect.rows]
    if kind.letter:
        _endorse(row, kind, case, quote, effect, actor, at)
    if quote.pays_customer > 0:
        _pay(row, kind, case, quote, actor, at)
        return
    finish(row, kind, actor=actor, at=at)


def _pay(row: Request, kind: Kind, case: Case, quote: Quote, actor: Ref, at: datetime) -> None:
    assert quote.account_id is not None
    contract = case.contract
    wanted = policies.PayOut(
        about=row.ref, to_party=quote.payee_id or row.party_id, account_id=quote.account_id,
        amount=quote.pays_customer, purpose=quote.purpose, key=PAY, ends=kind.gives_back,
        made_with=(contract.holder_id, contract.insured_id) if contract else (row.party_id,),
        on_record=contract.numbers_on_record if contract else (), proved=_seen_by_two(row, quote),
    )  # fmt: skip
    policies.pay_out([wanted], actor=actor, at=at)
    if row.state != WAITING_MONEY:
        move(row, WAITING_MONEY)
    row.save()
    fact = events.MoneyAwaited(request=row.kind, direction="OUT", amount=str(quote.pays_customer))
    say(row, fact, actor=actor, at=at)
    _close_work(row, at)


def _seen_by_two(row: Request, quote: Quote) -> bool:
    """One colleague compared who asks with the original of their card, and another approved."""
    if row.proof not in SEEN or not row.decided_by or quote.payee_id not in (None, row.party_id):
        return False
    seen = journal.list_told("servicing.identity_checked", [str(row.ref)])
    return bool(seen) and str(seen[-1].actor) != row.decided_by


@tx.step
def finish(row: Request, kind: Kind, *, actor: Ref, at: datetime) -> None:
    """It is done; the customer is told. Saves the row."""
    move(row, DONE)
    row.ended_at = at
    row.save()
    fact = events.RequestDone(
        request=row.kind, effective_on=row.effective_on.isoformat() if row.effective_on else ""
    )
    say(row, fact, actor=actor, at=at)
    _close_work(row, at)
    messaging.queue(
        "servicing.done", to=Ref("party", row.party_id), about=row.ref, at=at,
        facts={"request": row.number or "", "kind": kind.name}, copy_agent=True,
    )  # fmt: skip


def _close_work(row: Request, at: datetime) -> None:
    """What people had to do about it; what went straight through never had anybody."""
    if row.refer or row.way or row.decided_at or row.collected_at:
        work.close_items(about=row.ref, at=at)


def _endorse(
    row: Request, kind: Kind, case: Case, quote: Quote, effect: frame.Effect, actor: Ref,
    at: datetime,
) -> None:  # fmt: skip
    shown = [{"label": label, "text": text or "—"} for label, text in effect.rows]
    facts: dict[str, object] = {
        "request": row.number, "kind": kind.name, "effective_on": quote.effective_on.isoformat(),
        "words": effect.words or kind.in_words,
        "rows": shown or [{"label": _("办理项目"), "text": kind.name}],
    }  # fmt: skip
    if case.contract is not None:
        facts |= {"policy": case.policy.number, "product": case.policy.product_name}
    lines = [
        {"label": n.label, "amount": str(n.amount), "explanation": with_days_written(n.note)}
        for n in quote.lines
    ]
    if lines:
        facts["lines"] = lines
    letters.issue(
        kind="ENDORSEMENT", about=row.ref, party_id=row.party_id, facts=facts, actor=actor, at=at
    )


@tx.step
def money_came(row: Request, kind: Kind, case: Case | None, *, amount: str, at: datetime) -> None:
    """
    What the customer owed is here: now it takes effect, as it was confirmed.

    Where the contract is no longer as it was, nothing is lost and nobody is refused by the machine:
    a person finds a way or refuses, and then the money goes back.
    """
    row.collected_at = at
    actor = Ref("party", row.party_id)
    say(row, events.MoneyArrived(request=row.kind, amount=amount), actor=actor, at=at)
    told_over = standards.figure("servicing.told_when_collected", at)
    if row.door == frame.AGENT and row.collects > told_over:
        messaging.queue(
            "servicing.money_received", to=actor, about=row.ref, at=at,
            facts={"request": row.number or "", "kind": kind.name, "amount": amount},
        )  # fmt: skip
    if case is None:
        fail(row, kind, "CASE_CHANGED", at=at)
        return
    from yilu.servicing.operations.holding import quote_from

    try:
        with tx.savepoint():
            take_effect(row, kind, case, quote_from(row.quote or {}), actor=actor, at=at)
    except Refusal as refused:
        fail(row, kind, refused.code, at=at)


@tx.step
def fail(row: Request, kind: Kind, reason: str, *, at: datetime) -> None:
    """It could not take effect after all: a person decides. Saves the row."""
    if row.state != IN_REVIEW:
        move(row, IN_REVIEW)
    row.refer = str(_("收款后合同情况有变化，需人工处理"))
    row.save()
    actor = Ref("system", 0)
    say(row, events.EffectFailed(request=row.kind, reason=reason), actor=actor, at=at)
    work.open_item(
        PROBLEM, about=row.ref, office_id=row.office_id, at=at, title=f"{kind.name} {row.number}",
        amount=row.collects or None, party_id=row.party_id, priority=30,
    )  # fmt: skip
