"""Real connections: each letter has one maker, and is issued once."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests import make
from tests.letters import desk
from yilu.journal.models import Event
from yilu.letters import operations
from yilu.letters.models import IssuedLetter

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(function, times):
    gate = threading.Barrier(times)

    def run(_):
        try:
            gate.wait()
            return function()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(run, range(times)))


def test_several_makers_make_each_letter_once():
    party_id = make.party(make.office())
    ordered = [desk.order(party_id=party_id) for _ in range(9)]
    made = at_once(lambda: desk.render() + desk.render(), 3)

    assert sum(made) == 9
    letters = IssuedLetter.objects.filter(pk__in=ordered)
    assert {(letter.state, letter.attempts) for letter in letters} == {("ISSUED", 1)}
    assert Event.objects.filter(kind="letters.letter_issued").count() == 9


def test_noted_twice_at_once_it_is_issued_once():
    letter_id = desk.order()
    noted = at_once(
        lambda: operations.record_issued(
            letter_id=letter_id, sha256="0" * 64, storage_key="x", size=1, pages=1, at=make.NOON
        ),
        4,
    )
    assert sorted(noted) == [False, False, False, True]
    assert Event.objects.filter(kind="letters.letter_issued").count() == 1
