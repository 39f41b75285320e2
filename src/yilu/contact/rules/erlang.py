"""
How many seats a load needs (排班测算): Erlang B, C and A, in plain floats.

``load`` is in erlangs: calls a second times seconds a call. Erlang C (M/M/n): everybody waits. Erlang A
(M/M/n+M): those who wait give up after an exponential patience. Numbers are checked against published
tables and against each other in the tests; ``yilu.contact.simulating`` plays the same queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import Final

SEATS_MAX: Final = 100_000
_SMALL: Final = 1e-17


def erlang_b(seats: int, load: float) -> float:
    """The share of calls that find all lines busy, where nobody waits."""
    if load <= 0:
        return 0.0 if seats else 1.0
    return 1.0 / _inverse_b(seats, load)


def _inverse_b(seats: int, load: float) -> float:
    """
    1 ÷ Erlang B as the sum over j of n(n−1)…(n−j+1) ÷ aʲ, largest first.

    Near the load its terms die away after a few times √n of them: no walk from the first seat up.
    """
    total = term = 1.0
    for j in range(seats, 0, -1):
        term *= j / load
        total += term
        if term < total * _SMALL:
            break
    return total


def erlang_c(seats: int, load: float) -> float:
    """The share of calls that wait at all; 1 where the load is more than the seats can carry."""
    if load <= 0:
        return 0.0
    if seats <= load:
        return 1.0
    blocked = erlang_b(seats, load)
    return seats * blocked / (seats - load * (1.0 - blocked))


@dataclass(frozen=True, slots=True)
class Queue:
    """How a queue stands in the long run: shares of one, seconds."""

    waits: float
    in_time: float
    average_wait: float
    gives_up: float
    occupancy: float


def queue_c(seats: int, *, calls_per_hour: float, talk: float, within: float = 20) -> Queue:
    """A queue nobody leaves; ``talk`` is seconds of talk and wrap-up."""
    load = calls_per_hour * talk / 3600
    waits = erlang_c(seats, load)
    if seats <= load:
        return Queue(waits, 0.0, float("inf"), 0.0, 1.0)
    drain = (seats - load) / talk
    return Queue(waits, 1 - waits * exp(-drain * within), waits / drain, 0.0, load / seats)


def seats_c(*, calls_per_hour: float, talk: float, within: float = 20, target: float = 0.8) -> int:
    """
    The least seats with which ``target`` of the calls are answered within ``within`` seconds.

    Begins at the least that carries the load and goes up seat by seat by the recursion of B.
    """
    load = calls_per_hour * talk / 3600
    if load <= 0:
        return 0
    seats, most = int(load) + 1, 1.0 - target
    inverse = _inverse_b(seats, load)
    decay = exp(-within / talk)
    drained = decay ** (seats - load)
    while seats < SEATS_MAX:
        # C = n ÷ (n + (n − a)(1/B − 1)), and of those who wait e^−(n−a)t/s wait longer.
        if seats * drained <= most * (seats + (seats - load) * (inverse - 1.0)):
            return seats
        seats += 1
        inverse = 1.0 + inverse * seats / load
        drained *= decay
    raise ValueError("no number of seats would do")


def queue_a(
    seats: int, *, calls_per_hour: float, talk: float, patience: float, within: float = 20
) -> Queue:
    """
    A queue people leave after an exponential patience of ``patience`` seconds on average.

    ``in_time``: answered within ``within`` seconds, of all who called (the strict reading). Worked out
    from the birth–death chain: state k > n is left at rate n/talk + (k − n)/patience.
    """
    arrivals, serve, leave = calls_per_hour / 3600, 1.0 / talk, 1.0 / patience
    if arrivals <= 0 or seats <= 0:
        return Queue(0.0, 1.0 if arrivals <= 0 else 0.0, 0.0, 0.0 if arrivals <= 0 else 1.0, 0.0)
    tail = _tail(seats, arrivals, serve, leave)
    above = sum(tail)
    at_n = 1.0 / (_inverse_b(seats, arrivals / serve) + above)
    waits = at_n * (1.0 + above)
    queued = at_n * sum(k * share for k, share in enumerate(tail, 1))
    gives_up = leave * queued / arrivals
    soon = at_n * _soon((1.0, *tail), seats * serve / leave, leave * within)
    busy = arrivals * (1.0 - gives_up) * talk / seats
    return Queue(waits, 1.0 - waits + soon, queued / arrivals, gives_up, busy)


def seats_a(
    *, calls_per_hour: float, talk: float, patience: float, within: float = 20, target: float = 0.8
) -> int:
    """The least seats with which ``target`` of all who call are answered in time, some giving up."""
    if calls_per_hour <= 0:
        return 0
    high = seats_c(calls_per_hour=calls_per_hour, talk=talk, within=within, target=target)
    low = 0  # whoever gives up frees a place: never more seats than with endless patience
    while high - low > 1:
        middle = (low + high) // 2
        found = queue_a(
            middle, calls_per_hour=calls_per_hour, talk=talk, patience=patience, within=within
        )
        if found.in_time >= target:
            high = middle
        else:
            low = middle
    return high


def _tail(seats: int, arrivals: float, serve: float, leave: float) -> list[float]:
    """p(n+k) ÷ p(n) for k = 1, 2, …, until they are too small to count."""
    tail, share, k = [], 1.0, 0
    while share > _SMALL and k < 1_000_000:
        k += 1
        share *= arrivals / (seats * serve + k * leave)
        tail.append(share)
    return tail


def _soon(shares: tuple[float, ...], c: float, t: float) -> float:
    """
    Of those who find all seats busy: the (unnormalised) share that is answered within a time.

    With k before them in line, and everybody as impatient as they, exp(−θV) of the wait V follows
    Beta(c, k+1), where c is the rate of service over that of leaving. Being served by then without
    having left is ∫ y over its density: c/(c+k+1) · I(1−e^−t; k+1, c+1), and for whole k the incomplete
    beta function I is one less a sum that grows by one term with each k.
    """
    x = 1.0 - exp(-t)
    if x <= 0:
        return 0.0
    term, passed, total = -t * (c + 1.0), 0.0, 0.0  # the term's logarithm: e^−t·c may be tiny
    for k, share in enumerate(shares):
        passed += exp(term)
        total += share * c / (c + k + 1.0) * max(0.0, 1.0 - passed)
        term += log(x * (c + 1.0 + k) / (k + 1.0))
    return total
