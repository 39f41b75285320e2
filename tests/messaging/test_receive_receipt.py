import pytest

from tests import make
from tests.messaging import post
from yilu.journal.models import Event
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging import channels, operations, queries
from yilu.messaging.models import Receipt
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent():
    post.queue(to=post.party(email="lin@example.com"))
    with channels.use({"SMTP": post.Notebook()}):
        post.send()
    return post.the_message()


def report(message, outcome="DELIVERED", proof="r1"):
    return operations.receive_receipt(
        message_key=message.message_key.hex, outcome=outcome, proof=proof, at=make.NOON
    )


def test_an_arrival_is_said_once(sent):
    assert report(sent)
    assert not report(sent)
    assert not report(sent, proof="r2")
    assert post.the_message().state == "DELIVERED"
    assert Event.objects.filter(kind="messaging.message_delivered").count() == 1
    assert Receipt.objects.count() == 2


def test_after_a_failure_the_next_channel_tries_and_somebody_calls(sent):
    assert report(sent, "FAILED")
    assert not report(sent, "FAILED", "r2")
    message = post.the_message()
    assert (message.state, message.tried) == ("QUEUED", "SMTP")
    assert not Item.objects.exists()
    post.send()  # only the mailbox is left: it may lie there unseen, and the law wants it known
    message = post.the_message()
    assert (message.state, message.channel) == ("DELIVERED", "OUTBOX")
    assert Item.objects.get().queue_id == "messaging.failed"


def test_an_arrival_after_a_failure_stands(sent):
    report(sent, "FAILED")
    assert report(sent, "DELIVERED", "r3")
    assert post.the_message().state == "DELIVERED"
    assert post.send() == 0


def test_a_failure_after_the_arrival_is_only_kept(sent):
    report(sent)
    assert not report(sent, "FAILED", "r2")
    assert post.the_message().state == "DELIVERED"
    assert not Item.objects.exists()


def test_refuses_a_report_about_nothing_of_ours(sent):
    for key in ("0" * 32, "nonsense"):
        with pytest.raises(operations.MessageNotFound):
            operations.receive_receipt(
                message_key=key, outcome="DELIVERED", proof="r", at=make.NOON
            )
    with pytest.raises(Invalid):
        report(sent, "PERHAPS")
    with pytest.raises(Invalid):
        report(sent, proof=" ")
    post.queue(to=Ref("party", 1))
    unsent = type(sent).objects.get(state="QUEUED")
    with pytest.raises(operations.MessageNotFound):
        report(unsent)
    assert not Receipt.objects.exists()


def test_prefer_channel_is_for_oneself_or_by_staff():
    who = Ref("party", 7)
    operations.prefer_channel(who=who, channel="SMTP", actor=who, at=make.NOON)
    operations.prefer_channel(who=who, channel="OUTBOX", actor=Ref("staff", 1), at=make.NOON)
    assert queries.preferences([who, Ref("party", 8)]) == {who: "OUTBOX"}
    with pytest.raises(NotAllowed):
        operations.prefer_channel(who=who, channel="SMTP", actor=Ref("party", 8), at=make.NOON)
    with pytest.raises(operations.NoSuchChannel):
        operations.prefer_channel(who=who, channel="PIGEON", actor=who, at=make.NOON)
