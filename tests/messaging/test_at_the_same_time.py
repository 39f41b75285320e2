"""Real connections: each message has one sender."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from tests import make
from tests.messaging import post
from yilu.journal.models import Event
from yilu.kernel.refs import Ref
from yilu.messaging import channels, operations
from yilu.messaging.models import Message

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


def test_several_senders_send_each_message_once():
    office_id = make.office()
    for _ in range(120):
        post.queue(to=post.party(office_id=office_id))
    box = post.Notebook(arrives=True)
    with channels.use({"OUTBOX": box}):
        counts = at_once(lambda: post.send() + post.send() + post.send(), 3)

    assert sum(counts) == 120
    assert len({m.key for m in box.taken}) == len(box.taken) == 120
    assert set(Message.objects.values_list("state", flat=True)) == {"DELIVERED"}
    assert Event.objects.filter(kind="messaging.message_delivered").count() == 120


def test_once_is_once_however_many_promise_it():
    at_once(lambda: post.queue(to=Ref("party", 7), once="event:5"), 5)
    assert Message.objects.count() == 1


def test_two_reports_at_once_are_one_arrival():
    post.queue(to=post.party(email="lin@example.com"))
    with channels.use({"SMTP": post.Notebook()}):
        post.send()
    key = post.the_message().message_key.hex
    news = at_once(
        lambda: operations.receive_receipt(
            message_key=key, outcome="DELIVERED", proof="r1", at=make.NOON
        ),
        4,
    )
    assert sorted(news) == [False, False, False, True]
    assert Event.objects.filter(kind="messaging.message_delivered").count() == 1
