"""
Premiums and reserves by equivalence (收支相等原则): what comes in is worth what goes out.

One backward recursion gives the reserve at the start of every year for a given yearly premium G:

    V = −G·(1 − e) + v·(q·D + p·V'),     V' with what is paid to who is alive then

and the premium is the G for which the reserve at the start is nil. D may depend on G (premiums paid
back) and on V' (cash value), which is why G is sought instead of divided out. With illnesses there
are three states, healthy, waived and after a severe illness, each with such a recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yilu.products.actuarial.promise import OnDeath, Promise

TRIES = 60
CLOSE = 1e-13
"""How near to nil the reserve at the start must come, beside the value of the promise."""


class NoPremium(ValueError):
    """No premium pays for the promise: what is owed grows faster than what is paid in."""


@dataclass(frozen=True, slots=True)
class Odds:
    """
    The chances of each policy year, and what a yuan a year later is worth now.

    ``severe`` and ``light`` are empty without illnesses. ``severe_worth[t]`` is what a first severe
    illness in year t costs, with what may follow (see ``worth_of_severe``).
    """

    q: Sequence[Any]
    v: Any
    severe: Sequence[Any] = ()
    light: Sequence[Any] = ()
    severe_worth: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class Paying:
    """The yearly premium is paid for ``years`` years, ``spent[t]`` of each goes into expenses."""

    years: int
    spent: Sequence[Any]

    def kept(self, t: int) -> Any:
        """The share of year t's premium that pays for benefits; nil after the last."""
        return 1 - self.spent[min(t, len(self.spent) - 1)] if t < self.years else 0


def reserves(promise: Promise, odds: Odds, paying: Paying, premium: Any) -> list[Any]:
    """
    The reserve at the end of 0, 1, … years, after what falls due then.

    At the end of the term it stands before the last payment: what the policy is worth at maturity.
    """
    if promise.waives:
        return _waiving(promise, odds, paying, premium)
    if promise.severe:
        return _with_illness(promise, odds, paying, premium)
    value = promise.alive[promise.years]
    found = [value or _last(promise)]
    for t in range(promise.years - 1, -1, -1):
        owed = _on_death(promise.death[t], premium * min(t + 1, paying.years), value)
        value = odds.v * (odds.q[t] * owed + (1 - odds.q[t]) * value) - premium * paying.kept(t)
        found.append(value)
        value = value + promise.alive[t]
    return found[::-1]


def premium_of(promise: Promise, odds: Odds, paying: Paying) -> Any:
    """
    The yearly premium that makes the reserve at the start nil.

    :raises NoPremium: where none does.
    """
    low, at_low = 0, reserves(promise, odds, paying, 0)[0]
    near = abs(at_low) * CLOSE
    guess = at_low / sum(paying.kept(t) * odds.v**t for t in range(paying.years))
    for _try in range(TRIES):
        at_guess = reserves(promise, odds, paying, guess)[0]
        if abs(at_guess) <= near:
            break
        if not at_low > at_guess:
            raise NoPremium("a higher premium does not pay for more")
        low, at_low, guess = guess, at_guess, guess + at_guess * (guess - low) / (at_low - at_guess)
    else:
        raise NoPremium("no premium found")
    if not guess > 0:
        raise NoPremium("the premium would not be positive")
    return guess


def paid_up(promise: Promise, odds: Odds) -> list[Any]:
    """What one yuan of the sum insured costs at the end of each year with nothing more to pay (缴清)."""
    death = tuple(
        OnDeath(each.fixed, 0.0, 1.0 if each.premiums or each.value else 0.0)
        for each in promise.death
    )
    alone = Promise(
        promise.years, death, promise.alive, promise.for_life, promise.severe, promise.light
    )
    return reserves(alone, odds, Paying(0, (0,)), 0)


def value_share(first: Any, t: int, pay_years: int) -> Any:
    """The share of the reserve that is paid back after t years: from ``first`` to all of it."""
    until = min(pay_years, 20)
    return 1 if t >= until else first + (1 - first) * t / until


def _last(promise: Promise) -> Any:
    return promise.death[-1].fixed if promise.for_life and not promise.severe else 0


def _on_death(owed: OnDeath, paid: Any, value: Any) -> Any:
    return max(owed.fixed, owed.premiums * paid, owed.value * value)


def worth_of_severe(
    sums: Sequence[Any], v: Any, again: Sequence[Any], deaths: Sequence[Any]
) -> list[Any]:
    """
    What a first severe illness costs at the end of each year: its sum and the further ones to come.

    ``again[t]`` is the chance of a further one in year t, ``deaths[t]`` that of dying without.
    ``later[n]`` is worth what may follow while n more are promised.
    """
    later = [0] * len(sums)
    found = []
    for ill, dies in zip(reversed(again), reversed(deaths), strict=True):
        found.append(sums[0] + later[-1])
        stays = 1 - ill - dies
        later = [0] + [
            v * (ill * (sums[-left] + later[left - 1]) + stays * later[left])
            for left in range(1, len(sums))
        ]
    return found[::-1]


def sure_for(years: int, v: Any) -> Any:
    """One yuan at the start of each of so many years, whatever happens (确定年金): ä = 1 + v·ä'."""
    worth: Any = 0
    for _year in range(years):
        worth = 1 + v * worth
    return worth


def waiver_chance(promise: Promise, odds: Odds, t: int) -> tuple[Any, Any]:
    """The chance that a waiver begins in year t, and that the contract ends then without one."""
    ill = odds.severe[t] + odds.light[t]
    return (ill + odds.q[t], 0) if "DEATH" in promise.waives else (ill, odds.q[t])


def _waiving(promise: Promise, odds: Odds, paying: Paying, premium: Any) -> list[Any]:
    """
    A yuan a year is waived for the rest of the term, from the first event on: V = −G·(1 − e) + v·(p·ä + s·V').
    """
    value: Any = 0
    found = [value]
    for t in range(promise.years - 1, -1, -1):
        begins, ends = waiver_chance(promise, odds, t)
        waived = sure_for(promise.years - t, odds.v)
        value = odds.v * (begins * waived + (1 - begins - ends) * value) - premium * paying.kept(t)
        found.append(value)
    return found[::-1]


def waiver_gap(promise: Promise, odds: Odds, paying: Paying, premium: Any) -> Any:
    """
    How far a waiver's premium is from paying for it, counted forward over who is left (收支检验).

    An identity of the recursion: the premiums of those not yet waived are worth what is waived.
    """
    left, gap, discount = 1, 0, 1
    for t in range(promise.years):
        begins, ends = waiver_chance(promise, odds, t)
        gap += left * discount * premium * paying.kept(t)
        discount *= odds.v
        gap -= left * begins * discount * sure_for(promise.years - t, odds.v)
        left *= 1 - begins - ends
    return gap


def _with_illness(promise: Promise, odds: Odds, paying: Paying, premium: Any) -> list[Any]:
    healthy = waived = promise.alive[promise.years]
    found = [healthy]
    v = odds.v
    for t in range(promise.years - 1, -1, -1):
        severe, light, q, death = odds.severe[t], odds.light[t], odds.q[t], promise.death[t]
        stays = 1 - severe - light - q
        paid = premium * min(t + 1, paying.years)
        ill = severe * odds.severe_worth[t] + light * (promise.light + waived)
        waived = v * (ill + q * _on_death(death, paid, waived) + stays * waived)
        healthy = v * (
            ill + q * _on_death(death, paid, healthy) + stays * healthy
        ) - premium * paying.kept(t)
        found.append(healthy)
    return found[::-1]
