"""Text messages over real sockets: SMPP and CMPP against message centres of our own, a line that breaks."""

import socket
import time

import pytest

from yilu.gateways import lines, opening, sandbox_smsc, sms
from yilu.gateways.cmpp import sandbox as cmpp
from yilu.kernel import short_texts

SECRET = "a%20secret%20to%20practise%20with"
WORDS = "【一路人寿】您好，赔款已到账。"


def text(number="+8613900000123", words=WORDS):
    return sms.Text(f"k{number}", number, words, short_texts.split(words), "一路人寿")


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(params=["smpp", "cmpp20", "cmpp30"], scope="module")
def line(request):
    """A line of each kind to its message centre; ``centre.taken`` is what arrived there."""
    if request.param == "smpp":
        centre = sandbox_smsc.Centre(free_port())
        with sandbox_smsc.Background(centre):
            gateway = opening.open_gateway(
                f"smpp://yilu:secret@127.0.0.1:{centre.port}?source=10690000&window=50"
            )
            yield gateway, centre
            gateway.close()
        return
    with cmpp.Background(cmpp.Gateway()) as centre:
        gateway = opening.open_gateway(
            f"cmpp://900001:{SECRET}@127.0.0.1:{centre.port}?source=10690000&service=YILU&version={request.param[-2:]}"
        )
        yield gateway, centre
        gateway.close()


def collected(gateway, receipts, replies=0):
    """What came back over the line, once that much is there."""
    found = [], []
    until = time.monotonic() + 10
    while (len(found[0]), len(found[1])) < (receipts, replies) and time.monotonic() < until:
        for all_, new in zip(found, gateway.collect(), strict=True):
            all_.extend(new)
    return found


def test_hands_over_and_brings_back_the_receipt_of_each_part(line):
    gateway, centre = line
    before = len(centre.taken)
    short, long = gateway.submit([text(), text(words="【一路人寿】" + "长" * 150)])
    assert len(short.references) == 1
    assert len(long.references) == 3
    receipts, _ = collected(gateway, 4)
    assert {r.reference for r in receipts} == {*short.references, *long.references}
    assert all(r.arrived for r in receipts)
    sent = [each[1] if isinstance(each, tuple) else each.content for each in centre.taken[before:]]
    bodies = sorted((c for c in sent if c[:3] == bytes([5, 0, 3])), key=lambda c: c[5])
    assert b"".join(c[6:] for c in bodies).decode("utf-16-be") == "【一路人寿】" + "长" * 150
    assert WORDS.encode("utf-16-be") in sent


def test_says_what_is_for_good_and_what_is_for_now(line):
    gateway, _ = line
    never, later, failed = gateway.submit(
        [text("+8613900000001"), text("+8613900000002"), text("+8613900000004")]
    )
    assert never.is_final
    assert not later.is_final
    (receipt,), _ = collected(gateway, 1)
    assert (receipt.reference, receipt.arrived, receipt.code) == (
        failed.references[0],
        False,
        "UNDELIV",
    )


def test_brings_what_somebody_answers(line):
    gateway, _ = line
    gateway.submit([text("+8613900000006")])
    _, (reply,) = collected(gateway, 1, 1)
    assert reply.number == "+8613900000006"
    assert reply.text.startswith("TD")


def test_what_is_never_answered_is_lost_and_not_refused(line, monkeypatch):
    monkeypatch.setattr(lines, "ANSWER_SECONDS", 0.3)
    gateway, _ = line
    (answer,) = gateway.submit([text("+8613900000003")])
    assert isinstance(answer, sms.Lost)


def test_a_line_that_breaks_loses_what_was_on_its_way_and_opens_again(monkeypatch):
    monkeypatch.setattr(lines, "RECONNECT_SECONDS", 0.0)
    with cmpp.Background(cmpp.Gateway()) as centre:
        gateway = opening.open_gateway(f"cmpp://900001:{SECRET}@127.0.0.1:{centre.port}")
        (lost,) = gateway.submit([text("+8613900000008")])
        (taken,) = gateway.submit([text()])
        gateway.close()
    assert isinstance(lost, sms.Lost)
    assert isinstance(taken, sms.Accepted)


@pytest.mark.parametrize("secret", ["wrong", ""])
def test_without_the_secret_there_is_no_line(secret):
    with cmpp.Background(cmpp.Gateway()) as centre:
        gateway = opening.open_gateway(f"cmpp://900001:{secret}@127.0.0.1:{centre.port}")
        (answer,) = gateway.submit([text()])
        gateway.close()
    assert answer == sms.Refused("NO_LINE", is_final=False)
    assert centre.taken == []


def test_where_nobody_listens_it_is_tried_later():
    gateway = opening.open_gateway(f"smpp://yilu:secret@127.0.0.1:{free_port()}")
    assert gateway.submit([text()]) == [sms.Refused("NO_LINE", is_final=False)]
    gateway.close()


@pytest.mark.parametrize(
    "url",
    [
        "", "pigeon://x", "smpp://127.0.0.1", "cmpp://too-long-a-name:x@127.0.0.1",
        "cmpp://a:b@127.0.0.1?version=10", "alibaba://x", "smpp://a:b@h?rate=fast", "alibaba://a:b@h?templates=/none",
    ],
)  # fmt: skip
def test_refuses_a_url_that_is_none(url):
    with pytest.raises(sms.BadAddress):
        opening.open_gateway(url)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("13912345678", "+8613912345678"), ("8613912345678", "+8613912345678"),
     ("+8613912345678", "+8613912345678"), ("0085212345678", "+85212345678"), ("", "")],
)  # fmt: skip
def test_every_writing_of_a_number_is_one(written, kept):
    assert sms.international(written) == kept
