"""The HTTP client against the sandbox bank, over a real socket."""

import argparse
import json
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Queue

import pytest

from yilu.gateways import bank, sandbox_bank

SECRET = "shared between us and the bank"


def instruction(suffix="7777", key="k1", amount="12.50"):
    return bank.Instruction(
        key, Decimal(amount), "ICBC", sandbox_bank.card_ending(suffix), "林客户"
    )


@pytest.fixture
def desk():
    options = argparse.Namespace(
        file=":memory:", delay=0.0, limit="5000000", secret=SECRET, hang=0.0, port=0, hook=""
    )
    server = sandbox_bank.serve(options)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield bank.HttpBank(f"http://127.0.0.1:{server.server_address[1]}", SECRET), server
    server.shutdown()
    thread.join()
    server.server_close()


def test_sends_finds_and_books(desk):
    teller, _ = desk
    answer = teller.send(instruction())
    assert answer.state == "SETTLED"
    assert teller.find("k1") == answer
    assert teller.find("never heard of") is None
    today = datetime.now(sandbox_bank.BEIJING).date()
    (line,) = teller.statement(today)
    assert (line.key, line.amount, line.reference) == ("k1", Decimal("12.50"), answer.reference)
    assert teller.statement(today - timedelta(days=3)) == ()


def test_the_same_key_is_one_payment(desk):
    teller, server = desk
    references = {teller.send(instruction()).reference for _ in range(3)}
    assert len(references) == 1
    assert len(server.RequestHandlerClass.counter.executions()) == 1
    with pytest.raises(bank.BankRefuses):
        teller.send(instruction(amount="99.00"))


def test_says_whether_the_bank_can_have_it(desk):
    teller, server = desk
    with pytest.raises(bank.AnswerUnknown):
        teller.send(instruction("0008", "lost"))
    assert teller.find("lost").state == "SETTLED"
    with pytest.raises(bank.AnswerUnknown):
        teller.send(instruction("0004", "busy"))
    assert teller.find("busy") is None
    with pytest.raises(bank.NotSent):
        bank.HttpBank("http://127.0.0.1:1", SECRET).send(instruction())
    assert len(server.RequestHandlerClass.counter.executions()) == 1


def test_a_wrong_secret_pays_nothing(desk):
    _, server = desk
    stranger = bank.HttpBank(f"http://127.0.0.1:{server.server_address[1]}", "guessed")
    with pytest.raises(bank.NotSent):
        stranger.send(instruction())
    with pytest.raises(bank.NotSent):
        stranger.find("k1")
    assert server.RequestHandlerClass.counter.executions() == []


def test_a_malformed_payment_is_a_rejection(desk):
    teller, _ = desk
    assert teller.send(instruction(amount="0.00")).state == "REJECTED"


@pytest.mark.parametrize("url", ["", "ftp://bank", "http://"])
def test_refuses_an_address_that_is_none(url):
    with pytest.raises(ValueError, match="YILU_BANK_URL"):
        bank.HttpBank(url, SECRET)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]", b'{"state": "PAID"}', b'{"state": "SETTLED"}', b"<html>"]
)
def test_an_answer_nobody_can_read_is_no_answer(content):
    with Answering(content) as url, pytest.raises(bank.AnswerUnknown):
        bank.HttpBank(url, SECRET).send(instruction())


class Answering:
    """Answers every request with 200 and the same content; keeps what it was sent."""

    def __init__(self, content=b"{}"):
        self.heard = heard = Queue()

        class Desk(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                heard.put((body, dict(self.headers)))
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Desk)

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return f"http://127.0.0.1:{self.server.server_address[1]}/hooks/bank"

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


@pytest.mark.parametrize(
    ("suffix", "words"),
    [("7777", ["SETTLED"]), ("0002", ["REJECTED"]), ("0007", ["SETTLED", "ACCEPTED"]),
     ("0010", ["REJECTED", "SETTLED"]), ("0009", [])],
)  # fmt: skip
def test_the_messenger_brings_signed_notices_and_ticks_them_off(suffix, words):
    hook = Answering()
    with sandbox_bank.Counter(delay=0) as counter, hook as url:
        counter.take({"key": "k", "amount": "5.00", "account": suffix, "holder": "林"}, 0.0)
        messenger = sandbox_bank.Messenger(counter, url, SECRET)
        for n, notice in counter.due_notices(10.0):
            assert messenger._deliver(notice)
            counter.tick_off(n, True, 10.0)
        assert counter.due_notices(10_000.0) == []
    heard = [hook.heard.get_nowait() for _ in range(hook.heard.qsize())]
    assert [json.loads(body)["state"] for body, _ in heard] == words
    for body, headers in heard:
        assert bank.is_signed(
            SECRET, headers[bank.TIMESTAMP_HEADER], body, headers[bank.SIGNATURE_HEADER]
        )


def test_a_notice_nobody_takes_is_brought_again_later():
    with sandbox_bank.Counter(delay=0) as counter:
        counter.take({"key": "k", "amount": "5.00", "account": "7777", "holder": "林"}, 0.0)
        messenger = sandbox_bank.Messenger(counter, "http://127.0.0.1:1/hooks", SECRET)
        ((n, notice),) = counter.due_notices(1.0)
        assert not messenger._deliver(notice)
        counter.tick_off(n, False, 1.0)
        assert counter.due_notices(1.5) == []
        assert len(counter.due_notices(3.0)) == 1


def test_told_twice_is_one_message_under_its_own_id_and_one_more():
    with sandbox_bank.Counter(delay=0) as counter:
        counter.take({"key": "k", "amount": "5.00", "account": "0006", "holder": "林"}, 0.0)
        ids = [notice.id for _, notice in counter.due_notices(5.0)]
    assert len(ids) == 3
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize("suffix", sandbox_bank.BEHAVIOURS)
def test_card_ending_is_a_card_number_with_the_right_check_digit(suffix):
    from yilu.people.rules.particulars import passes_luhn

    for seed in (0, 7, 12_345_678):
        number = sandbox_bank.card_ending(suffix, seed)
        assert number.endswith(suffix)
        assert len(number) == 19
        assert passes_luhn(number)


def test_the_command_line_asks_for_a_secret(monkeypatch, capsys):
    monkeypatch.delenv("YILU_BANK_SECRET", raising=False)
    with pytest.raises(SystemExit):
        sandbox_bank.options_of(["--port", "0"])
    assert "YILU_BANK_SECRET" in capsys.readouterr().err
    assert sandbox_bank.options_of(["--secret", "s"]).delay > 0


def test_the_day_of_a_booking_is_beijings():
    with sandbox_bank.Counter(delay=0) as counter:
        late = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)  # 01:00 on the fifth in Beijing
        counter.take(
            {"key": "k", "amount": "5.00", "account": "7777", "holder": "林"}, late.timestamp()
        )
        assert counter.statement(datetime(2026, 3, 4).date()).content["lines"] == []
        assert len(counter.statement(datetime(2026, 3, 5).date()).content["lines"]) == 1
