"""Who a telephone is: the proof of its password, how long a challenge is good, and what comes over a stream."""

import pytest
from aiosipua.auth import SipDigestAuth, build_credentials
from aiosipua.headers import AuthChallenge
from hypothesis import given, settings
from hypothesis import strategies as st

from yilu.gateways.calls.builtin import digest
from yilu.gateways.calls.builtin.registering import Tries
from yilu.gateways.calls.builtin.wires import answered_here, by_stream

FIELDS = ["nonce", "nc", "uri", "qop", "response"]
ANYTHING = st.binary(max_size=20).map(lambda said: said.decode("latin-1"))
URI = "sip:10.0.0.1:5060"


def answer(asked, algorithm, password="right", count=1, uri=URI, **other):
    """How somebody else's client answers our challenge."""
    fields = {"realm": digest.REALM, "nonce": asked, "algorithm": algorithm, "qop": "auth"}
    found = build_credentials(
        SipDigestAuth("7", password), AuthChallenge("Digest", fields), "REGISTER", uri,
        nonce_count=count,
    )  # fmt: skip
    return dict(found.params) | other


@pytest.mark.parametrize("algorithm", digest.ALGORITHMS)
def test_only_whoever_knows_the_password_proves_it(algorithm):
    secret = digest.secret_of("7", "right", algorithm)

    def proves(told, uri=URI, method="REGISTER", of=secret):
        return digest.proves(told, of, method=method, uri=uri)

    assert proves(answer("n", algorithm))
    assert "right" not in repr(secret), "and no log shows it"
    assert secret.kept not in repr(secret)
    other = "MD5" if algorithm == "SHA-256" else "SHA-256"
    for wrong in (
        answer("n", algorithm, "wrong"), answer("n", other), answer("n", algorithm, qop="auth-int"),
        answer("n", algorithm, nc="1"), answer("n", algorithm, cnonce=""),
        answer("n", algorithm, nonce="m"), answer("n", algorithm, response=""), {},
    ):  # fmt: skip
        assert not proves(wrong)
    assert not proves(answer("n", algorithm), uri="sip:elsewhere")
    assert not proves(answer("n", algorithm), method="INVITE")


def test_a_challenge_is_good_for_five_minutes_and_each_count_once():
    nonces = digest.Nonces()
    told = answer(nonces.make(1000.0), "SHA-256", count=1)
    assert nonces.good(told, 1000.0)
    nonces.use(told)
    assert not nonces.good(told, 1001.0), "the same heard again by somebody who listened"
    again = answer(told["nonce"], "SHA-256", count=2)
    assert nonces.good(again, 1000.0 + digest.NONCE_SECONDS)
    assert not nonces.good(again, 1001.0 + digest.NONCE_SECONDS)
    assert not digest.Nonces().good(again, 1001.0), "another switch's"


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_whatever_is_said_is_no_proof_and_no_accident(told):
    assert not digest.Nonces().good(told, 0.0)
    assert not digest.proves(told, digest.secret_of("7", "x"), method="REGISTER", uri=URI)


def test_who_guesses_is_not_heard_for_a_while_and_keeps_nobody_else_out():
    tries = Tries()
    for n in range(10):
        assert not tries.too_many("10.0.0.9", "7", 100.0 + n)
        tries.wrong("10.0.0.9", "7", 100.0 + n)
    assert tries.too_many("10.0.0.9", "7", 110.0)
    assert not tries.too_many("10.0.0.9", "8", 110.0), "another telephone of the same room"
    assert not tries.too_many("10.0.0.5", "7", 110.0), "the seat's own telephone"
    assert not tries.too_many("10.0.0.9", "7", 800.0)
    for n in range(50):
        tries.wrong("10.0.0.9", str(n), 900.0)
    assert tries.too_many("10.0.0.9", "77", 901.0), "nor going through all seats"


def test_a_message_over_a_stream_says_so_and_is_answered_there():
    asked = b"INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP h:1;branch=b;rport\r\nContact: <sip:h:1>\r\n\r\nVia: SIP/2.0/UDP"
    assert by_stream(asked, b"TLS") == (
        b"INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/TLS h:1;branch=b;rport\r\nContact: <sip:h:1;transport=tcp>\r\n\r\n"
        b"Via: SIP/2.0/UDP"
    )
    said = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP h:1\r\n\r\n"
    assert by_stream(said, b"TCP") == said
    question = b"REGISTER sip:x SIP/2.0\r\nVia: SIP/2.0/TCP h:1;branch=b\r\nTo: <sip:7@x>\r\n\r\n"
    assert b"branch=b;rport\r\n" in answered_here(question)
    assert answered_here(answered_here(question)) == answered_here(question)
