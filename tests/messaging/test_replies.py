"""What people send us by message channels; where they are reached; the hooks that bring it."""

import json
import time

import pytest
from django.core import signing
from django.test import Client

from tests import make
from tests.messaging import post
from yilu.gateways import opening, push, wechat
from yilu.journal.models import Event
from yilu.messaging import channels, operations, queries
from yilu.messaging.models import Address, OptOut, Reply, StrayReceipt
from yilu.messaging.operations import Inbound

pytestmark = pytest.mark.django_db
KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
SECRET = "a secret of twenty-four letters"


def take(text="谢谢", **given):
    told = {
        "channel": "SMS",
        "gateway": "smpp",
        "proof": "p1",
        "address": "+8613900001234",
        "text": text,
    }
    return operations.take_reply(inbound=Inbound(**{**told, **given}), at=make.NOON)


def kinds():
    return list(
        Event.objects.filter(kind__startswith="messaging.")
        .order_by("id")
        .values_list("kind", flat=True)
    )


def test_an_answer_is_kept_sealed_once_and_told_upward_with_whose_it_is():
    who = post.party(phone="13900001234")
    with channels.use({"SMS": channels.TextMessage([_gateway()])}):
        post.queue(to=who)
        post.send()
    reply_id = take()
    assert take() is None
    reply = Reply.objects.get()
    assert (reply.pk, reply.party_id, reply.answers_id) == (reply_id, who.id, post.the_message().pk)
    assert "谢谢".encode() not in bytes(reply.text)
    assert queries.get_reply(reply_id).text == "谢谢"
    event = Event.objects.get(kind="messaging.reply_received")
    assert event.facts == {"reply_id": reply_id, "channel": "SMS", "party_id": who.id, "wish": ""}
    assert event.party_id == who.id


def _gateway():

    return opening.open_gateway("sandbox://x")


def test_a_letter_of_somebody_unknown_is_kept_too():
    reply_id = take()
    assert queries.get_reply(reply_id).party_id is None


def test_td_stops_and_hf_brings_back_and_each_is_said_once():
    take("TD", proof="1")
    take("退订", proof="2")
    assert queries.is_opted_out("SMS", "+8613900001234")
    assert not queries.is_opted_out("SMS", "+8613900009999")
    take("HF", proof="3")
    assert not queries.is_opted_out("SMS", "+8613900001234")
    assert kinds().count("messaging.opted_out") == kinds().count("messaging.opted_in") == 1
    assert OptOut.objects.get().until is not None


def test_what_a_machine_answers_is_no_wish():
    take("TD", is_automatic=True)
    assert Reply.objects.get().wish == "AUTOMATIC"
    assert not OptOut.objects.exists()


@pytest.mark.parametrize("change", [{"channel": "PIGEON"}, {"proof": " "}, {"address": ""}])
def test_a_letter_without_sender_or_number_is_refused(change):
    with pytest.raises(operations.NoSuchChannel):
        take(**change)
    assert not Reply.objects.exists()


def test_an_address_belongs_to_one_person_and_the_newest_counts():
    one, other = post.party(), post.party()
    for address in ("o1", "o1", "o2"):
        operations.keep_address(who=one, channel="WECHAT", address=address, at=make.NOON)
    operations.keep_address(who=other, channel="WECHAT", address="o2", at=make.NOON)
    assert list(Address.objects.filter(until=None).values_list("recipient", flat=True)) == [
        str(other)
    ]
    assert operations.unfollow(address="o2", at=make.NOON)
    assert not operations.unfollow(address="o2", at=make.NOON)
    with pytest.raises(operations.NoSuchChannel):
        operations.keep_address(who=one, channel="SMS", address="1", at=make.NOON)


# -- The hooks ------------------------------------------------------------------------------------


def test_a_clouds_list_is_taken_under_the_secret_address_only(settings):
    settings.SMS_HOOK_SECRET = SECRET
    listed = [
        {"biz_id": "9^0", "success": True},
        {"phone_number": "13900001234", "content": "TD", "sequence_id": 7},
    ]
    post_ = lambda path, content: Client().post(path, content, content_type="application/json")  # noqa: E731
    assert post_("/hooks/sms/alibaba/wrong", json.dumps(listed)).status_code == 404
    for bad in (b"{", b"[{}]", b"{}", b"\xff"):
        assert post_(f"/hooks/sms/alibaba/{SECRET}", bad).status_code == 422
    assert post_(f"/hooks/sms/pigeon/{SECRET}", json.dumps(listed)).status_code == 422
    assert not StrayReceipt.objects.exists()
    for _ in range(2):
        assert post_(f"/hooks/sms/alibaba/{SECRET}", json.dumps(listed)).json()["code"] == 0
    assert StrayReceipt.objects.count() == Reply.objects.count() == 1
    settings.SMS_HOOK_SECRET = ""
    assert post_("/hooks/sms/alibaba/", "[]").status_code == 404


@pytest.mark.parametrize(
    ("provider", "letter"),
    [
        ("alibaba", {"phone_number": "13900001234", "content": "好\ud83d\0", "sequence_id": 7}),
        ("tencent", {"mobile": "13900001234", "text": "好\ud83d\0", "time": "1"}),
    ],
)
def test_half_a_character_in_one_reply_does_not_hold_up_a_clouds_list(settings, provider, letter):
    settings.SMS_HOOK_SECRET = SECRET
    sent = Client().post(
        f"/hooks/sms/{provider}/{SECRET}", json.dumps([letter]), content_type="application/json"
    )
    assert sent.status_code == 200
    assert queries.get_reply(Reply.objects.get().pk).text == "好?"


def test_a_push_report_is_taken_signed_fresh_and_once(settings):
    settings.PUSH_URL = "https://:s3cret@push.example"
    who = post.party()
    operations.keep_address(who=who, channel="PUSH", address="device1", at=make.NOON)
    post.queue(to=who)
    with channels.use({"WECHAT": post.Notebook()}):
        post.send()
    body = json.dumps(
        {"key": post.the_message().message_key.hex, "outcome": "DELIVERED", "proof": "1"}
    ).encode()

    def tell(body=body, stamp=None, secret="s3cret"):
        stamp = stamp or str(int(time.time()))
        headers = {
            push.TIMESTAMP_HEADER: stamp,
            push.SIGNATURE_HEADER: push.sign(secret, stamp, body),
        }
        return Client().post("/hooks/push", body, content_type="application/json", headers=headers)

    for forged in (
        tell(secret="other"),
        tell(stamp="1763800000"),
        tell(stamp="²"),
        tell(secret=""),
    ):
        assert forged.status_code == 403
    assert tell(b"{}").status_code == 422
    assert [tell().json(), tell().json()] == [{"news": True}, {"news": False}]
    assert post.the_message().state == "DELIVERED"


@pytest.fixture
def wechats(settings):
    settings.WECHAT_URL, settings.WECHAT_TOKEN, settings.WECHAT_AES_KEY = (
        "https://wx1:s@h",
        "token",
        KEY,
    )
    envelope = wechat.Envelope("token", KEY, "wx1")

    def tell(stamp=None, signature=None, **fields):
        said = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
        sealed = envelope.seal(f"<xml>{said}</xml>".encode())
        stamp = stamp or str(int(time.time()))
        signature = signature or wechat.signature_of("token", stamp, "n", sealed)
        return Client().post(
            f"/hooks/wechat?timestamp={stamp}&nonce=n&msg_signature={signature}",
            f"<xml><Encrypt>{sealed}</Encrypt></xml>", content_type="text/xml",
        )  # fmt: skip

    return tell


def test_wechat_says_who_follows_writes_and_leaves(wechats):
    who = post.party()
    scene = signing.dumps(who.id, salt="yilu.wechat.bind")
    assert (
        wechats(
            MsgType="event", Event="subscribe", EventKey=f"qrscene_{scene}", FromUserName="o1"
        ).content
        == b"success"
    )
    assert Address.objects.get().recipient == str(who)
    wechats(MsgType="event", Event="SCAN", EventKey=scene, FromUserName="o1")
    assert post.the_message().template == "people.wechat_bound", "told once, by text message"
    for _ in range(2):
        wechats(MsgType="text", MsgId="5", Content="我的理赔到哪了", FromUserName="o1")
    assert Reply.objects.get().party_id == who.id
    wechats(MsgType="event", Event="unsubscribe", FromUserName="o1")
    assert Address.objects.get().until is not None


def test_wechat_forged_old_or_made_up_changes_nothing(wechats):
    assert (
        wechats(signature="0" * 40, MsgType="text", MsgId="5", FromUserName="o1").status_code == 403
    )
    assert (
        wechats(stamp="1763800000", MsgType="text", MsgId="5", FromUserName="o1").status_code == 403
    )
    assert Client().post("/hooks/wechat", b"<xml", content_type="text/xml").status_code == 403
    assert Client().get("/hooks/wechat?signature=x&echostr=hello").status_code == 403
    wechats(MsgType="event", Event="SCAN", EventKey="1:made:up", FromUserName="o1")
    wechats(MsgType="text", FromUserName="o1")
    assert not Reply.objects.exists()
    assert not Address.objects.exists()


def test_wechat_is_greeted(wechats):
    signature = wechat.signature_of("token", "1", "n")
    answer = Client().get(f"/hooks/wechat?signature={signature}&timestamp=1&nonce=n&echostr=hello")
    assert answer.content == b"hello"
