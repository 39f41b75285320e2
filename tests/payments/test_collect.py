"""Money is taken once, wherever the sender is interrupted and whatever the bank says."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.payments import till
from yilu.gateways import bank, collecting
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM
from yilu.payments import jobs, operations, queries
from yilu.payments.models import Collection, Refund
from yilu.people import queries as people
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


class Killed(BaseException):
    """The process ends here."""


def test_collects_a_batch_and_says_so_once_each(settings):
    first, second = till.collect(), till.collect("0101")
    with till.practice(settings) as fake:
        assert till.send() == 2
        assert (till.state(first), till.state(second)) == ("SENT", "SENT")
        assert sorted(till.hear_all(fake)) == ["COLLECTED", "FAILED"]
        assert till.send(3600) == 0
    assert (till.state(first), till.state(second)) == ("COLLECTED", "FAILED")
    assert queries.get_collection(second.pk).reason_label == "余额不足"
    assert first.masked_number.endswith("7777")
    assert till.kinds().count("collection_settled") == 1
    assert till.kinds().count("collection_failed") == 1


def test_nothing_leaves_without_a_bank(settings):
    settings.BANK_URL = ""
    collection = till.collect()
    assert till.send() == 0
    assert till.state(collection) == "WAITING"


@pytest.mark.parametrize(
    ("suffix", "effects"),
    [
        ("0106", ["COLLECTED", "NONE", "NONE"]),
        ("0107", ["COLLECTED", "NONE"]),
        ("0110", ["FAILED", "STRAY"]),
    ],
)
def test_answers_that_come_twice_or_in_any_order_have_one_end(settings, suffix, effects):
    collection = till.collect(suffix)
    with till.practice(settings) as fake:
        till.send()
        assert till.hear_all(fake) == effects
    assert till.state(collection) == effects[0]
    ends = [k for k in till.kinds() if k in {"collection_settled", "collection_failed"}]
    assert len(ends) == 1


def test_a_late_answer_is_asked_for(settings):
    collection = till.collect("0109")  # pays and never tells
    with till.practice(settings) as fake:
        till.send()
        assert till.hear_all(fake) == []
        fake.now = till.at(3600).timestamp()
        till.send(3600)
    assert till.state(collection) == "COLLECTED"


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_killed_sender_takes_the_money_once(settings, monkeypatch, where):
    collection = till.collect()
    with till.practice(settings) as fake:
        take = fake.collect

        def dies(orders):
            if where == "after":
                take(orders)
            raise Killed

        monkeypatch.setattr(fake, "collect", dies)
        with pytest.raises(Killed):
            till.send()
        monkeypatch.undo()
        assert till.send(1) == 0  # its lease stands
        till.send(61)
        till.hear_all(fake, seconds=70)
        assert till.state(collection) == "COLLECTED"
        assert len(fake.counter.executions()) == 1


def test_silence_is_asked_about_and_after_six_tries_a_person_is_told(settings, monkeypatch):
    collection = till.collect()
    with till.practice(settings) as fake:

        def silent(_):
            raise bank.AnswerUnknown("silence")

        monkeypatch.setattr(fake, "collect", silent)
        monkeypatch.setattr(fake, "find", silent)
        for n in range(6):
            till.send(n * 3600)
        assert Item.objects.filter(queue_id="payments.reconcile").count() == 1
        monkeypatch.undo()
        till.send(7 * 3600)
        till.hear_all(fake, seconds=8 * 3600)
    assert till.state(collection) == "COLLECTED"
    assert not Item.objects.filter(state="OPEN").exists()


def test_what_cannot_have_left_waits_and_may_be_taken_back(settings, monkeypatch):
    collection = till.collect()
    with till.practice(settings) as fake:

        def unreachable(_):
            raise bank.NotSent("refused")

        monkeypatch.setattr(fake, "collect", unreachable)
        till.send()
        assert till.state(collection) == "WAITING"
        assert tx.use_case(operations.cancel_collection)(
            key=collection.key, actor=SYSTEM, at=till.at(1)
        )
        monkeypatch.undo()
        assert till.send(3600) == 0
        assert fake.counter.executions() == []


def test_what_is_under_way_cannot_be_taken_back(settings):
    collection = till.collect()
    with till.practice(settings):
        till.send()
    cancel = tx.use_case(operations.cancel_collection)
    assert not cancel(key=collection.key, actor=SYSTEM, at=till.at(1))


class TestNotices:
    def hear(self, body, *, signature=None, seconds=1, signed_at=None, secret="s" * 20):
        timestamp = str(int(till.at(signed_at if signed_at is not None else seconds).timestamp()))
        signature = signature or bank.sign(secret, timestamp, body)
        return operations.receive_collection_notice(
            body=body, signature=signature, timestamp=timestamp, at=till.at(seconds)
        )

    def body(self, collection, **given):
        told = {"id": "m1", "key": collection.bank_key.hex, "state": "COLLECTED"}
        return json.dumps({**told, "amount": str(collection.amount), **given}).encode()

    @pytest.fixture(autouse=True)
    def _secret(self, settings):
        settings.BANK_SECRET = "s" * 20

    def test_a_stranger_a_late_and_a_replayed_notice_change_nothing(self):
        collection = till.collect()
        body = self.body(collection)
        with pytest.raises(operations.BadSignature):
            self.hear(body, secret="another")
        with pytest.raises(operations.StaleNotice):
            self.hear(body, seconds=1, signed_at=400)
        with pytest.raises(operations.UnreadableNotice):
            self.hear(b'{"id": 1}')
        assert till.state(collection) == "WAITING"

        assert self.hear(body) == "COLLECTED"
        with pytest.raises(operations.ReplayedNotice):
            self.hear(body)
        with pytest.raises(operations.ReplayedNotice):  # other words under a known message id
            self.hear(self.body(collection, state="FAILED"), seconds=2)
        assert self.hear(body, seconds=3) == "NONE"  # signed anew
        assert till.state(collection) == "COLLECTED"

    def test_another_amount_or_a_turn_about_wants_a_person(self):
        collection = till.collect()
        assert self.hear(self.body(collection, amount="1.00")) == "CONTRADICTION"
        assert till.state(collection) == "WAITING"
        assert self.hear(self.body(collection, id="m2"), seconds=2) == "COLLECTED"
        later = self.body(collection, id="m3", state="FAILED", reason="OTHER")
        assert self.hear(later, seconds=3) == "CONTRADICTION"
        assert till.state(collection) == "COLLECTED"

    def test_one_that_is_not_ours_is_looked_at(self):
        collection = till.collect()
        body = self.body(collection, key="0" * 32)
        assert self.hear(body) == "UNKNOWN"
        assert self.hear(self.body(collection, id="m2", key="no key"), seconds=2) == "UNKNOWN"
        assert Item.objects.filter(queue_id="payments.reconcile").count() == 2


class TestRefunds:
    refund = staticmethod(tx.use_case(operations.refund_collection))

    @pytest.fixture
    def paid(self, settings):
        def make_paid(method="BANK_DEBIT", suffix="7777"):
            collection = till.collect(suffix)
            if method != "BANK_DEBIT":
                Collection.objects.filter(pk=collection.pk).update(method=method, account=None)
            with till.practice(settings) as fake:
                till.send()
                till.hear_all(fake)
                self.fake = fake
            collection.refresh_from_db()
            return collection

        return make_paid

    def test_goes_to_the_account_it_came_from_once_and_never_more(self, paid):
        collection = paid()
        given = {"collection_id": collection.pk, "actor": SYSTEM, "at": till.at(20)}
        first = self.refund(amount=Decimal(300), key="a", **given)
        assert self.refund(amount=Decimal(300), key="a", **given) == first
        with pytest.raises(operations.MoreThanCollected):
            self.refund(amount=Decimal("66.01"), key="b", **given)
        with pytest.raises(operations.MoreThanCollected):
            self.refund(amount=Decimal(0), key="b", **given)
        payout = Refund.objects.get().payout
        assert (payout.account_id, payout.to_party_id) == (
            collection.account_id,
            collection.payer_id,
        )
        assert (payout.purpose, payout.amount) == ("REFUND", Decimal("300.00"))
        assert queries.get_collection(collection.pk).refunded == Decimal("300.00")

    def test_nothing_goes_back_that_never_came(self):
        collection = till.collect()
        with pytest.raises(operations.NothingCollected):
            self.refund(
                collection_id=collection.pk, amount=Decimal(1), key="a", actor=SYSTEM, at=till.at()
            )

    def test_a_wallet_gives_back_itself_once_whatever_happens_on_the_way(self, paid, monkeypatch):
        collection = paid(method="WECHAT")
        self.refund(
            collection_id=collection.pk, amount=Decimal(66), key="a", actor=SYSTEM, at=till.at(20)
        )
        fake = self.fake
        with collecting.use(fake):
            give = fake.refund

            def unheard(*arguments):
                give(*arguments)
                raise bank.AnswerUnknown("silence")

            monkeypatch.setattr(fake, "refund", unheard)
            assert jobs.send_refunds(till.at(21)) == 0
            monkeypatch.undo()
            assert jobs.send_refunds(till.at(100)) == 1
            assert jobs.send_refunds(till.at(200)) == 0
        assert Refund.objects.get().state == "DONE"
        assert till.kinds()[-1] == "refund_done"

    def test_stray_money_goes_back_by_a_person_with_the_right(self, settings):
        collection = till.collect("0110")
        with till.practice(settings) as fake:
            till.send()
            till.hear_all(fake)
        office = make.head_office()
        clerk, other = make.staff(office, "PAYMENTS"), make.staff(office, "COUNTER")
        with pytest.raises(NotAllowed):
            operations.return_stray(
                collection_id=collection.pk, access=people.staff_access(other), actor=SYSTEM,
                at=till.at(20),
            )  # fmt: skip
        told = {"collection_id": collection.pk, "access": people.staff_access(clerk)}
        operations.return_stray(**told, actor=SYSTEM, at=till.at(20))
        with pytest.raises(operations.NothingCollected):
            operations.return_stray(**told, actor=SYSTEM, at=till.at(21))
        assert Refund.objects.get().amount == collection.amount
        assert not Item.objects.filter(state="OPEN").exists()


class TestTheDaysEnd:
    def test_the_banks_list_ends_what_we_had_not_heard_and_finds_what_differs(self, settings):
        silent, failed, ours = till.collect("0109"), till.collect("0110"), till.collect()
        with till.practice(settings) as fake:
            till.send()
            assert sorted(till.hear_all(fake)) == ["COLLECTED", "FAILED", "STRAY"]
            Collection.objects.filter(pk=failed.pk).update(stray=False)
            day = make.NOON.date()
            lines = [line for line in fake.statement(day) if line.key != ours.bank_key.hex]
            more = bank.Booking("R9", failed.bank_key.hex, failed.amount, make.NOON)
            strange = bank.Booking("R8", "f" * 32, Decimal(5), make.NOON)
            lines += [more, strange]
            tomorrow = make.NOON + timedelta(days=1)
            told = {"day": day, "lines": lines, "at": tomorrow}
            assert operations.reconcile_collections(**told) == 3
            assert operations.reconcile_collections(**told) == 0
            with pytest.raises(operations.CollectionsReconciled):
                operations.reconcile_collections(day=day, lines=lines[:1], at=tomorrow)
        assert till.state(silent) == "COLLECTED"
        assert till.state(failed) == "FAILED"
        assert failed.stray
        assert Item.objects.filter(queue_id="payments.reconcile").count() == 3

    def test_is_fetched_once_a_day_after_six(self, settings):
        till.collect()
        with till.practice(settings) as fake:
            till.send()
            till.hear_all(fake)
            assert jobs.fetch_collected(make.NOON + timedelta(hours=14)) == 0  # two at night
            assert jobs.fetch_collected(make.NOON + timedelta(hours=20)) == 1
            assert jobs.fetch_collected(make.NOON + timedelta(hours=21)) == 0
