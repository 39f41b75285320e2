from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.messaging import post
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.messaging import channels, jobs, operations, queries
from yilu.messaging.models import Message
from yilu.messaging.queries import messages
from yilu.people import operations as people
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
NIGHT = 11  # hours after noon in Shanghai: 23:00


def test_brings_it_to_the_mailbox_and_says_that_it_arrived():
    who = post.party(name="林晓雯")
    post.queue(to=who)
    assert post.send() == 1
    assert post.send() == 0

    message = post.the_message()
    assert (message.state, message.channel) == ("DELIVERED", "OUTBOX")
    assert message.text.startswith("{name}您好，您的报案")  # the name is not kept in the row
    (seen,) = queries.mailbox(who)
    assert seen.text.startswith("林晓雯您好，您的报案我们已经收到，赔案号LP1")
    assert "3月4日18:00前" in seen.text
    assert "400-000-0000" in seen.text
    event = Event.objects.get(kind="messaging.message_delivered")
    assert event.facts["subject"] == "claim:42"
    assert event.party_id == who.id


def test_speaks_the_readers_language():
    who = post.party(language="en")
    post.queue("claims.paid", to=who, facts={"claim": "LP1", "amount": "1234.50"})
    post.send()
    (seen,) = queries.messages_about(post.CLAIM)
    assert "RMB 1,234.50" in seen.text
    assert seen.title == "Your money has arrived"


def test_a_whole_batch_is_noted_in_few_statements(django_assert_max_num_queries):
    office_id = make.office()
    for _ in range(20):
        post.queue(to=post.party(office_id=office_id))
    with django_assert_max_num_queries(12):
        assert post.send() == 20


@pytest.mark.parametrize(
    ("template", "facts", "waits"),
    [
        ("claims.prevention_tip", {"tip": "换季多喝水。"}, True),
        ("claims.closed_rate_us", {"claim": "LP1"}, True),
        ("claims.paid", {"claim": "LP1", "amount": "5.00"}, False),
        ("claims.reported", {"claim": "LP1", "by": post.BY}, False),
    ],
)
def test_at_night_only_what_cannot_wait(template, facts, waits):
    post.queue(template, to=post.party(), facts=facts)
    post.send(NIGHT)
    message = post.the_message()
    if not waits:
        assert message.state == "DELIVERED"
        return
    assert message.state == "QUEUED"
    assert message.not_before.hour in {0, 1}  # eight or nine in Shanghai
    assert post.send(NIGHT + 8) == 0
    assert post.send(NIGHT + 10.1) == 1
    assert post.the_message().state == "DELIVERED"


def test_night_is_by_the_clock_of_the_recipients_office():
    far = make.office(time_zone="Europe/London")
    post.queue("claims.closed_rate_us", to=post.party(office_id=far), facts={"claim": "LP1"})
    post.send(NIGHT)  # three in the afternoon there
    assert post.the_message().state == "DELIVERED"


def test_the_agent_gets_the_shorter_words_only_where_the_customer_agrees():
    office_id = make.office()
    agent_id = make.agent(office_id)
    who = post.party(office_id=office_id, agent_id=agent_id)
    facts = {"claim": "LP1", "amount": "1234.50"}
    post.queue("claims.paid", to=who, facts=facts, copy_agent=True)
    post.send()
    assert Message.objects.count() == 1

    people.give_consent(
        party_id=who.id,
        purpose="AGENT_COPY",
        channel="APP",
        text_version=_text_version(),
        actor=who,
        at=make.NOON,
    )
    post.queue("claims.paid", to=who, facts=facts, copy_agent=True)
    post.send()
    post.send()
    copy = Message.objects.get(recipient=f"agent:{agent_id}")
    assert copy.state == "DELIVERED"
    assert copy.facts == {"claim": "LP1"}
    assert "1,234.50" not in copy.text
    people.withdraw_consent(party_id=who.id, purpose="AGENT_COPY", actor=who, at=make.NOON)
    post.queue("claims.paid", to=who, facts=facts, copy_agent=True)
    post.send()
    assert Message.objects.filter(recipient=f"agent:{agent_id}").count() == 1


def _text_version():
    from yilu.people import queries as people_queries

    return people_queries.consent_text("AGENT_COPY").version


def test_nobody_to_reach_is_not_sent():
    post.queue(to=Ref("party", 999_999))
    post.send()
    assert post.the_message().state == "SUPPRESSED"
    assert not Event.objects.filter(kind__startswith="messaging.").exists()


def test_staff_are_reached_too():
    staff = Ref("staff", make.staff(make.office(), name="陈经办"))
    post.queue(
        "obligations.staff_warning", to=staff,
        facts={"promise": "三日内发出通知", "subject": "LP1", "by": post.BY},
    )  # fmt: skip
    post.send()
    (seen,) = queries.mailbox(staff)
    assert seen.text.startswith("陈经办，LP1的")


# -- Channels -------------------------------------------------------------------------------------


def test_goes_by_the_templates_order_and_the_readers_wish():
    mail, box = post.Notebook(), post.Notebook(arrives=True)
    who = post.party(email="lin@example.com")
    with channels.use({"SMTP": mail, "OUTBOX": box}):
        post.queue(to=who)
        post.send()
        operations.prefer_channel(who=who, channel="OUTBOX", actor=who, at=make.NOON)
        post.queue(to=who)
        post.send()
    assert [m.to.email for m in mail.taken] == ["lin@example.com"]
    assert len(box.taken) == 1
    assert sorted(Message.objects.values_list("channel", "state")) == [
        ("OUTBOX", "DELIVERED"),
        ("SMTP", "SENT"),
    ]


def test_a_reminder_of_a_premium_goes_first_by_the_way_chosen_for_reminders():
    who = post.party()
    given = {"policies": "《终身寿险》", "amount": "4000.00", "due": "2026-05-10"}
    operations.keep_address(who=who, channel="WECHAT", address="openid-7", at=make.NOON)
    taken = {name: post.Notebook() for name in ("WECHAT", "SMS")}
    tx.use_case(people.give_address)(
        party_id=who.id, address="北京市朝阳区一路1号", actor=who, at=make.NOON
    )
    with channels.use({**taken, "OUTBOX": post.Notebook(arrives=True)}):
        for chosen in ("", "SMS"):
            if chosen:
                tx.use_case(people.set_reminders)(
                    party_id=who.id,
                    reminded=True,
                    reminder=chosen,
                    days=30,
                    actor=who,
                    at=make.NOON,
                )
            post.queue("renewals.coming", to=who, facts=given)
            post.queue("renewals.anniversary", to=who, facts={"policies": "《终身》", "years": "1"})
            post.send()
    assert [len(taken[name].taken) for name in ("WECHAT", "SMS")] == [3, 1]
    assert taken["SMS"].taken[0].template == "renewals.coming"


def test_passing_trouble_waits_longer_each_time_and_then_goes_on_to_the_next_channel():
    mail = post.Notebook(trouble=[channels.TryLater("busy")] * 99)
    who = post.party(email="lin@example.com")
    post.queue(to=who)
    with channels.use({"SMTP": mail, "OUTBOX": post.Notebook(arrives=True)}):
        tries = 0
        for minute in range(0, 600, 5):
            tries += jobs.send_due(make.NOON + timedelta(minutes=minute))
    assert tries == 8
    assert (post.the_message().state, post.the_message().channel) == ("DELIVERED", "OUTBOX")


def test_a_final_refusal_goes_on_at_once():
    mail = post.Notebook(trouble=[channels.WillNotWork("no such address")])
    post.queue(to=post.party(email="lin@example.com"))
    with channels.use({"SMTP": mail, "OUTBOX": post.Notebook(arrives=True)}):
        post.send()
    assert post.the_message().channel == "OUTBOX"


def test_what_no_channel_brings_becomes_a_call():
    who = post.party()
    post.queue(to=who)
    with channels.use({"SMTP": post.Notebook(trouble=[channels.WillNotWork("x")])}):
        post.send()
    assert post.the_message().state == "FAILED"
    item = Item.objects.get()
    assert (item.queue_id, item.subject, item.party_id) == ("messaging.failed", "claim:42", who.id)
    assert Event.objects.get(kind="messaging.message_failed").facts["template"] == "claims.reported"


def test_without_an_address_mail_does_not_work_and_no_server_is_asked(settings):
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    post.queue(to=post.party())
    post.send()
    assert post.the_message().channel == "OUTBOX"


def test_a_fact_cannot_name_a_place_of_its_own():
    post.queue(
        "claims.progress",
        to=post.party(),
        facts={"claim": "LP1", "step": "{hotline} {name}", "by": post.BY},
    )
    post.send()
    (seen,) = queries.messages_about(post.CLAIM)
    assert "｛hotline｝ ｛name｝" in seen.text


# -- Secrets --------------------------------------------------------------------------------------


def _code(who):
    operations.send_message(
        template="people.sign_in_code", to=who, about=who, facts={"code": "835127", "minutes": "5"},
        actor=who, at=make.NOON,
    )  # fmt: skip


def test_a_code_is_sent_and_then_forgotten():
    who = post.party(email="lin@example.com")
    mail = post.Notebook()
    _code(who)
    with channels.use({"SMTP": mail}):
        post.send()
    assert "835127" in mail.taken[0].text
    message = post.the_message()
    assert "835127" not in message.text
    assert bytes(message.secrets) == b""
    assert "835127" not in repr(mail.taken[0])


def test_a_code_in_the_mailbox_is_legible_to_its_owner_alone_and_erased_after_a_week(settings):
    who = post.party()
    _code(who)
    post.send()
    assert "835127" in queries.mailbox(who)[0].text
    assert queries.MASK in queries.messages_about(who)[0].text
    with pytest.raises(RuntimeError):
        queries.outbox()
    settings.DEMO = True
    assert "835127" in queries.outbox()[0].text
    assert jobs.forget_secrets(make.NOON + timedelta(days=6)) == 0
    assert jobs.forget_secrets(make.NOON + timedelta(days=8)) == 1
    assert queries.MASK in queries.mailbox(who)[0].text


# -- Crashes --------------------------------------------------------------------------------------


class Killed(BaseException):
    pass


def test_killed_while_sending_it_arrives_once(monkeypatch):
    post.queue(to=post.party())

    def kill(**_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(operations, "record_outcomes", kill)
        with pytest.raises(Killed):
            post.send()
    assert post.send(0.05) == 0  # still in the dead sender's hands
    assert post.send(0.1) == 1
    assert post.the_message().state == "DELIVERED"
    assert Event.objects.filter(kind="messaging.message_delivered").count() == 1


def test_every_try_carries_the_same_key():
    mail = post.Notebook(trouble=[channels.TryLater("busy")])
    post.queue(to=post.party(email="lin@example.com"))
    with channels.use({"SMTP": mail}):
        post.send()
        post.send(1)
    assert mail.taken[0].key == post.the_message().message_key.hex


def test_a_late_note_of_an_earlier_try_changes_nothing():
    post.queue(to=post.party())
    (due,) = operations.take_due(at=make.NOON, limit=5)
    operations.take_due(at=make.NOON + timedelta(minutes=6), limit=5)
    outcome = operations.Outcome(
        due.id, due.attempts, "FAILED", make.NOON, due.template, due.to, due.about
    )
    assert operations.record_outcomes(outcomes=[outcome], at=make.NOON) == 0
    assert post.the_message().state == "SENDING"


# -- Screens --------------------------------------------------------------------------------------


def test_outbox_pages_from_the_newest(settings):
    settings.DEMO = True
    who = post.party(name="林客户")
    for n in range(5):
        post.queue(to=who, facts={"claim": f"LP{n}", "by": post.BY})
    post.send()
    first = queries.outbox(limit=2)
    rest = queries.outbox(before=first[-1].id, limit=9)
    assert [m.id for m in (*first, *rest)] == sorted((m.id for m in (*first, *rest)), reverse=True)
    assert len(first) + len(rest) == 5
    assert first[0].recipient_name == "林客户"
    assert first[0].label == "已送达"


def test_messages_of_a_template_are_looked_for_among_the_latest_alone(settings, monkeypatch):
    settings.DEMO = True
    who = post.party()
    _code(who)
    code = Message.objects.get().template
    for n in range(3):
        post.queue(to=who, facts={"claim": f"LP{n}", "by": post.BY})
    assert [m.template for m in queries.outbox(templates=(code,))] == [code]
    assert queries.outbox(templates=("claims.agreement_code",)) == ()
    monkeypatch.setattr(messages, "LATEST_SEEN", 3)
    assert queries.outbox(templates=(code,)) == (), (
        "however many messages lie before them, none is read"
    )


def test_latency_measures_from_promise_to_sending():
    post.queue(to=post.party())
    jobs.send_due(make.NOON + timedelta(seconds=3))
    latency = queries.latency()
    assert latency.count == 1
    assert 3 <= latency.median == latency.longest


@pytest.mark.parametrize("state", ["FAILED", "QUEUED"])
def test_a_state_is_a_word_of_the_statement_so_that_its_own_index_is_seen(db, state):
    """Handed over beside it, one plan kept for every state read ten million messages to find a hundred."""
    make.standards_in_force()
    access, _ref = make.colleague(make.office(), "AUDITOR")
    with CaptureQueriesContext(connection) as said:
        assert queries.sent_page(access, state=state).rows == ()
    assert f"state = '{state}'" in said[0]["sql"]
    with pytest.raises(ValueError, match="x"):
        queries.sent_page(access, state="x' or 'x")


def test_how_soon_they_went_is_told_of_the_latest_alone(monkeypatch):
    post.queue(to=post.party(), facts={"claim": "LP1", "by": post.BY})
    post.send()
    post.queue(to=post.party(), facts={"claim": "LP2", "by": post.BY})
    assert queries.latency().count == 1
    monkeypatch.setattr(messages, "LATENCY_SEEN", 1)
    assert queries.latency().count == 0, "one that waits lies on top"
