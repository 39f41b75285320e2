"""WeChat and WeCom: sending with a token that ages, the envelope of callbacks; the app's webhook."""

import json

import pytest

from tests.gateways.http_stub import provider
from yilu.gateways import accounts, opening, push, wechat
from yilu.gateways.sms import BadAddress

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
ENVELOPE = wechat.Envelope("token", KEY, "wx1234567890abcdef")
# As wechatpy 1.8.18 sealed it with the same made-up token and key.
SEALED = (
    "leNhLUcWUQSLD0agJg+xFK6CbOpTmXGFhX5/7tgTMR75VXC2P+Mt82GIJ0eRDz2QDm6iarPYKCpfg7MyRRwgsdp4p1HVjd4z5h5NHlvVxXmd9neZuX58"
    "xAYcSOp0rN2BZfPIjkMI6gHAg12Z5KDk0fy7RLXn7Niyzq0UFQ5ZbLGlKbIvntXIa63O/zcUVC/X1AKli91QSfvxuLl7AUNDVg=="
)
SIGNATURE = "550d7d9a33d6bd97dd185580f8ccc3ac964d0e31"
STAMP, NONCE = "1763800000", "nonce1"


def envelope(sealed=SEALED):
    return f"<xml><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>".encode()


def test_opens_what_another_library_sealed():
    told = ENVELOPE.open(envelope(), SIGNATURE, STAMP, NONCE, float(STAMP) + 10)
    assert told == {"ToUserName": "gh_1", "Content": "TD退订"}


def test_opens_what_it_sealed_whatever_the_length():
    for size in range(70):
        sealed = ENVELOPE.seal(f"<xml><Content>{'长' * size}</Content></xml>".encode())
        signature = wechat.signature_of("token", STAMP, NONCE, sealed)
        told = ENVELOPE.open(envelope(sealed), signature, STAMP, NONCE, float(STAMP))
        assert told["Content"] == "长" * size


OTHER = wechat.Envelope("token", KEY[::-1], "wx1234567890abcdef").seal(b"<xml/>")
ELSEWHERE = wechat.Envelope("token", KEY, "wx_somebody_else").seal(b"<xml/>")


@pytest.mark.parametrize(
    ("content", "signature", "stamp", "now"),
    [
        (envelope(), "0" * 40, STAMP, STAMP),
        (envelope(), SIGNATURE, STAMP, str(int(STAMP) + 301)),
        (envelope(), SIGNATURE, "1763800001", STAMP),
        (envelope("x" + SEALED), None, STAMP, STAMP),
        (envelope(""), None, STAMP, STAMP),
        (envelope(OTHER), None, STAMP, STAMP),
        (envelope(ELSEWHERE), None, STAMP, STAMP),
        (b"<xml", None, STAMP, STAMP),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>', None, STAMP, STAMP),
    ],
)
def test_refuses_what_is_forged_old_or_for_somebody_else(content, signature, stamp, now):
    if signature is None:
        sealed = content.partition(b"CDATA[")[2].partition(b"]")[0].decode()
        signature = wechat.signature_of("token", stamp, NONCE, sealed)
    with pytest.raises(wechat.Forged):
        ENVELOPE.open(content, signature, stamp, NONCE, float(now))


def test_without_a_token_nobody_is_greeted():
    signature = wechat.signature_of("", STAMP, NONCE)
    with pytest.raises(wechat.Forged):
        wechat.Envelope("", "", "").check_greeting(signature, STAMP, NONCE)


def notice(**given):
    told = {"key": "abc", "address": "openid1", "title": "赔款已到账", "text": "赔案LP1已赔付",
            "template": "claims.paid", "values": {"claim": "LP1"}}  # fmt: skip
    return accounts.Notice(**{**told, **given})


@pytest.fixture
def table(tmp_path):
    file = tmp_path / "wechat.json"
    file.write_text(
        '{"claims.paid": {"id": "T1", "fields": {"thing1": "title", "thing2": "claim"}}}'
    )
    return file


def test_sends_under_our_key_and_fetches_a_token_once(table):
    def answers(path, body):
        return 200, {"access_token": "t1", "expires_in": 7200} if "token" in path.split("?")[
            0
        ] else {"errcode": 0, "msgid": 77}

    with provider(answers) as (port, asked):
        account = opening.open_interface(
            "WECHAT", f"http://wx1:s@127.0.0.1:{port}?templates={table}"
        )
        assert [account.send(notice()), account.send(notice())] == ["77", "77"]
    assert [path.partition("?")[0] for path, _, _ in asked] == [
        "/cgi-bin/stable_token", "/cgi-bin/message/template/send", "/cgi-bin/message/template/send",
    ]  # fmt: skip
    told = json.loads(asked[1][1])
    assert (told["touser"], told["client_msg_id"], told["template_id"]) == ("openid1", "abc", "T1")
    assert told["data"] == {"thing1": {"value": "赔款已到账"}, "thing2": {"value": "LP1"}}


def test_whoever_wrote_is_answered_in_our_own_words(table):
    def answers(path, body):
        return 200, {"access_token": "t1"} if "token" in path.split("?")[0] else {"errcode": 0}

    with provider(answers) as (port, asked):
        account = opening.open_interface(
            "WECHAT", f"http://wx1:s@127.0.0.1:{port}?templates={table}"
        )
        assert account.send(notice(template="contact.answer", answers=True)) == "abc"
    assert asked[1][0].partition("?")[0] == "/cgi-bin/message/custom/send"
    assert json.loads(asked[1][1])["text"] == {"content": "赔案LP1已赔付"}


@pytest.mark.parametrize("said", [{"url": "http://weixin.qq.com/q/abc"}, {"errcode": 40097}])
def test_makes_a_code_that_tells_us_who_scanned_it_or_says_why_not(table, said):
    def answers(path, body):
        return 200, {"access_token": "t1"} if "token" in path.split("?")[0] else said

    with provider(answers) as (port, asked):
        account = opening.open_interface(
            "WECHAT", f"http://wx1:s@127.0.0.1:{port}?templates={table}"
        )
        if "url" in said:
            assert account.code_of("scene", 1800) == said["url"]
        else:
            with pytest.raises(accounts.Refuses):
                account.code_of("scene", 1800)
    assert asked[1][0].partition("?")[0] == "/cgi-bin/qrcode/create"
    told = json.loads(asked[1][1])
    assert (told["expire_seconds"], told["action_info"]) == (
        1800,
        {"scene": {"scene_str": "scene"}},
    )


def test_an_old_token_is_fetched_anew_once(table):
    codes = iter([42001, 0])

    def answers(path, body):
        return 200, {"access_token": "t"} if "token" in path.split("?")[0] else {
            "errcode": next(codes),
            "msgid": 1,
        }

    with provider(answers) as (port, asked):
        account = opening.open_interface(
            "WECHAT", f"http://wx1:s@127.0.0.1:{port}?templates={table}"
        )
        assert account.send(notice()) == "1"
    assert len(asked) == 4


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        ((200, {"errcode": 43004}), accounts.Refuses), ((200, {"errcode": 43101}), accounts.Refuses),
        ((200, {"errcode": 45009}), accounts.Busy), ((200, {"errcode": -1}), accounts.Busy),
        ((500, {}), accounts.NoAnswer), ((200, []), accounts.NoAnswer), (None, accounts.NoAnswer),
    ],
)  # fmt: skip
@pytest.mark.parametrize("channel", ["WECHAT", "WECOM"])
def test_says_what_is_for_good_and_what_is_for_now(channel, answer, raised, table):
    def answers(path, body):
        return (200, {"access_token": "t"}) if "token" in path.split("?")[0] else answer

    with provider(answers) as (port, _):
        account = opening.open_interface(
            channel, f"http://wx1:s@127.0.0.1:{port}?templates={table}&agent=1"
        )
        with pytest.raises(raised):
            account.send(notice())


def test_a_push_is_signed_and_carries_our_key():
    with provider(lambda path, body: (200, {"id": "p1"})) as (port, asked):
        hook = opening.open_interface("PUSH", f"http://:secret@127.0.0.1:{port}?path=/notify")
        assert hook.send(notice(address="device1")) == "p1"
    path, body, headers = asked[0]
    assert path == "/notify"
    assert headers["Idempotency-Key"] == "abc"
    stamp, signature = headers[push.TIMESTAMP_HEADER], headers[push.SIGNATURE_HEADER]
    assert push.is_signed("secret", stamp, body, signature)
    assert not push.is_signed("secret", stamp, body + b" ", signature)
    assert not push.is_signed("", stamp, body, push.sign("", stamp, body))


@pytest.mark.parametrize(
    ("answer", "raised"),
    [((410, {}), accounts.Refuses), ((401, {}), accounts.Busy), ((429, {}), accounts.Busy), (None, accounts.NoAnswer)],
)  # fmt: skip
def test_a_push_that_was_not_taken(answer, raised):
    with provider(lambda path, body: answer) as (port, _):
        hook = opening.open_interface("PUSH", f"http://:secret@127.0.0.1:{port}")
        with pytest.raises(raised):
            hook.send(notice())


@pytest.mark.parametrize(
    ("channel", "url"),
    [("WECHAT", "https://x"), ("WECHAT", "ftp://a:b@h"), ("WECHAT", "https://a:b@h?kind=pigeon"), ("PUSH", "https://h")],
)  # fmt: skip
def test_refuses_a_url_that_is_none(channel, url):
    with pytest.raises(BadAddress):
        opening.open_interface(channel, url)
