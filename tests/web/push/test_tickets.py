"""Tickets for news."""

from __future__ import annotations

import pytest
import time_machine

from yilu.web.common import push

NOON = "2026-11-20T04:00:00+00:00"


@time_machine.travel(NOON, tick=False)
def test_says_what_was_signed():
    read = push.read(push.ticket("party:5", "claim:9", for_whom="party:5"))

    assert (read.topics, read.for_whom) == (("claim:9", "party:5"), "party:5")
    assert read.ends - read.issued == 30 * 60


def test_ends_after_its_minutes():
    with time_machine.travel(NOON, tick=False) as clock:
        made = push.ticket("party:5", for_whom="party:5", minutes=10)
        clock.shift(601)
        with pytest.raises(push.BadTicket):
            push.read(made)
        assert push.read(made, lenient=True).for_whom == "party:5"
        clock.shift(12 * 3600)
        with pytest.raises(push.BadTicket):
            push.read(made, lenient=True)


@pytest.mark.parametrize("text", ["", "x", "a:b:c", "party:5", "\udcff", "é" * 9999])
def test_nothing_else_is_a_ticket(text):
    with pytest.raises(push.BadTicket):
        push.read(text)


def test_a_changed_one_is_none():
    payload, at, signature = push.ticket("party:5", for_whom="party:5").split(":")
    other, _at, _signature = push.ticket("party:6", for_whom="party:6").split(":")
    for forged in (f"{other}:{at}:{signature}", f"{payload}:0{at}:{signature}", f"{payload}:{at}:"):
        with pytest.raises(push.BadTicket):
            push.read(forged)


@pytest.mark.parametrize(
    ("topics", "whom"),
    [
        ((), "party:5"),
        (("party:6",), "party:5"),
        (("offer:6",), "party:5"),
        (("seat:5",), "party:5"),
        (("board:contact",), "agent:5"),
        (("seat:4",), "staff:3"),
        (("party 5",), "party:5"),
        (("*",), "staff:3"),
    ],
)
def test_nobody_gets_one_for_what_they_may_never_hear(topics, whom):
    with pytest.raises(ValueError, match=r"topic|staff|themselves|itself"):
        push.ticket(*topics, for_whom=whom)
