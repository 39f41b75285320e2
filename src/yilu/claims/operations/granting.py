"""What follows from a decision to pay: use of benefits, payment, letters, events, messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from yilu.claims import events
from yilu.claims.models import ClaimType, Decision
from yilu.claims.rules import promises
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.money import ZERO, round_yuan, said_yuan
from yilu.kernel.refs import Ref
from yilu.letters import operations as letters
from yilu.messaging import operations as messaging
from yilu.payments import operations as payments
from yilu.policies import operations as policies
from yilu.policies.terms import Use
from yilu.work import operations as work

from . import age_words
from .authorities import waived_by
from .case import Case
from .holding import Held
from .promising import by


@dataclass(frozen=True, slots=True)
class Share:
    """
    What one payee gets; ``account_id`` None: it must still be asked for.

    ``for_party_id``: whom they receive it for, a minor or one who has died since. ``direct``: a third
    party who was harmed, paid in person as the insured agreed. ``unidentified``: it waits until the
    payee's identity is checked.
    """

    party_id: int
    account_id: int | None
    amount: Decimal
    for_party_id: int | None = None
    direct: bool = False
    unidentified: bool = False

    @property
    def ready(self) -> bool:
        """Whether it may be paid now."""
        return self.account_id is not None and not self.unidentified

    @property
    def key(self) -> str:
        """What tells the shares of one decision apart."""
        return (
            f"{self.party_id}"
            if self.for_party_id is None
            else f"{self.party_id}.{self.for_party_id}"
        )


@tx.step
def use_up(case: Case, *, amount: Decimal | None = None, at: datetime) -> None:
    """
    Write what the claim uses of the policy's benefits: the calculated sum, or the part of it decided.

    :raises UseChanged: where another claim on the policy was approved in between.
    """
    held, calculation = case.held, case.calculation
    if calculation.uses:
        policies.record_benefit_use(
            policy_id=held.policy_id, claim_ref=held.ref,
            uses=uses_of_part(calculation.uses, amount, calculation.benefit),
            seen=calculation.seen, at=at,
        )  # fmt: skip


@tx.step
def count_deductible(case: Case, *, at: datetime) -> Decimal:
    """
    Write what a claim too small to be paid met of the deductible; how many yuan of it.

    :raises UseChanged: where another claim on the policy was approved in between.
    """
    met = [use for use in case.calculation.uses if use.deductible_used > ZERO]
    policies.record_benefit_use(
        policy_id=case.held.policy_id, claim_ref=case.held.ref, uses=met,
        seen=case.calculation.seen, at=at,
    )  # fmt: skip
    return sum((use.deductible_used for use in met), ZERO)


def uses_of_part(uses: Sequence[Use], amount: Decimal | None, benefit: Decimal) -> tuple[Use, ...]:
    """What a decision for part of the benefit uses of its limits: the same part of each, to the cent."""
    if amount is None or amount >= benefit:
        return tuple(uses)
    return tuple(replace(use, paid=round_yuan(use.paid * amount / benefit)) for use in uses)


@tx.step
def change_contract(case: Case, *, actor: Ref, at: datetime) -> None:
    """
    End the contract or waive its premiums where the terms say that this payment does.

    It ends after the day of loss: on that day itself it still gave cover.
    """
    held, calculation = case.held, case.calculation
    if calculation.ends_policy:
        policies.end_policy(
            policy_id=held.policy_id,
            ending="PAID_OUT",
            on=held.loss_date + timedelta(days=1),
            actor=actor,
            at=at,
        )
    if calculation.waived_from is not None:
        policies.waive_premiums(
            policy_id=held.policy_id, waived_from=calculation.waived_from, claim_ref=held.ref,
            actor=actor, at=at,
        )  # fmt: skip


@tx.step
def undo_waiver(held: Held, *, actor: Ref, at: datetime) -> None:
    """
    Take back the waiver that an earlier decision on this claim brought: a person decided otherwise.

    A decision that waives again says so anew, from its own day.
    """
    earlier = Decision.objects.select_related("calculation").filter(
        claim_id=held.id, state="SUPERSEDED", calculation__isnull=False
    )
    for decision in earlier:
        if waived_from := waived_by(decision):
            policies.ask_premiums_again(
                policy_id=held.policy_id, waived_from=waived_from, claim_ref=held.ref,
                actor=actor, at=at,
            )  # fmt: skip


@tx.step
def promise_money(
    case: Case,
    shares: Sequence[Share],
    *,
    purpose: str,
    key: str,
    programme: str,
    actor: Ref,
    at: datetime,
) -> tuple[int | None, ...]:
    """Promise each share that may be paid now; the payouts' ids, None where its payee must be asked."""
    held = case.held
    payouts: list[int | None] = []
    for share in shares:
        if share.account_id is None or share.unidentified or share.amount <= ZERO:
            payouts.append(None)
            continue
        payout_id = payments.request_payout(
            about=held.ref, to_party=share.party_id, account_id=share.account_id,
            amount=share.amount, purpose=purpose, key=f"{key}:{share.key}", at=at, actor=actor,
        )  # fmt: skip
        journal.record(
            events.PayoutPromised(
                payout_id=payout_id, amount=str(share.amount), programme=programme
            ),
            about=held.ref, actor=actor, at=at, party=held.claimant_id,
        )  # fmt: skip
        payouts.append(payout_id)
    return tuple(payouts)


@tx.step
def tell_approved(
    case: Case, *, amount: Decimal, result: dict[str, Any], programme: str, in_words: bool,
    has_account: bool, actor: Ref, at: datetime, shares: Sequence[Share] = (), less: str = "",
) -> None:  # fmt: skip
    """
    The message and the papers of an approval; ``in_words``: with the letter of decision, which says in
    ``less`` why a part is not paid.
    """
    held = case.held
    to = Ref("party", held.claimant_id)
    own = own_part(held, amount, shares)
    if own == ZERO:
        messaging.queue(
            "claims.approved_for_others", to=to, about=held.ref, at=at, copy_agent=True,
            facts={"claim": held.number, "amount": str(amount)},
        )  # fmt: skip
    elif has_account:
        when = by(
            promises.PAID.get(programme, promises.PAID["STANDARD"]), office_id=held.office_id, at=at
        )
        words, more = approval_message(held), {}
        if held.divided:
            more = dict(zip(("direct", "rest"), division_of(shares), strict=True))
        elif own != amount:
            words, more = "claims.approved_among", {"own": str(own)}
        messaging.queue(
            words, to=to, about=held.ref, at=at, copy_agent=True,
            facts={"claim": held.number, "amount": str(amount), "by": when} | more,
        )  # fmt: skip
    else:
        when = by(promises.DECIDED["STANDARD"], office_id=held.office_id, at=at)
        unknown = any(s.unidentified and s.account_id is not None for s in shares)
        then = "核实收款人身份后立即付款" if unknown else "请登记收款账户"
        messaging.queue(
            "claims.progress", to=to, about=held.ref, at=at,
            facts={"claim": held.number, "step": f"已核定赔付 {said_yuan(own)} 元，{then}", "by": when},
        )  # fmt: skip
    letters.issue(
        kind="STATEMENT", about=held.ref, party_id=held.claimant_id, actor=actor, at=at,
        facts=statement_facts(case, amount, result, at) | in_words_of(shares),
    )  # fmt: skip
    if in_words:
        letters.issue(
            kind="DECISION", about=held.ref, party_id=held.claimant_id, actor=actor, at=at,
            facts=decision_facts(case, amount, at) | _noted(less + age_words.words_of(held.id), shares),
        )  # fmt: skip


def own_part(held: Held, amount: Decimal, shares: Sequence[Share]) -> Decimal:
    """
    What of a payment is the claimant's own: of a death benefit their part among the beneficiaries, and
    never the whole; of any other all of it.
    """
    own = [s for s in shares if s.party_id == held.claimant_id and s.for_party_id is None]
    if held.claim_type != ClaimType.DEATH or len(own) == len(shares):
        return amount
    return sum((s.amount for s in own), ZERO)


def _noted(age: str, shares: Sequence[Share]) -> dict[str, str]:
    """Everything the letter of decision has to say besides the sum."""
    said = age + in_words_of(shares).get("note", "")
    return {"note": said} if said else {}


def division_of(shares: Sequence[Share]) -> tuple[str, str]:
    """What goes to third parties of one payment, and what to the insured, in yuan."""
    direct = sum((s.amount for s in shares if s.direct), ZERO)
    return str(direct), str(sum((s.amount for s in shares), ZERO) - direct)


def in_words_of(shares: Sequence[Share]) -> dict[str, str]:
    """What a letter says of a divided payment; nothing where nobody else is paid."""
    if not any(s.direct for s in shares):
        return {}
    direct, rest = (Decimal(each) for each in division_of(shares))
    said = f"按您的书面同意，其中 {said_yuan(direct)} 元直接付给受到损害的第三方本人的账户（保险法第六十五条）"
    return {"note": f"{said}，其余 {said_yuan(rest)} 元付给您。" if rest else f"{said}，没有剩余。"}


def approval_message(held: Held) -> str:
    """The template of a yes: in other words where a hospital is paid in the insured's place."""
    if held.divided:
        return "claims.approved_in_parts"
    if held.assignee_id is None:
        return "claims.approved"
    return "claims.approved_directly" if held.channel == "PROVIDER" else "claims.approved_to_other"


def statement_facts(
    case: Case, amount: Decimal, result: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """The statement: every line of the calculation, and the invoices it came from."""
    facts: dict[str, Any] = case_facts(case) | {
        "decided_on": day_of(at).isoformat(),
        "amount": str(amount),
        "lines": lines_of(result, amount),
    }  # fmt: skip
    if case.held.assignee_id is not None:
        facts["paid_to_id"] = case.held.assignee_id
    if invoices := [
        {"number": i.number, "issued_on": i.issued_on.isoformat(), "total": str(i.total)}
        for i in case.invoices
        if i.number and i.issued_on is not None and i.total is not None
    ]:
        facts["invoices"] = invoices
    return facts


def lines_of(result: dict[str, Any], amount: Decimal) -> list[dict[str, str]]:
    """Every line of a calculation as letters show it; one line with the amount where it has none."""
    return [
        {
            "label": line["label"], "amount": str(round_yuan(Decimal(line["amount"]))),
            "explanation": line["explanation"],
        }
        for line in result["lines"]
    ] or [{"label": "核定给付", "amount": str(amount), "explanation": ""}]  # fmt: skip


def decision_facts(case: Case, amount: Decimal, at: datetime) -> dict[str, Any]:
    """The letter of decision: what, how much, on which clauses."""
    held, terms = case.held, case.policy.terms
    basis = [
        f"{clause.number} {clause.title}"
        for benefit in terms.for_claim(held.claim_type)
        if (clause := terms.by_clause.get(benefit.clause)) is not None
    ]
    paid_to = {} if held.assignee_id is None else {"paid_to_id": held.assignee_id}
    return (
        case_facts(case)
        | paid_to
        | {
            "event": ClaimType(held.claim_type).label,
            "decided_on": day_of(at).isoformat(),
            "loss_date": held.loss_date.isoformat(),
            "amount": str(amount),
            "basis": list(dict.fromkeys(basis)) or ["保险法第23条"],
        }
    )


def case_facts(case: Case) -> dict[str, Any]:
    """What every letter about a claim begins with."""
    return {
        "claim": case.held.number, "policy": case.policy.number, "product": case.policy.product_name,
        "insured_id": case.held.insured_id,
    }  # fmt: skip


@tx.step
def close_work(case: Case, *, at: datetime) -> None:
    """Close what people had open about the claim; the consultant stays until the money is there."""
    for queue in (
        "claims.review",
        "claims.second_review",
        "claims.intake",
        "claims.documents",
        "claims.chase",
        "documents.verify",
    ):
        work.close_items(about=case.held.ref, at=at, queue=queue)
