"""What letting a policy lapse means, and what else can be done: worked out by policies' own functions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.money import ZERO
from yilu.kernel.words import marked as _
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries

MODES = {
    "MONTHLY": _("改为月交"), "QUARTERLY": _("改为季交"), "HALF_YEARLY": _("改为半年交"),
    "YEARLY": _("改为年交"),
}  # fmt: skip


_ASKED = {"REDUCE": "sum_reduction", "PAID_UP": "paid_up", "LOAN": "policy_loan"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to keep cover (替代方案): what is to be paid, what cover is left; ``why_not`` where closed."""

    code: str
    label: str
    pays: Decimal | None
    sum_after: Decimal | None
    why_not: str = ""

    @property
    def kind(self) -> str:
        """The request of the servicing hall that does it."""
        return "pay_mode" if self.code.startswith("MODE_") else _ASKED[self.code]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What lapsing costs, beside the ways to avoid it (失效后果与替代方案)."""

    sum_insured: Decimal
    cash_value: Decimal
    loan_owed: Decimal
    premiums_paid: Decimal
    choices: tuple[Choice, ...]

    @property
    def open_choices(self) -> tuple[Choice, ...]:
        """Those that can be had today."""
        return tuple(choice for choice in self.choices if not choice.why_not)


def outlook(policy_id: int, on: date) -> Outlook:
    """Everything an adviser needs to talk about one policy."""
    row = tx.rows(
        "select sum_insured, premiums_paid, premium from policies_policy where id = %s::bigint",
        [policy_id],
    )[0]
    sum_insured, premiums_paid, premium = row
    values = policy_queries.values_on(policy_id, on)
    choices = [
        *_frequencies(policy_id, sum_insured),
        _half(policy_id, sum_insured, premium, on),
        _paid_up(policy_id, on),
        _loan(values.lendable, premium, sum_insured),
    ]
    return Outlook(sum_insured, values.cash_value, values.loan_owed, premiums_paid, tuple(choices))


def _frequencies(policy_id: int, sum_insured: Decimal) -> list[Choice]:
    found = []
    for mode in policy_queries.pay_modes_open(policy_id):
        try:
            pays = policies.pay_mode_offer(policy_id=policy_id, pay_mode=mode)[0].after
        except Refusal:
            continue
        found.append(Choice(f"MODE_{mode}", MODES.get(mode, mode), pays, sum_insured))
    return found


def _half(policy_id: int, sum_insured: Decimal, premium: Decimal, on: date) -> Choice:
    label, half = _("保额减半"), (sum_insured / 2).quantize(Decimal(1))
    try:
        policy_queries.reduction_to(policy_id, half, on)
    except Refusal as refused:
        return Choice("REDUCE", label, None, None, str(refused.message))
    pays = (premium * half / sum_insured).quantize(Decimal("0.01"))
    return Choice("REDUCE", label, pays, half)


def _paid_up(policy_id: int, on: date) -> Choice:
    label = _("减额交清，以后不用再交")
    try:
        offer = policy_queries.paid_up_offer(policy_id, on)
    except Refusal as refused:
        return Choice("PAID_UP", label, None, None, str(refused.message))
    return Choice("PAID_UP", label, ZERO, offer.sum_after)


def _loan(lendable: Decimal, premium: Decimal, sum_insured: Decimal) -> Choice:
    label = _("用保单借款交这一期")
    if lendable >= premium:
        return Choice("LOAN", label, premium, sum_insured)
    return Choice("LOAN", label, None, None, _("可借金额不够交一期保险费"))
