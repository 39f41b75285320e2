"""The sender pays once, wherever it is interrupted and whatever the bank does."""

from decimal import Decimal

import pytest

from tests.payments import desk
from yilu.gateways import bank
from yilu.kernel.refs import Ref
from yilu.payments import jobs, operations, queries
from yilu.payments.models import Payout
from yilu.people import operations as people
from yilu.work import queries as work

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process ends here."""


def state_of(payout):
    payout.refresh_from_db()
    return payout.state


def test_sends_hears_and_settles(settings):
    payout = desk.payout_ending("7777")
    with desk.practice_bank(settings) as fake:
        assert desk.send() == 1
        assert state_of(payout) == "SENT"
        assert desk.hear_all(fake) == ["SETTLED"]

    assert state_of(payout) == "SETTLED"
    assert payout.masked_number.endswith("7777")
    assert "*" in payout.masked_number
    assert desk.kinds(payout) == [
        "payments.payout_requested", "payments.payout_sent", "payments.payout_settled",
    ]  # fmt: skip
    assert fake.counter.executions() == [(payout.bank_key.hex, "1234.50", "SETTLED")]


def test_a_payment_keeps_the_beneficiarys_records_for_ten_years(settings):
    payout = desk.payout_ending("7777")
    with desk.practice_bank(settings) as fake:
        desk.send()
        desk.hear_all(fake)
    payout.refresh_from_db()
    assert str(payout.to_party.keep_until) == "2037-01-01"


def test_waits_where_no_bank_is_set_up(settings):
    payout = desk.payout_ending("7777")
    settings.BANK_URL = ""
    assert desk.send() == 0
    assert state_of(payout) == "REQUESTED"


@pytest.mark.parametrize(
    ("suffix", "reason"),
    [("0001", "ACCOUNT_NOT_FOUND"), ("0002", "NAME_MISMATCH"), ("0003", "ACCOUNT_CLOSED")],
)
def test_a_rejection_ends_the_payment_with_its_reason(settings, suffix, reason):
    payout = desk.payout_ending(suffix)
    with desk.practice_bank(settings) as fake:
        desk.send()
        assert desk.hear_all(fake) == ["REJECTED"]
        desk.send(3600)

    assert state_of(payout) == "REJECTED"
    assert payout.reason == reason
    assert len(fake.counter.executions()) == 1
    assert desk.kinds(payout)[-1] == "payments.payout_rejected"


def test_an_amount_above_the_banks_limit_is_rejected(settings):
    payout = desk.payout_ending("7777", amount=Decimal("5000000.01"))
    with desk.practice_bank(settings) as fake:
        desk.send()
        desk.hear_all(fake)
    assert (state_of(payout), payout.reason) == ("REJECTED", "LIMIT")


def test_a_busy_bank_is_asked_again_and_pays_once(settings):
    payout = desk.payout_ending("0004")
    with desk.practice_bank(settings) as fake:
        for second in (0, 10, 30, 60):
            desk.send(second)
        desk.hear_all(fake, seconds=70)
    assert state_of(payout) == "SETTLED"
    assert len(fake.counter.executions()) == 1


@pytest.mark.parametrize(("suffix", "end"), [("0008", "SETTLED"), ("0011", "REJECTED")])
def test_a_lost_answer_is_asked_for_before_anything_is_sent_again(settings, suffix, end):
    payout = desk.payout_ending(suffix)
    with desk.practice_bank(settings) as fake:
        sent = []
        send, fake.send = fake.send, lambda i: (sent.append(i.key), send(i))[1]
        desk.send()
        assert state_of(payout) == "SENDING"
        fake.now = desk.at(20).timestamp()
        desk.send(20)
    assert state_of(payout) == end
    assert sent == [payout.bank_key.hex]


def test_a_bank_that_never_tells_is_asked_after_five_minutes(settings):
    payout = desk.payout_ending("0009")
    with desk.practice_bank(settings) as fake:
        desk.send()
        assert desk.hear_all(fake) == []
        fake.now = desk.at(400).timestamp()
        assert desk.send(200) == 0
        desk.send(400)
    assert state_of(payout) == "SETTLED"


def test_a_bank_that_does_not_know_what_it_took_makes_it_unclear_and_nothing_is_resent(settings):
    payout = desk.payout_ending("0009")
    with desk.practice_bank(settings) as fake:
        desk.send()
        fake.find = lambda key: None
        desk.send(400)
        desk.send(4000)
    assert state_of(payout) == "UNCLEAR"
    assert len(fake.counter.executions()) == 1
    (item,) = work.open_items(payout.ref, at=desk.at())
    assert item.queue == "payments.reconcile"


def test_silence_for_long_becomes_somebodys_work_and_asking_goes_on(settings):
    payout = desk.payout_ending("7777")
    with desk.practice_bank(settings) as fake:
        fake.find = fake.send = _no_answer
        second = 0
        for _ in range(8):
            desk.send(second)
            second += 700
        assert state_of(payout) == "UNCLEAR"
        assert len(work.open_items(payout.ref, at=desk.at())) == 1
        assert desk.kinds(payout).count("payments.payout_unclear") == 1

        fake.find = lambda key: bank.Answer("SETTLED", "R1")
        desk.send(second + 3600)
    assert state_of(payout) == "SETTLED"
    assert not work.open_items(payout.ref, at=desk.at())


def _no_answer(_):
    raise bank.AnswerUnknown


def test_an_unreachable_bank_leaves_everything_to_be_sent_later(settings):
    payouts = [desk.payout_ending("7777"), desk.payout_ending("7778")]
    with desk.practice_bank(settings) as fake:
        send, fake.send = fake.send, _unreachable
        assert desk.send() == 0
        assert {state_of(p) for p in payouts} == {"REQUESTED"}
        fake.send = send
        desk.send(60)
    assert {state_of(p) for p in payouts} == {"SENT"}


def _unreachable(_):
    raise bank.NotSent


def test_an_account_closed_before_sending_is_a_rejection_and_the_bank_hears_nothing(settings):
    payout = desk.payout_ending("7777")
    people.close_account(
        party_id=payout.to_party_id, account_id=payout.account_id,
        actor=Ref("party", payout.to_party_id), at=desk.at(),
    )  # fmt: skip
    with desk.practice_bank(settings) as fake:
        desk.send()
        assert fake.counter.executions() == []
    assert (state_of(payout), payout.reason) == ("REJECTED", "ACCOUNT_CLOSED")


@pytest.mark.parametrize(
    "where", ["before the bank hears", "after the bank paid", "before noting the answer"]
)
def test_killed_at_any_point_pays_exactly_once(settings, monkeypatch, where):
    payout = desk.payout_ending("7777")
    with desk.practice_bank(settings) as fake:
        with monkeypatch.context() as patch:
            if where == "before the bank hears":
                patch.setattr(fake, "send", _kill)
            elif where == "after the bank paid":
                send = fake.send
                patch.setattr(fake, "send", lambda i: (send(i), _kill(i)))
            else:
                patch.setattr(operations, "record_answer", lambda **_: _kill(None))
            with pytest.raises(Killed):
                desk.send()
        assert state_of(payout) == "SENDING"
        assert desk.send(10) == 0  # still in the dead sender's hands
        fake.now = desk.at(70).timestamp()
        desk.send(70)
        desk.hear_all(fake, seconds=80)
    assert state_of(payout) == "SETTLED"
    assert len(fake.counter.executions()) == 1
    assert desk.kinds(payout).count("payments.payout_settled") == 1


def _kill(_):
    raise Killed


def test_a_key_the_bank_knows_for_another_payment_goes_to_a_person(settings):
    payout = desk.payout_ending("7777")
    with desk.practice_bank(settings) as fake:
        fake.counter.take(
            {"key": payout.bank_key.hex, "amount": "9.99", "account": "62220000", "holder": "别人"},
            fake.now,
        )
        desk.send()
    assert state_of(payout) == "UNCLEAR"


def test_the_instruction_never_shows_the_account_in_a_log(settings):
    payout = desk.payout_ending("7777")
    with desk.practice_bank(settings) as fake:
        seen = []
        fake.send = lambda i: (seen.append(i), _unreachable(i))
        desk.send()
    assert seen[0].account_number not in repr(seen[0])
    assert seen[0].holder_name not in repr(seen[0])
    assert queries.find_payout(payout.pk).masked_number.endswith("7777")


def test_take_due_gives_a_payment_to_one_sender(settings):
    desk.payout_ending("7777")
    assert operations.take_due(at=desk.at()) is not None
    assert operations.take_due(at=desk.at()) is None


def test_a_late_note_of_an_earlier_try_changes_nothing():
    payout = desk.payout_ending("7777")
    due = operations.take_due(at=desk.at())
    later = operations.take_due(at=desk.at(61))
    assert later.ask_first
    operations.record_not_sent(
        payout_id=due.id, attempts=due.attempts, unheard=True, problem="", at=desk.at(62)
    )
    assert state_of(payout) == "SENDING"


class TestNoAnswer:
    """The bank may have it: the payment stays in hand, is asked about later, and by and by is a person's matter."""

    def unheard(self, payout, attempts, seconds):
        operations.record_no_answer(payout_id=payout.pk, attempts=attempts, at=desk.at(seconds))
        payout.refresh_from_db()
        return payout.state, payout.sent_at, payout.leased_until, payout.due_at

    def test_it_is_asked_about_after_a_pause_that_grows_and_keeps_when_it_left(self):
        payout = desk.payout_ending("7777")
        assert operations.take_due(at=desk.at()).attempts == 1
        assert self.unheard(payout, 1, 3) == ("SENDING", desk.at(3), None, desk.at(3 + 2))
        assert operations.take_due(at=desk.at(5)).attempts == 2
        assert self.unheard(payout, 2, 6) == ("SENDING", desk.at(3), None, desk.at(6 + 4))

    def test_a_person_is_told_at_the_sixth_try_and_once(self):
        payout = desk.payout_ending("7777")
        operations.take_due(at=desk.at())
        for attempts, state, items in ((5, "SENDING", 0), (6, "UNCLEAR", 1), (7, "UNCLEAR", 1)):
            Payout.objects.filter(pk=payout.pk).update(attempts=attempts)
            assert self.unheard(payout, attempts, 100)[0] == state
            assert len(work.open_items(payout.ref, at=desk.at())) == items
        assert payout.due_at == desk.at(100 + 1800)

    def test_what_is_unclear_stays_so_whatever_the_try(self):
        payout = desk.payout_ending("7777")
        Payout.objects.filter(pk=payout.pk).update(
            state="UNCLEAR", problem="NO_ANSWER", attempts=1, leased_until=desk.at(60)
        )
        assert self.unheard(payout, 1, 3)[0] == "UNCLEAR"
        assert (payout.leased_until, payout.due_at) == (None, desk.at(3 + 1800))

    def test_a_note_of_an_earlier_try_or_of_one_that_ended_changes_nothing(self):
        payout = desk.payout_ending("7777")
        operations.take_due(at=desk.at())
        lease = operations.take_due(at=desk.at(61)) and desk.at(61 + 60)
        assert self.unheard(payout, 1, 62)[:3] == ("SENDING", None, lease)
        Payout.objects.filter(pk=payout.pk).update(state="REQUESTED", leased_until=None)
        assert self.unheard(payout, 2, 63)[:2] == ("REQUESTED", None)


def test_fetch_statement_reconciles_yesterday_once(settings):
    payout = desk.payout_ending("7777")
    with desk.practice_bank(settings) as fake:
        desk.send()
        desk.hear_all(fake)
        tomorrow = desk.at(20 * 3600)  # 08:00 in Beijing
        assert jobs.fetch_statement(desk.at(3600)) == 1  # the day before: nothing was booked
        assert jobs.fetch_statement(tomorrow) == 1
        assert jobs.fetch_statement(tomorrow) == 0
    assert Payout.objects.get(pk=payout.pk).state == "SETTLED"
