"""Text messages through the practice gateway: from the promise to the receipt, and everything between."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests import make
from tests.messaging import post
from yilu.gateways import opening, sms
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging import channels, jobs, operations, queries
from yilu.messaging.models import Message, Part, Receipt, StrayReceipt
from yilu.people import operations as people
from yilu.people import queries as people_queries
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
PAID = {"template": "claims.paid", "facts": {"claim": "LP1", "amount": "1234.50"}}
TIP = {"template": "claims.prevention_tip", "facts": {"tip": "换季多喝水。"}}


@pytest.fixture
def gateway():
    opened = opening.open_gateway("sandbox://x")
    with channels.use({"SMS": channels.TextMessage([opened]), "OUTBOX": channels.Mailbox()}):
        yield opened


def someone(ending="1234", **given):
    return post.party(phone=f"1390000{ending}", **given)


def kinds():
    return list(Event.objects.filter(kind__startswith="messaging.").values_list("kind", flat=True))


def test_goes_signed_in_parts_and_has_arrived_when_every_part_has(gateway):
    post.queue(to=someone())
    post.send()
    message = post.the_message()
    assert (message.state, message.channel, message.gateway) == ("SENT", "SMS", "sandbox")
    assert message.parts == Part.objects.count() == 2
    reports, _ = gateway.collect()
    operations.take_receipts(
        reports=[jobs._report("sandbox", r) for r in reports[:1]], at=make.NOON
    )
    assert post.the_message().state == "SENT"
    for _ in range(2):  # said twice, it is known already
        operations.take_receipts(
            reports=[jobs._report("sandbox", r) for r in reports], at=make.NOON
        )
    assert post.the_message().state == "DELIVERED"
    assert kinds() == ["messaging.message_delivered"]
    assert Receipt.objects.count() == 2


def test_receipts_are_noted_by_the_next_tick(gateway):
    post.queue(to=someone())
    post.send()
    post.send()
    assert post.the_message().state == "DELIVERED"


def test_a_number_nobody_has_goes_by_the_next_channel_and_somebody_calls(gateway):
    post.queue(to=someone("0001"), **PAID)
    post.send()
    message = post.the_message()
    assert (message.state, message.channel, message.tried) == ("DELIVERED", "OUTBOX", "SMS")
    assert Item.objects.get().queue_id == "messaging.failed"


def test_a_number_that_is_no_mobile_goes_by_the_next_channel(gateway):
    post.queue(to=post.party(phone="02161234567"))
    post.send()
    assert post.the_message().channel == "OUTBOX"
    assert gateway.taken == 0


def test_a_busy_gateway_is_tried_again(gateway):
    post.queue(to=someone("0002"))
    post.send()
    message = post.the_message()
    assert (message.state, message.problem) == ("QUEUED", "SMS: sandbox BUSY")
    assert message.not_before > make.NOON


def test_what_the_first_gateway_cannot_take_the_second_takes():
    first, second = opening.open_gateway("sandbox://a"), opening.open_gateway("sandbox://b")
    first.submit = lambda texts: [sms.Refused("BUSY", is_final=False) for _ in texts]
    second.name = "second"
    with channels.use({"SMS": channels.TextMessage([first, second])}):
        post.queue(to=someone())
        post.send()
    assert post.the_message().gateway == "second"


# -- In doubt -------------------------------------------------------------------------------------


def test_a_text_about_money_in_doubt_is_never_sent_again_but_somebody_calls(gateway):
    post.queue(to=someone("0003"), **PAID)
    post.send()
    message = post.the_message()
    assert (message.state, message.channel) == ("UNKNOWN", "SMS")
    assert kinds() == ["messaging.message_in_doubt"]
    assert jobs.settle_doubts(make.NOON + timedelta(minutes=29)) == 0
    assert jobs.settle_doubts(make.NOON + timedelta(minutes=31)) == 1
    assert jobs.settle_doubts(make.NOON + timedelta(hours=2)) == 0
    assert post.send(2) == 0
    assert gateway.taken == 1
    assert post.the_message().state == "UNKNOWN"
    assert Item.objects.get().queue_id == "messaging.failed"


def test_what_the_law_wants_told_goes_by_the_next_channel_after_doubt(gateway):
    post.queue(to=someone("0003"))
    post.send()
    jobs.settle_doubts(make.NOON + timedelta(minutes=31))
    post.send(1)
    message = post.the_message()
    assert (message.state, message.channel, message.tried) == ("DELIVERED", "OUTBOX", "SMS")


def test_a_receipt_ends_the_doubt(gateway):
    post.queue(to=someone("0003"), **PAID)
    post.send()
    key = post.the_message().message_key.hex
    operations.receive_receipt(message_key=key, outcome="DELIVERED", proof="r", at=make.NOON)
    assert post.the_message().state == "DELIVERED"
    assert jobs.settle_doubts(make.NOON + timedelta(hours=1)) == 0


class Killed(BaseException):
    pass


def test_killed_between_hand_over_and_note_it_is_in_doubt_and_not_sent_twice(gateway, monkeypatch):
    post.queue(to=someone(), **PAID)

    def kill(**_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(operations, "record_outcomes", kill)
        with pytest.raises(Killed):
            post.send()
    assert gateway.taken == 1
    assert post.send(0.2) == 1  # the dead sender's lease has run out
    assert gateway.taken == 1
    assert post.the_message().state == "UNKNOWN"


def test_killed_before_hand_over_it_is_simply_sent(gateway, monkeypatch):
    post.queue(to=someone(), **PAID)

    def kill(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(channels, "hand_over", kill)
        patch.setattr(operations, "begin_handing", lambda **_: kill())
        with pytest.raises(Killed):
            post.send()
    post.send(0.2)
    assert (post.the_message().state, gateway.taken) == ("SENT", 1)


# -- Receipts in any order ------------------------------------------------------------------------


def report(reference, outcome="DELIVERED", proof="p"):
    return operations.Report("sandbox", reference, outcome, proof)


def test_a_receipt_that_comes_first_waits_for_its_message(gateway, monkeypatch):
    monkeypatch.setattr(gateway, "submit", lambda texts: [sms.Accepted(("ref1",)) for _ in texts])
    for _ in range(2):
        assert operations.take_receipts(reports=[report("ref1")], at=make.NOON) == 0
    assert StrayReceipt.objects.get().closed_at is None
    post.queue(to=someone())
    post.send()
    assert jobs.reconcile_receipts(make.NOON) == 1
    assert post.the_message().state == "DELIVERED"
    assert StrayReceipt.objects.get().was_matched
    assert jobs.reconcile_receipts(make.NOON) == 0


def test_a_receipt_of_nothing_of_ours_is_given_up_after_days():
    operations.take_receipts(
        reports=[
            report("nobody"),
            report("", "DELIVERED"),
            report("x", "PERHAPS"),
            report("y", proof=""),
        ],
        at=make.NOON,
    )
    assert StrayReceipt.objects.count() == 1
    assert jobs.reconcile_receipts(make.NOON + timedelta(days=2)) == 0
    assert jobs.reconcile_receipts(make.NOON + timedelta(days=4)) == 1
    assert not StrayReceipt.objects.get().was_matched


def test_one_lost_part_is_a_lost_message(gateway):
    post.queue(to=someone("0004"), **PAID)
    post.send()
    post.send()  # takes the reports in, and tries the next channel
    message = post.the_message()
    assert (message.state, message.channel, message.tried) == ("DELIVERED", "OUTBOX", "SMS")
    assert Item.objects.count() == 1


# -- Who goes first, how many, how often ----------------------------------------------------------


def code(who):
    operations.send_message(
        template="people.sign_in_code", to=who, about=who, facts={"code": "835127", "minutes": "5"},
        actor=who, at=make.NOON,
    )  # fmt: skip


def agree(who):
    people.give_consent(
        party_id=who.id, purpose="MARKETING", channel="APP", actor=who, at=make.NOON,
        text_version=people_queries.consent_text("MARKETING").version,
    )  # fmt: skip


@pytest.mark.parametrize("order", [1, -1])
def test_a_part_said_lost_and_arrived_at_once_has_arrived(gateway, order):
    post.queue(to=someone())
    post.send()
    arrived = [jobs._report("sandbox", r) for r in gateway.collect()[0]]
    lost = [replace(each, outcome="FAILED", proof="again") for each in arrived]
    operations.take_receipts(reports=[*arrived, *lost][::order], at=make.NOON)

    assert {part.outcome for part in Part.objects.all()} == {"DELIVERED"}
    assert post.the_message().state == "DELIVERED"


def test_codes_go_first_and_marketing_last(gateway):
    who = someone()
    agree(who)
    for told in (TIP, {"template": "claims.closed_rate_us", "facts": {"claim": "LP1"}}, PAID):
        post.queue(to=who, **told)
    code(who)
    taken = operations.take_due(at=make.NOON, limit=2) + operations.take_due(at=make.NOON, limit=9)
    assert [due.purpose for due in taken] == ["CODE", "PAYMENT", "SERVICE", "MARKETING"]


def test_an_old_code_is_not_sent_any_more(gateway):
    code(someone())
    post.send(1)
    assert (post.the_message().state, post.the_message().problem) == ("SUPPRESSED", "out of date")


def test_a_gateway_is_given_no_more_than_it_takes(gateway):
    office_id = make.office()
    for n in range(8):
        post.queue(to=someone(f"1{n:03}", office_id=office_id))
    with channels.use({"SMS": channels.TextMessage([opening.open_gateway("sandbox://x?rate=5")])}):
        post.send()
        assert Message.objects.filter(state="SENT").count() == 5
        left = Message.objects.filter(state="QUEUED")
        assert set(left.values_list("attempts", flat=True)) == {0}
        jobs.send_due(make.NOON + timedelta(seconds=1.5))
    assert not Message.objects.filter(state="QUEUED").exists()


def as_often(more):
    """The only message there is, so many times more, in one statement."""
    fields = [
        f.column for f in Message._meta.concrete_fields if f.name not in {"id", "message_key"}
    ]
    columns = ", ".join(f"m.{name}" for name in fields)
    tx.changed(
        f"""
        insert into messaging_message ({", ".join(fields)}) select {columns} from messaging_message m, generate_series(1, %s::int)
        """,
        [more],
    )


def test_ten_thousand_to_one_person_disturb_them_twenty_times_an_hour(gateway):
    who, other = someone(), someone("7777")
    facts = {"template": "claims.closed_rate_us", "facts": {"claim": "LP1"}}
    post.queue(to=who, **facts)
    as_often(9_999)
    post.queue(to=other, **facts)
    while post.send():
        pass
    mine = Message.objects.filter(recipient=str(who))
    assert mine.filter(state__in=["SENT", "DELIVERED"]).count() == 20
    held = mine.filter(state="QUEUED")
    assert held.count() == 9_980
    assert not held.filter(not_before__lt=make.NOON + timedelta(minutes=59)).exists()
    assert Message.objects.filter(recipient=str(other)).get().state in {"SENT", "DELIVERED"}
    code(who)
    post.queue(to=who, **PAID)
    post.send()
    assert mine.filter(purpose__in=["CODE", "PAYMENT"], channel="SMS").count() == 2


def test_marketing_needs_consent_and_rings_once_a_day(gateway):
    stranger, friend = someone("1111"), someone("2222")
    agree(friend)
    with channels.use({"WECHAT": post.Notebook(), "OUTBOX": channels.Mailbox()}):
        for who in (stranger, friend, friend):
            post.queue(to=who, **TIP)
        post.send()
    assert Message.objects.get(recipient=str(stranger)).channel == "OUTBOX"
    mine = Message.objects.filter(recipient=str(friend)).order_by("pk")
    assert [m.channel for m in mine] == ["WECHAT", ""]
    assert mine[1].not_before == make.NOON + timedelta(days=1)


def test_who_answers_td_gets_no_marketing_by_that_way_but_everything_else(gateway):
    who = someone("0006")
    post.queue(to=who, **PAID)
    post.send()
    post.send()  # takes the answer in
    assert queries.is_opted_out("SMS", "+8613900000006")
    operations.send_message(
        template="claims.paid",
        to=who,
        about=Ref("claim", 9),
        facts=PAID["facts"],
        actor=who,
        at=make.NOON,
    )
    post.send()
    assert Message.objects.filter(channel="SMS").count() == 2
