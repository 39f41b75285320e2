"""Whether a contract gives cover on a day, what its numbers look like, who may inherit what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from yilu.kernel.errors import Refusal, Sentence
from yilu.kernel.money import ZERO
from yilu.policies.terms import MONTHS as MONTHS
from yilu.policies.terms import Contract, Cover
from yilu.policies.terms import due_date as due_date


def _(text: str) -> str:
    """Mark a text for the message catalogue; doors translate it."""
    return text


VOID_ENDINGS = {
    "RESCINDED": _("保险合同已解除"),
    "COOLING_OFF": _("保单已在犹豫期内退保"),
    "NOT_BEGUN": _("保单在生效前已撤销"),
}
"""Endings after which there never was cover (保险法 16)."""

TRANSITIONS = {
    "IN_FORCE": {"GRACE", "SUSPENDED", "EXPIRED", "TERMINATED"},
    "GRACE": {"IN_FORCE", "SUSPENDED", "EXPIRED", "TERMINATED"},
    "SUSPENDED": {"IN_FORCE", "EXPIRED", "TERMINATED"},
    "EXPIRED": set(),
    "TERMINATED": {"IN_FORCE"},
}
"""From which state a policy may go where; TERMINATED goes back only where the ending was a mistake."""


class PolicyNotInForce(Refusal):
    """The policy gave no cover on the day of loss; the sentence says since when and why."""

    code = "policy_not_in_force"
    message = "保单在出险当日不提供保障"
    hint = "请核对出险日期；如对保单状态有疑问，请联系客服。"


def cover_on(contract: Contract, on: date, *, grace_days: int) -> Cover:
    """
    The cover on a day, worked out from dates: right even where no job has moved the state yet.

    :raises PolicyNotInForce: before the start, after the end, while suspended, or where the days of
        grace had run out.
    """
    if contract.ending in VOID_ENDINGS:
        raise PolicyNotInForce(
            Sentence(_("{why}，自始不提供保障"), why=VOID_ENDINGS[contract.ending])
        )
    if on < contract.effective_on:
        raise PolicyNotInForce(
            Sentence(_("出险日 {on} 早于保单生效日 {since}"), on=on, since=contract.effective_on)
        )
    if contract.ended_on is not None and on >= contract.ended_on:
        raise PolicyNotInForce(Sentence(_("保单已于 {on} 终止"), on=contract.ended_on))
    if contract.ends_on is not None and on >= contract.ends_on:
        raise PolicyNotInForce(Sentence(_("保险期间已于 {on} 零时届满"), on=contract.ends_on))
    for start, end in contract.gaps:
        if start <= on < end:
            raise PolicyNotInForce(
                Sentence(_("保单在 {start} 至 {end} 期间中止，出险时未复效"), start=start, end=end)
            )
    if contract.suspended_on is not None and on >= contract.suspended_on:
        raise PolicyNotInForce(
            Sentence(_("保单自 {on} 起效力中止，尚未复效"), on=contract.suspended_on)
        )
    year = contract.year_of(on)
    due = contract.paid_to
    waived = contract.waived_from is not None and on >= contract.waived_from
    if due is None or on <= due or waived or contract.pay_mode == "SINGLE":
        return Cover("IN_FORCE", year, ZERO)
    if on > due + timedelta(days=grace_days):
        raise PolicyNotInForce(
            Sentence(
                _("续期保险费自 {due} 起未交，宽限期 {days} 日已过，保单中止"),
                due=due,
                days=grace_days,
            )
        )
    return Cover("GRACE", year, contract.owed_premium or contract.premium)


def periods_of(pay_years: int, pay_mode: str) -> int:
    """How many premiums there are in all."""
    return 1 if pay_mode == "SINGLE" else pay_years * 12 // MONTHS[pay_mode]


def policy_number(product_number: int, issued_on: date, ordinal: int) -> str:
    """A policy number: 86, year, product, ordinal, and a check digit (ISO 7064 MOD 11,10)."""
    body = f"86{issued_on:%y}{product_number:02d}{ordinal:09d}"
    return body + check_digit(body)


def number_is_sound(number: str) -> bool:
    """Whether the check digit fits: a mistyped digit or two swapped ones never do."""
    return (
        len(number) == 16
        and number.isascii()
        and number.isdigit()
        and check_digit(number[:-1]) == number[-1]
    )


def check_digit(body: str) -> str:
    """The check digit after ISO 7064 MOD 11,10."""
    product = 10
    for char in body:
        total = (product + int(char)) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def shares_problem(shares: Sequence[tuple[int, Decimal]]) -> str:
    """What is wrong with named beneficiaries' (ordinal, share) pairs; empty when sound."""
    totals: dict[int, Decimal] = {}
    for ordinal, share in shares:
        if not 0 < share <= 1:
            return _("受益份额在 0 到 100% 之间")
        totals[ordinal] = totals.get(ordinal, Decimal(0)) + share
    for ordinal, total in sorted(totals.items()):
        if total != 1:
            return Sentence(
                _("第 {ordinal} 顺位的受益份额合计应为 100%，现为 {total}%"),
                ordinal=ordinal,
                total=f"{(total * 100).normalize():f}",
            )
    if totals and sorted(totals) != list(range(1, len(totals) + 1)):
        return _("受益顺位要从 1 起连续")
    return ""
