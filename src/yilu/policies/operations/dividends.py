"""Dividends of participating contracts: allotted at anniversaries, many at once, as the holder chose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.money import ZERO
from yilu.kernel.refs import Ref
from yilu.messaging import operations as messaging
from yilu.policies import events
from yilu.policies.models import PaidUpAddition
from yilu.policies.operations.ledger import Posting, post_many
from yilu.policies.operations.paying_out import PayOut, pay_out
from yilu.policies.queries.additions import TABLE, participating
from yilu.policies.queries.values import money_on, worth_of
from yilu.policies.queries.worth import paid_up_sum
from yilu.policies.rules import dividends as rules
from yilu.standards import queries as standards

LOOK_BACK = rules.LOOK_BACK


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotted:
    """A dividend that was allotted (红利派发), and what became of it."""

    policy_id: int
    number: str
    holder_id: int
    year: int
    on: date
    amount: Decimal
    option: str
    account_id: int | None
    bought: Decimal = ZERO


_DUE = """
    select p.id, p.number, p.holder_id, r.code, p.effective_on, p.dividend_option, p.paid_to is null,
           coalesce(
             (select a.id from people_bankaccount a
               where a.id = p.premium_account_id and a.party_id = p.holder_id and a.active),
             (select max(a.id) from people_bankaccount a where a.party_id = p.holder_id and a.active))
      from policies_policy p
      join products_productversion v on v.id = p.product_version_id
      join products_product r on r.id = v.product_id
     where p.id = any(%(ids)s::bigint[]) and p.state in ('IN_FORCE', 'GRACE') and p.main_id is null
       and r.code = any(%(codes)s::text[])
     order by p.id for update of p
"""


@tx.step
def allot_dividends(
    policy_ids: Sequence[int], *, today: date, actor: Ref, at: datetime
) -> tuple[Allotted, ...]:
    """
    Allot the dividend of the latest anniversary to each of these contracts, once a year; what was new.

    It is the declared rate on the value of the anniversary. CASH goes to the holder's own account where
    one is known and lies with us, bearing interest, where not; ACCUMULATE lies with us; REDUCE counts
    towards the next premium (as suspense), and lies with us where none falls due any more; ADDITIONS
    buys a sum with nothing more to pay (交清增额), and lies with us where it buys nothing. A rate of nil is
    no dividend, and may still be declared later.
    """
    rows = tx.rows(_DUE, {"ids": list(policy_ids), "codes": list(participating(at))})
    found = [due for row in rows for due in _allotted(row, today)]
    values: dict[tuple[int, date], Decimal] = {}
    for on in sorted({each.on for each, _code in found}):
        ids = [each.policy_id for each, _code in found if each.on == on]
        values |= {(id, on): money.value for id, money in money_on(ids, on).items()}
    rates: dict[tuple[str, int, int], Decimal] = {}
    table = standards.compiled_at(TABLE, at)
    wanted = []
    for each, code in found:
        asked = (code, each.on.year, each.year)
        if asked not in rates:
            told = table.decide({"product": code, "year": asked[1], "policy_year": asked[2]})
            rates[asked] = Decimal(told.outputs["per_mille"])
        amount = rules.dividend(values.get((each.policy_id, each.on), ZERO), rates[asked])
        if amount > ZERO:
            wanted.append(_buying(replace(each, amount=amount)))
    return _book(wanted, actor, at)


def _allotted(row: tuple[Any, ...], today: date) -> Iterator[tuple[Allotted, str]]:
    """What a contract may be due, without its amount, and its product; nothing before the first year."""
    id, number, holder, code, effective_on, option, all_paid, account = row
    due = rules.anniversary(effective_on, today)
    if due is None:
        return
    chosen = "ACCUMULATE" if option == "REDUCE" and all_paid else option
    yield Allotted(
        policy_id=id, number=number, holder_id=holder, year=due[1], on=due[0], amount=ZERO,
        option=chosen, account_id=account if chosen == "CASH" else None,
    ), code  # fmt: skip


def _buying(each: Allotted) -> Allotted:
    """What a dividend buys, where the holder chose so; where that is nothing, it is kept."""
    if each.option != "ADDITIONS":
        return each
    bought = paid_up_sum(worth_of(each.policy_id, each.on), each.on, each.amount)
    return replace(each, bought=bought) if bought else replace(each, option="ACCUMULATE")


def _book(wanted: Sequence[Allotted], actor: Ref, at: datetime) -> tuple[Allotted, ...]:
    """The ledger says what is new: the dividend of a year is written once."""
    made = post_many(
        [_posting(w, "DIVIDEND", {"benefit": -w.amount, "dividend": w.amount}) for w in wanted],
        actor=actor, at=at,
    )  # fmt: skip
    new = [w for w in wanted if w.policy_id in made]
    moves = []
    for w in new:
        if w.option == "REDUCE":
            moves.append(
                _posting(w, "DIVIDEND_USED", {"dividend": -w.amount, "suspense": w.amount})
            )
        elif w.option == "ADDITIONS":
            moves.append(_posting(w, "ADDED", {"dividend": -w.amount, "premium": w.amount}))
        elif w.account_id is not None:
            moves.append(
                _posting(w, "DIVIDEND_PAID", {"dividend": -w.amount, "customer": w.amount})
            )
    post_many(moves, actor=actor, at=at)
    PaidUpAddition.objects.bulk_create(
        PaidUpAddition(policy_id=w.policy_id, year=w.year, on=w.on, amount=w.amount, sum=w.bought)
        for w in new
        if w.bought
    )
    cash = [_cash(w, w.account_id) for w in new if w.account_id is not None]
    waits = {each.about.id for each in pay_out(cash, at=at)}
    for w in new:
        _tell(w, actor, at, waits=w.policy_id in waits)
    return tuple(new)


def _cash(w: Allotted, account_id: int) -> PayOut:
    return PayOut(
        about=Ref("policy", w.policy_id), to_party=w.holder_id, account_id=account_id,
        amount=w.amount, purpose="BENEFIT", key=f"dividend:{w.year}", made_with=(w.holder_id,),
    )  # fmt: skip


def _posting(w: Allotted, entry: str, legs: dict[str, Decimal]) -> Posting:
    return Posting(w.policy_id, entry, legs, Ref("dividend_year", w.year), w.on)


def _tell(w: Allotted, actor: Ref, at: datetime, *, waits: bool) -> None:
    about = Ref("policy", w.policy_id)
    fact = events.DividendDeclared(year=w.year, amount=str(w.amount))
    journal.record(fact, about=about, actor=actor, at=at, party=w.holder_id)
    if w.bought:
        bought = events.AdditionBought(year=w.year, amount=str(w.amount), bought=str(w.bought))
        journal.record(bought, about=about, actor=actor, at=at, party=w.holder_id)
        messaging.queue(
            "policies.dividend_buys", to=Ref("party", w.holder_id), about=about, at=at,
            facts={
                "policy": w.number, "year": str(w.year), "amount": str(w.amount),
                "bought": str(w.bought),
            },
        )  # fmt: skip
        return
    paid = "cash" if w.account_id is not None else "reduces" if w.option == "REDUCE" else "kept"
    paid = "waits" if waits else paid
    messaging.queue(
        f"policies.dividend_{paid}", to=Ref("party", w.holder_id), about=about, at=at,
        facts={"policy": w.number, "year": str(w.year), "amount": str(w.amount)},
    )  # fmt: skip
