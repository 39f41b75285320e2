"""What people write becomes a conversation, and what a seat answers goes back the same way."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from tests import make
from tests.contact.desk import Desk, person
from tests.documents import papers
from tests.make import NOON
from tests.messaging.post import Notebook
from tests.web.signing import signed_in
from yilu.contact import operations, queries
from yilu.contact.models import Conversation, Turn
from yilu.documents import queries as documents
from yilu.gateways import fax, mail_in
from yilu.journal import operations as journal
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging import channels, jobs
from yilu.messaging import operations as messaging
from yilu.messaging import queries as written
from yilu.messaging.models import Message
from yilu.messaging.operations import Inbound
from yilu.voice.models import Feedback, Handling
from yilu.web.console.management.commands import mail_in as command

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = "lin@example.com"


def write(text, *, channel="SMTP", address=MAIL, proof="<m1@example.com>", at=NOON, **given):
    """Somebody writes, and the worker has read it."""
    told = {"channel": channel, "gateway": channel.lower(), "proof": proof, "address": address, "text": text}  # fmt: skip
    letter = messaging.take_reply(inbound=Inbound(**{**told, **given}), at=at)
    react(at)
    return letter


def react(at=NOON):
    while journal.run_reactions(at=at, limit=1000):
        pass


def said(conversation_id):
    return [(turn.who, turn.text) for turn in queries.turns_of(conversation_id)]


def test_a_mail_waits_for_a_seat_and_its_answer_goes_back_in_its_thread():
    desk = Desk()
    seat = desk.seat({"general": 1, "complaints": 1})
    write("我要投诉：理赔太慢了\n三周没有消息")
    row = Conversation.objects.get()
    assert (row.channel, row.state, row.reason, row.party_id) == ("EMAIL", "QUEUED", "COMPLAINT", None)  # fmt: skip
    write("补充一句：保单号在附件里", proof="<m2@example.com>", at=NOON + timedelta(minutes=5))
    assert Conversation.objects.count() == 1, "still the same conversation"
    operations.route(at=NOON + timedelta(minutes=1))
    operations.accept(conversation_id=row.pk, **seat.told(NOON))
    with time_machine.travel(NOON, tick=False):
        client = signed_in(Ref("staff", seat.staff_id))
        page = client.get(f"/staff/contact/conversations/{row.pk}").content.decode()
        typing = f"/staff/service/typing/{row.pk}"
        assert typing in page, "a seat is warned while writing, whatever the channel"
        assert (
            "让您久等了" in client.post(typing, {"text": "急什么，没看我正忙着吗"}).content.decode()
        )

    told = {
        "conversation_id": row.pk,
        "text": "您好，我来查。{name} 今天答复您。",
        "request_key": "k",
    }
    turn = operations.answer_letter(**told, **seat.told(NOON))
    assert operations.answer_letter(**told, **seat.told(NOON)) == turn
    assert [who for who, _text in said(row.pk)] == ["CUSTOMER", "CUSTOMER", "SEAT"]
    mail = Notebook()
    with channels.use({"SMTP": mail, "SMS": Notebook(), "OUTBOX": channels.Mailbox()}):
        jobs.send_due(NOON)
    [sent] = mail.taken
    assert (sent.to.email, sent.answers) == (MAIL, "<m2@example.com>")
    assert "我来查。{name} 今天答复您。" in sent.text, "a seat's words are no template"
    assert sent.text.startswith("您好，")
    [answer] = queries.answers_sent(row.pk)
    assert (answer.state, answer.channel_label) == ("SENT", "电子邮件")
    assert "我来查" not in str(Message.objects.values().get()), (
        "sealed, and forgotten once it has gone"
    )

    operations.wrap_up(conversation_id=row.pk, reason="COMPLAINT", sub_reason="claim", resolved=True, **seat.told(NOON))  # fmt: skip
    write("谢谢，已收到", proof="<m3@example.com>", at=NOON + timedelta(days=2))
    again = Conversation.objects.order_by("-pk").first()
    assert (again.follows_id, again.state) == (row.pk, "QUEUED")


def test_a_customer_is_known_by_their_number_and_finds_the_answer_in_the_mailbox_too():
    desk = Desk(party=make.party(office := make.office(), phone="13900001234"), office=office)
    seat, who = desk.seat({"general": 1}), Ref("party", desk.party)
    texts = Notebook()
    with channels.use({"SMS": texts}):
        messaging.send_message(
            template="contact.callback", to=who, about=Ref("claim", 1), facts={}, actor=SYSTEM, at=NOON
        )  # fmt: skip
        jobs.send_due(NOON)
    messaging.keep_address(who=who, channel="WECHAT", address="o1", at=NOON)
    write("TD", channel="WECHAT", address="o1", proof="1")
    write("好的", channel="WECHAT", address="o1", proof="2", is_automatic=True)
    assert not Conversation.objects.exists(), "a wish and a machine are nobody's to answer"
    letter = write("我的保单还有效吗", channel="WECHAT", address="o1", proof="3")
    row = Conversation.objects.get()
    assert (row.channel, row.party_id, row.office_id) == ("WECHAT", desk.party, desk.office)
    assert [kept.text for kept in Feedback.objects.all()] == ["我的保单还有效吗"], (
        "heard as a voice"
    )
    assert not Handling.objects.exists(), "and answered by the seat alone"
    operations.accept(conversation_id=row.pk, **seat.told(NOON))
    operations.answer_letter(conversation_id=row.pk, text="有效，请放心。", **seat.told(NOON))
    with channels.use({"SMS": texts, "OUTBOX": channels.Mailbox()}):  # WeChat is away
        jobs.send_due(NOON)
    messaging.forget_secrets(at=NOON + timedelta(days=30))
    [found, *_] = written.mailbox(who)
    assert ("有效，请放心。" in found.text, found.recipient) == (True, f"reply:{letter}")
    assert len(texts.taken) == 1, "never by another channel than the letter's"
    assert "有效" not in written.messages_to(who)[0].text, "sealed in staff's lists"


def test_what_cannot_be_answered_is_refused_and_nothing_is_sent():
    desk = Desk()
    seat, other = desk.seat({"general": 1}), desk.seat({"follow_up": 1}, ready_at=None)
    talk = desk.waiting(channel="EMAIL", address=MAIL)
    operations.accept(conversation_id=talk, **seat.told(NOON))
    with pytest.raises(operations.NoLetter):
        operations.answer_letter(conversation_id=talk, text="您好", **seat.told(NOON))
    write("请问怎么理赔")
    told = {"conversation_id": talk, "text": "您好"}
    for text, refusal in (("", operations.BadTurn), ("长" * 2001, operations.AnswerTooLong)):
        with pytest.raises(refusal):
            operations.answer_letter(**told | {"text": text}, **seat.told(NOON))
    with pytest.raises(operations.NotYourConversation):
        operations.answer_letter(**told, **other.told(NOON))
    with pytest.raises(NotAllowed):
        operations.answer_letter(**told, **person(desk.office, "PAYMENTS").told(NOON))
    operations.hang_up(conversation_id=talk, by="SEAT", actor=seat.told(NOON)["actor"], at=NOON)
    with pytest.raises(operations.ConversationOver):
        operations.answer_letter(**told, **seat.told(NOON))
    assert not Message.objects.exists()
    assert not Turn.objects.filter(who="SEAT").exists()


def test_a_fax_comes_as_the_providers_mail_with_its_pages(settings):
    settings.FAX_DOMAIN = "fax.example"
    Desk()
    page = papers.picture()
    mail = mail_in.Mail(
        "<f1@fax.example>", "862161234567@fax.example", "Fax from +862161234567", "", is_automatic=True,
        files=(mail_in.Attached("fax.png", page), mail_in.Attached("x.exe", b"MZ" + bytes(90))),
    )  # fmt: skip
    for _n in range(2):  # the mail server brings it again: it was not sure
        command.keep(mail)
    react(datetime.now(UTC))
    row = Conversation.objects.get()
    assert (row.channel, row.state) == ("FAX", "QUEUED")
    [letter] = queries.letters_of(row.pk)
    assert written.get_reply(letter.id).address == "+862161234567"
    assert [paper.filename for paper in documents.list_uploads(letter)] == ["fax.png"]
    [(_who, text)] = said(row.pk)
    assert "［附件：fax.png、x.exe］" in text, "the seat sees what could not be kept"


@pytest.mark.parametrize(
    ("sender", "number"),
    [("862161234567@FAX.example", "+862161234567"), ("02161234567@fax.example", "+862161234567"),
     ("862161234567@other.example", ""), ("lin@fax.example", ""), ("1@fax.example", ""), ("", "")],
)  # fmt: skip
def test_only_the_providers_mail_is_a_fax(sender, number):
    assert fax.number_of(sender, "fax.example") == number
    assert fax.number_of(sender, "") == ""
