"""From the sender over HTTP to the sandbox bank, and back through the bank's door."""

import argparse
import http.client
import threading
import time
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from tests.payments import desk
from yilu.gateways import bank, sandbox_bank
from yilu.payments import jobs

SECRET = "shared between us and the bank"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wired(settings, live_server):
    """The bank's server, the messenger that brings its notices, and where they go."""
    options = argparse.Namespace(
        file=":memory:", delay=0.0, limit="5000000", secret=SECRET, hang=0.0, port=0, hook=""
    )
    server = sandbox_bank.serve(options)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    settings.BANK_URL, settings.BANK_SECRET = f"http://127.0.0.1:{server.server_address[1]}", SECRET
    hook = f"{live_server.url}/hooks/bank"
    counter = server.RequestHandlerClass.counter
    yield counter, sandbox_bank.Messenger(counter, hook, SECRET), hook
    server.shutdown()
    thread.join()
    server.server_close()


def deliver(counter, messenger):
    later = time.time() + 60
    while due := counter.due_notices(later):
        for n, notice in due:
            assert messenger._deliver(notice)
            counter.tick_off(n, True, later)


@pytest.mark.parametrize(
    ("suffix", "end"),
    [
        ("7777", "SETTLED"),
        ("0001", "REJECTED"),
        ("0006", "SETTLED"),
        ("0007", "SETTLED"),
        ("0010", "UNCLEAR"),
    ],
)
def test_sent_and_heard_of(wired, suffix, end):
    counter, messenger, _ = wired
    payout = desk.payout_ending(suffix)
    jobs.send_due(timezone.now())
    deliver(counter, messenger)
    payout.refresh_from_db()
    assert payout.state == end
    assert len(counter.executions()) == 1


def post(url, body, signature, timestamp):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    headers = {bank.SIGNATURE_HEADER: signature, bank.TIMESTAMP_HEADER: timestamp}
    try:
        connection.request("POST", parts.path, body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_door_refuses_what_is_not_the_banks(wired):
    counter, _, hook = wired
    payout = desk.payout_ending("0005")
    jobs.send_due(timezone.now())
    ((_, notice),) = counter.due_notices(time.time() + 60)
    now, body = str(int(time.time())), notice.body
    assert post(hook, body, "0" * 64, now) == 401
    assert post(hook, body, bank.sign(SECRET, "1000000000", body), "1000000000") == 401
    assert post(hook, b"{}", bank.sign(SECRET, now, b"{}"), now) == 422
    assert post(hook, body, bank.sign(SECRET, now, body), now) == 200
    assert post(hook, body, bank.sign(SECRET, now, body), now) == 409
    payout.refresh_from_db()
    assert payout.state == "SETTLED"
