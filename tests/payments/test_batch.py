"""make_batch, release_batch, give_out_file, discard_batch, take_in_status_report."""

from datetime import date, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.gateways import bank_files as files
from tests.payments import desk
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.payments import operations, queries
from yilu.payments.models import BankFile, Batch, BatchEntry, Payout
from yilu.people import operations as people
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_file(settings, tmp_path):
    settings.BANK_FILES, settings.FILES = "all", tmp_path


@pytest.fixture
def office():
    return make.office()


@pytest.fixture
def clerk(office):
    return make.colleague(office, "PAYMENTS")


def owed(office, *amounts, name="林客户"):
    return [
        Payout.objects.get(pk=make.payout(make.party(office, name=name), amount=Decimal(amount)))
        for amount in amounts
    ]


def made(clerk, seconds=0, **given):
    access, actor = clerk
    return Batch.objects.get(
        pk=operations.make_batch(access=access, actor=actor, at=desk.at(seconds), **given)
    )


def given_out(batch, clerk):
    access, actor = clerk
    return operations.give_out_file(batch_id=batch.pk, access=access, actor=actor, at=desk.at(60))


def answered(clerk, content, seconds=600):
    access, actor = clerk
    return operations.take_in_status_report(
        content=content, access=access, actor=actor, at=desk.at(seconds)
    )


def states(payouts):
    return [Payout.objects.get(pk=p.pk).state for p in payouts]


class TestMake:
    def test_collects_what_is_due_into_a_sealed_file(self, office, clerk, settings, tmp_path):
        payouts = owed(office, "810.00", "0.01")
        batch = made(clerk)

        assert (batch.state, batch.count, batch.total) == ("READY", 2, Decimal("810.01"))
        assert states(payouts) == ["SENDING", "SENDING"]
        name, content = given_out(batch, clerk)
        assert name == f"{batch.message_id}.xml"
        assert payouts[0].bank_key.hex.encode() in content
        assert "林客户".encode() in content
        on_disk = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
        assert "林客户".encode() not in on_disk
        assert Event.objects.get(kind="payments.batch_given_out").actor == str(clerk[1])

    def test_the_sender_leaves_them_alone(self, office, clerk, settings):
        owed(office, "810.00")
        made(clerk)
        with desk.practice_bank(settings) as fake:
            assert desk.send(3600) == 0
            assert fake.counter.executions() == []

    def test_from_an_amount_on_the_rest_goes_over_the_wire(self, office, clerk, settings):
        settings.BANK_FILES = "500"
        large, small = owed(office, "500.00", "499.99")
        with desk.practice_bank(settings):
            assert desk.send() == 1
        assert (states([large]), states([small])) == (["REQUESTED"], ["SENT"])
        assert made(clerk).count == 1

    def test_a_payment_is_in_one_batch_only(self, office, clerk):
        owed(office, "810.00")
        made(clerk)
        with pytest.raises(operations.NothingDue):
            made(clerk)
        assert BatchEntry.objects.count() == 1

    def test_leaves_out_an_account_that_was_closed(self, office, clerk):
        closed, open_ = owed(office, "10.00", "20.00")
        people.close_account(
            party_id=closed.to_party_id, account_id=closed.account_id,
            actor=Ref("party", closed.to_party_id), at=make.NOON,
        )  # fmt: skip
        assert made(clerk).count == 1
        closed.refresh_from_db()
        assert (closed.state, closed.reason) == ("REJECTED", "ACCOUNT_CLOSED")
        assert states([open_]) == ["SENDING"]

    def test_where_files_are_not_set_up_nothing_is_made(self, office, clerk, settings):
        settings.BANK_FILES = ""
        owed(office, "810.00")
        with pytest.raises(operations.NothingDue, match="没有启用"):
            made(clerk)

    def test_is_only_for_the_payments_desk_and_its_offices(self, office, clerk):
        payouts = owed(office, "810.00")
        with pytest.raises(NotAllowed):
            made(make.colleague(office, "ASSESSOR"))
        with pytest.raises(operations.NothingDue):
            made(make.colleague(make.office(), "PAYMENTS"))
        with pytest.raises(NotAllowed):
            made(make.colleague(office, "PAYMENTS", amount_limit=Decimal("809.99")))
        assert states(payouts) == ["REQUESTED"]

    @pytest.mark.parametrize("days", [-1, 31])
    def test_refuses_a_day_the_bank_would_not_take(self, days, office, clerk):
        owed(office, "810.00")
        with pytest.raises(operations.BadExecutionDay):
            made(clerk, execute_on=date(2026, 3, 4) + timedelta(days=days))


class TestFourEyes:
    def test_above_the_limit_a_second_person_releases(self, office, clerk, settings):
        settings.BANK_FILES_FOUR_EYES = "1000"
        owed(office, "600.00", "400.00")
        batch = made(clerk)
        assert batch.state == "PROPOSED"
        assert Item.objects.get(queue_id="payments.batch").state == "OPEN"
        with pytest.raises(operations.BatchMovedOn):
            given_out(batch, clerk)
        access, actor = clerk
        with pytest.raises(operations.NotForTheMaker):
            operations.release_batch(batch_id=batch.pk, access=access, actor=actor, at=desk.at())

        access, actor = make.colleague(office, "PAYMENTS")
        operations.release_batch(batch_id=batch.pk, access=access, actor=actor, at=desk.at())
        batch.refresh_from_db()
        assert (batch.state, batch.released_by) == ("READY", str(actor))
        assert Item.objects.get(queue_id="payments.batch").state == "DONE"
        with pytest.raises(operations.BatchMovedOn):
            operations.release_batch(batch_id=batch.pk, access=access, actor=actor, at=desk.at())


@pytest.mark.parametrize("name", ["give_out_file", "release_batch", "discard_batch"])
def test_a_batch_nobody_made_and_one_without_the_right_are_refused(name, office, clerk, settings):
    if name == "release_batch":
        settings.BANK_FILES_FOUR_EYES = "1000"
    owed(office, "1810.00")
    batch = made(clerk)
    told = {"at": desk.at(60)} | ({"note": "付款日选错"} if name == "discard_batch" else {})
    for role, place, number, refusal in (
        ("PAYMENTS", office, batch.pk + 1, operations.BatchNotFound), ("ASSESSOR", office, batch.pk, NotAllowed),
        ("PAYMENTS", make.office(), batch.pk, operations.BatchNotFound),
    ):  # fmt: skip
        access, actor = make.colleague(place, role)
        with pytest.raises(refusal):
            getattr(operations, name)(batch_id=number, access=access, actor=actor, **told)
    before = batch.state, batch.given_out_times
    batch.refresh_from_db()
    assert (batch.state, batch.given_out_times) == before


def test_another_branch_neither_sees_a_batch_nor_brings_its_answer(office, clerk):
    [payout] = owed(office, "1810.00")
    batch = made(clerk)
    given_out(batch, clerk)
    stranger = make.colleague(make.office(), "PAYMENTS")
    access, _ = stranger
    assert queries.list_batches(access) == ()
    assert queries.get_batch(access, batch.pk) is None
    assert queries.list_batch_entries(access, batch.pk) == ()
    report = files.report((payout.bank_key.hex, "ACSC", "", None), of=batch.message_id)
    with pytest.raises(operations.UnknownBatch):
        answered(stranger, report)
    assert answered(clerk, report).settled == 1
    assert queries.list_bank_files(access) == ()
    assert len(queries.list_bank_files(clerk[0])) == 1
    assert len(queries.list_batches(clerk[0])) == 1


class TestDiscard:
    def test_its_payments_wait_for_another_batch(self, office, clerk):
        payouts = owed(office, "810.00")
        batch, (access, actor) = made(clerk), clerk
        given = {"batch_id": batch.pk, "access": access, "actor": actor, "at": desk.at()}
        with pytest.raises(Invalid):
            operations.discard_batch(note=" ", **given)
        operations.discard_batch(note="付款日选错", **given)
        assert states(payouts) == ["REQUESTED"]
        assert made(clerk).count == 1

    def test_not_once_its_file_was_given_out(self, office, clerk):
        payouts = owed(office, "810.00")
        batch, (access, actor) = made(clerk), clerk
        given_out(batch, clerk)
        with pytest.raises(operations.BatchMovedOn):
            operations.discard_batch(
                batch_id=batch.pk, note="晚了", access=access, actor=actor, at=desk.at(90)
            )
        assert states(payouts) == ["SENDING"]


class TestAnswer:
    @pytest.fixture
    def batch(self, office, clerk):
        self.payouts = owed(office, "810.00", "20.00", "30.00")
        batch = made(clerk)
        given_out(batch, clerk)
        return batch

    def report(self, batch, *codes, **given):
        rows = [
            (p.bank_key.hex, code, reason, None)
            for p, (code, reason) in zip(self.payouts, codes, strict=False)
        ]
        return files.report(*rows, of=batch.message_id, **given)

    def test_each_payment_hears_its_own_end(self, batch, clerk):
        taken = answered(clerk, self.report(batch, ("ACSC", ""), ("RJCT", "AC04"), ("ACSP", "")))
        assert (taken.settled, taken.rejected, taken.under_way, taken.unclear) == (1, 1, 1, 0)
        assert states(self.payouts) == ["SETTLED", "REJECTED", "SENT"]
        assert Payout.objects.get(pk=self.payouts[1].pk).reason == "ACCOUNT_CLOSED"
        batch.refresh_from_db()
        assert batch.state == "ANSWERED"

        answered(
            clerk,
            self.report(batch, ("ACSC", ""), ("RJCT", "AC04"), ("ACSC", ""), message_id="PSR2"),
        )
        batch.refresh_from_db()
        assert batch.state == "CLOSED"
        assert Event.objects.filter(kind="payments.payout_settled").count() == 2

    def test_all_of_a_report_are_looked_up_and_noted_at_once(self, batch, clerk):
        with CaptureQueriesContext(connection) as asked:
            answered(clerk, self.report(batch, ("ACSC", ""), ("RJCT", "AC04"), ("ACSP", "")))
        sql = [query["sql"] for query in asked.captured_queries]
        locks = [s for s in sql if 'FROM "payments_payout"' in s and "FOR UPDATE" in s]
        noted = [s for s in sql if s.startswith('UPDATE "payments_batchentry"')]
        assert (len(locks), len(noted)) == (1, 1)

    def test_a_word_on_the_whole_group_is_on_each_of_them(self, batch, clerk):
        taken = answered(clerk, files.report(of=batch.message_id, group="RJCT"))
        assert taken.rejected == 3
        assert set(states(self.payouts)) == {"REJECTED"}

    def test_paying_again_after_a_rejection_has_a_key_of_its_own(self, batch, clerk, office):
        answered(clerk, self.report(batch, ("ACSC", ""), ("RJCT", "AC04"), ("ACSC", "")))
        old = self.payouts[1]
        new_id = operations.reissue_rejected_payout(
            payout_id=old.pk,
            account_id=make.account(old.to_party_id),
            actor=clerk[1],
            at=desk.at(700),
        )
        again = made(clerk, 800)
        entry = BatchEntry.objects.get(batch=again)
        assert entry.payout_id == new_id
        assert entry.end_to_end_id != old.bank_key.hex

    def test_two_ends_that_exclude_each_other_are_a_persons_matter(self, batch, clerk):
        answered(clerk, self.report(batch, ("ACSC", "")))
        taken = answered(clerk, self.report(batch, ("RJCT", "AC04"), message_id="PSR2"))
        assert taken.unclear == 1
        assert states(self.payouts)[0] == "UNCLEAR"

    def test_another_amount_than_ours_is_one_too(self, batch, clerk):
        key = self.payouts[0].bank_key.hex
        answered(clerk, files.report((key, "ACSC", "", "811.00"), of=batch.message_id))
        assert states(self.payouts)[0] == "UNCLEAR"

    @pytest.mark.parametrize(
        ("what", "refusal"),
        [
            ("the same message again", operations.SeenBefore),
            ("a batch that is not ours", operations.UnknownBatch),
            ("a payment that is not in it", operations.UnknownPaymentInFile),
            ("a payment of ours that no file holds", operations.UnknownPaymentInFile),
            ("one payment twice", operations.UnknownPaymentInFile),
            ("another number of payments", operations.WrongTotals),
            ("another sum", operations.WrongTotals),
            ("a code nobody knows", operations.UnreadableBankFile),
            ("no word at all", operations.UnreadableBankFile),
            ("what is no XML", operations.UnreadableBankFile),
        ],
    )
    def test_refuses_the_whole_file_for(self, what, refusal, batch, clerk):
        key = self.payouts[0].bank_key.hex
        content = {
            "a batch that is not ours": lambda: files.report(
                (key, "ACSC", "", None), of="YL20260101999"
            ),
            "a payment that is not in it": lambda: files.report(
                (key, "ACSC", "", None), ("f" * 32, "ACSC", "", None), of=batch.message_id
            ),
            "a payment of ours that no file holds": lambda: files.report(
                (key, "ACSC", "", None),
                (Payout.objects.get(pk=make.payout()).bank_key.hex, "ACSC", "", None),
                of=batch.message_id,
            ),
            "one payment twice": lambda: files.report(
                (key, "ACSC", "", None), (key, "RJCT", "", None), of=batch.message_id
            ),
            "another number of payments": lambda: self.report(batch, ("ACSC", ""), count=4),
            "another sum": lambda: self.report(batch, ("ACSC", ""), total="1.00"),
            "a code nobody knows": lambda: self.report(batch, ("XXXX", "")),
            "no word at all": lambda: files.report(of=batch.message_id, group=""),
            "what is no XML": lambda: b"PK\x03\x04",
            "the same message again": lambda: self.report(batch, ("ACSP", "")),
        }[what]()
        if what == "the same message again":
            answered(clerk, content)
        before, kept = states(self.payouts), BankFile.objects.count()
        with pytest.raises(refusal):
            answered(clerk, content)
        assert (states(self.payouts), BankFile.objects.count()) == (before, kept)

    def test_refuses_an_answer_to_a_file_that_never_left(self, office, clerk):
        self.payouts = owed(office, "810.00")
        batch = made(clerk)
        with pytest.raises(operations.UnknownBatch):
            answered(clerk, self.report(batch, ("ACSC", "")))
        assert states(self.payouts) == ["SENDING"]

    def test_is_only_for_reconciliation(self, batch, clerk, office):
        with pytest.raises(NotAllowed):
            answered(make.colleague(office, "INTAKE"), self.report(batch, ("ACSC", "")))
        assert set(states(self.payouts)) == {"SENDING"}


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_the_same_moment_never_take_the_same_payment(settings, tmp_path):
    office = make.office()
    owed(office, "1.00", "2.00", "3.00")
    clerks = [make.colleague(office, "PAYMENTS") for _ in range(2)]
    barrier, refused = Barrier(2), []

    def make_one(clerk):
        from django.db import connection

        barrier.wait()
        try:
            operations.make_batch(access=clerk[0], actor=clerk[1], at=desk.at())
        except operations.NothingDue:
            refused.append(clerk)
        finally:
            connection.close()

    threads = [Thread(target=make_one, args=[clerk]) for clerk in clerks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert BatchEntry.objects.count() == 3
    assert BatchEntry.objects.values("payout_id").distinct().count() == 3
    assert sum(b.count for b in Batch.objects.all()) == 3
    assert tx.rows("select count(*) from payments_payout where state = 'SENDING'") == [(3,)]


@pytest.mark.django_db(transaction=True)
def test_a_file_handed_out_to_two_at_once_is_counted_twice(settings, tmp_path):
    """Each waits for the other to be written down: the second hand-out is never taken for the first."""
    from django.db import connection

    office = make.office()
    clerk = make.colleague(office, "PAYMENTS")
    owed(office, "1.00")
    batch = made(clerk)
    done = []

    def second():
        given_out(batch, clerk)
        done.append(True)
        connection.close()

    with transaction.atomic():
        Batch.objects.select_for_update().get(pk=batch.pk)
        waiting = Thread(target=second)
        waiting.start()
        waiting.join(0.3)
        assert not done
        Batch.objects.filter(pk=batch.pk).update(given_out_times=1)
    waiting.join()
    batch.refresh_from_db()
    assert batch.given_out_times == 2
