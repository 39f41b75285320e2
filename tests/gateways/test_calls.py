"""What an exchange may tell us, and what we tell it."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from yilu.gateways import calls
from yilu.gateways.calls.drivers import Fake
from yilu.gateways.calls.webhook_verbs import WebhookVerbs, is_genuine
from yilu.gateways.push import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign

SECRET = "a secret of the exchange that is long"
EVENT = {
    "event": "e1",
    "call": "c1",
    "kind": "offered",
    "at": "2026-11-22T16:00:00+08:00",
    "from": "13800000001",
}


def test_an_event_is_read():
    event = calls.read_event({**EVENT, "digits": "12#", "to": "+86 95500"})
    assert event.called == "+86 95500"
    assert (event.id, event.call, event.kind, event.digits) == ("e1", "c1", "offered", "12#")
    assert "13800000001" not in repr(event)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "exploded"}, "kind"), ({"event": ""}, "event"), ({"call": "c 1"}, "call"), ({"call": 7}, "call"),
        ({"at": "2026-11-22T16:00:00"}, "at"), ({"at": "soon"}, "at"), ({"digits": "12a"}, "digits"),
        ({"digits": "1" * 33}, "digits"), ({"from": "<script>"}, "from"), ({"to": "hotline"}, "to"), ({"seconds": -1}, "seconds"),
        ({"seconds": True}, "seconds"), ({"colour": "red"}, "unknown field"),
    ],
)  # fmt: skip
def test_an_event_nobody_can_read_says_which_field(wrong, field):
    with pytest.raises(calls.BadEvent, match=field):
        calls.read_event({**EVENT, **wrong})


def test_what_is_no_object_is_no_event():
    for told in ([], "x", None, 3):
        with pytest.raises(calls.BadEvent):
            calls.read_event(told)


def test_verbs_come_back_as_they_were_written():
    verbs = (
        calls.Answer(), calls.Say("您好", "greeting"), calls.Gather(1), calls.Enqueue("claims"),
        calls.Bridge("seat:3"), calls.Record("voicemail", 120), calls.Transfer("95519"), calls.HangUp(),
    )  # fmt: skip
    assert calls.read_verbs(calls.write_verbs(verbs)) == verbs


def test_only_a_fresh_signature_of_a_long_secret_is_genuine():
    good = sign(SECRET, "1000", b"{}")
    assert is_genuine(SECRET, "1000", b"{}", good, 1010)
    assert not is_genuine(SECRET, "1000", b"{ }", good, 1010)
    assert not is_genuine(SECRET, "1000", b"{}", good, 1400)
    assert not is_genuine(SECRET, "１０００", b"{}", good, 1010)
    assert not is_genuine("", "1000", b"{}", sign("", "1000", b"{}"), 1010)


def test_the_same_key_does_nothing_more():
    fake = Fake()
    for _n in range(2):
        fake.tell("c1", [calls.HangUp()], key="k")
    assert fake.told == {"k": ("c1", (calls.HangUp(),))}


def test_the_exchange_is_told_signed_and_with_a_key():
    heard = []

    class Exchange(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            signed = is_genuine(
                SECRET, self.headers[TIMESTAMP_HEADER], body, self.headers[SIGNATURE_HEADER],
                float(self.headers[TIMESTAMP_HEADER]),
            )  # fmt: skip
            heard.append((self.path, self.headers["Idempotency-Key"], signed))
            self.send_response(200 if len(heard) == 1 else 500)
            self.end_headers()

        def log_message(self, *_what):
            pass

    server = HTTPServer(("127.0.0.1", 0), Exchange)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        exchange = WebhookVerbs(f"http://127.0.0.1:{server.server_port}/pbx", SECRET)
        exchange.tell("c/1", [calls.Bridge("seat:3")], key="k1")
        with pytest.raises(calls.NotDone, match="500"):
            exchange.tell("c/1", [calls.HangUp()], key="k2")
    finally:
        server.shutdown()
        server.server_close()
    assert heard == [("/pbx/calls/c%2F1/verbs", "k1", True), ("/pbx/calls/c%2F1/verbs", "k2", True)]
    with pytest.raises(calls.NotDone):
        exchange.tell("c1", [calls.HangUp()], key="k3")


def test_an_exchange_without_a_secret_is_not_set_up():
    for url, secret in (("http://pbx", "short"), ("ftp://pbx", SECRET), ("", SECRET)):
        with pytest.raises(ValueError, match="YILU_CALLS_URL"):
            WebhookVerbs(url, secret)
