"""The books of policies: an honest world is confirmed, and whatever is altered in it is named."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from tests import make
from tests.audit.recorded import filmed, rung
from tests.policies.lives import do
from tests.policies.lives import noon as noon_of
from tests.policies.test_dividends import allot, sharing
from tests.renewals import desk
from tests.renewals.test_orders import order, pay, practice
from tests.servicing.hall import NOON, Valuable, settle
from tests.servicing.test_money_kinds import find
from yilu.audit import jobs, operations, queries
from yilu.audit.books import recorded_files
from yilu.audit.models import MoneyDifference, MoneyRun
from yilu.audit.rules import POLICY_KINDS
from yilu.contact import operations as contact
from yilu.contact import storage
from yilu.contact.models import CallPiece, CallRecording
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.payments.models import Collection
from yilu.policies import operations as policies
from yilu.policies.models import LedgerEntry, Policy
from yilu.renewals.models import PremiumDue
from yilu.retention.models import Hold
from yilu.servicing import operations as servicing
from yilu.work.models import Item

pytestmark = pytest.mark.django_db
LATER = date(2026, 9, 25)
"""More than a loan's term after everything began."""


def audit(at=None, limit=None):
    at = at or noon_of(LATER) + timedelta(hours=2)
    run_id = operations.start_money_audit(actor=SYSTEM, at=at, scope=operations.POLICIES)
    while not (progress := operations.audit_batch(run_id=run_id, at=at, limit=limit)).done:
        pass
    return progress


def found():
    return set(MoneyDifference.objects.filter(state="OPEN").values_list("kind", flat=True))


def ask(hall, kind, at, **form):
    """Filled in, proved and confirmed by the customer on a day; the request."""
    request_id = hall.start(kind, form, at=at)
    hall.verified(request_id, at=at)
    hall.confirm(request_id, at=at)
    return hall.row(request_id)


def arrived(row, at):
    """The customer's money is here, at the bank and with us."""
    Collection.objects.filter(about=str(row.ref)).update(state="COLLECTED", ended_at=at)
    settle(row.pk, str(row.collects))


def borrowed_and_repaid():
    """A loan whose term ended, was raised and in part repaid; another contract surrendered."""
    hall = Valuable()
    ask(hall, "policy_loan", NOON, **hall.to_account(amount="10000"))
    policies.check_loans(at=noon_of(LATER), today=LATER, actor=SYSTEM)
    ask(hall, "loan_raise", noon_of(LATER), **hall.to_account(by="2000"))
    part = ask(hall, "loan_repayment", noon_of(LATER), how="PART", amount="3000")
    arrived(part, noon_of(LATER))
    gone = Valuable()
    row = ask(gone, "surrender", NOON, **gone.to_account())
    servicing.approve_request(request_id=row.pk, digest=row.digest, **gone.staff())
    return hall, gone


def shared_out(office):
    """A dividend in cash and one that bought a sum."""
    given = {"paid_to": date(2027, 3, 1)}
    cash = sharing(office, dividend_option="CASH", **given)
    make.account(cash.holder_id)
    allot(cash, sharing(office, dividend_option="ADDITIONS", **given))


def pensioned(office):
    """A pension that was left here and goes out with its interest."""
    old = make.party(
        office, identity_number=make.resident_id(date(1965, 1, 1), "FEMALE"), name="年长者"
    )
    life = make.policy(
        office, product_code="annuity", holder_id=old, insured_id=old, pay_years=5,
        sum_insured=Decimal(10_000), premium=Decimal(20_000), effective_on=date(2020, 3, 1),
        with_social_insurance=False,
    )  # fmt: skip
    annuity = Policy.objects.get(pk=life.id)
    do("set_survival_option", annuity, option="PAY", account_id=make.account(old))
    find(annuity, NOON.date())


def paid_by_order(office, settings):
    """A premium that was paid in an order."""
    holder = make.party(office)
    contract = desk.policy(office, holder_id=holder)
    desk.run(desk.days(-7))
    made = order(holder, list(PremiumDue.objects.filter(policy=contract)))
    pay(holder, made)
    with practice(settings) as fake:
        desk.answer(fake, desk.noon(desk.days(-7)))
    return contract


@pytest.fixture
def world(settings):
    """Everything a policy's money can do, as its rooms do it."""
    hall, gone = borrowed_and_repaid()
    make.product("par-endowment")
    shared_out(hall.office)
    pensioned(hall.office)
    paid = paid_by_order(hall.office, settings).pk
    filmed(paid, hall.office)
    rung(paid)
    return {"loan": hall.life.pk, "gone": gone.life.pk, "order": paid}


PLANTS = {
    "LOAN_LEDGER": "update policies_policyloan set principal = principal + 0.01",
    "LOAN_OWED": "update policies_policy set loan_owed = loan_owed - 1 where id = {loan}",
    "LOAN_PRINCIPAL": "update policies_policyloan set principal = principal - 1",
    "LOAN_INTEREST": "update policies_policyloan set since = since - 1, rate = 0.0600",
    "KEPT_INTEREST": """update policies_ledgerentry set survival = survival + 1, benefit = benefit - 1
                         where kind = 'CREDITED'""",
    "NEGATIVE": """update policies_ledgerentry set suspense = -5, customer = customer + 5
                    where policy_id = {loan} and kind = 'ISSUE'""",
    "PREMIUM_BOOKS": "update policies_policy set premiums_paid = premiums_paid + 1 where id = {loan}",
    "SCHEDULE": "update policies_policy set paid_to = paid_to + interval '1 year' where id = {loan}",
    "PREMIUM_BOOKED": """update policies_ledgerentry set customer = customer - 1, premium = premium + 1
                          where about like 'premium_order:%%'""",
    "ORDER_LINES": "update renewals_orderline set amount = amount - 1",
    "ORDER_RECEIVED": "update payments_collection set amount = amount * 2 where key like 'order:%%'",
    "DUE_STATE": "update policies_policy set paid_to = date '2026-05-10' where id = {order}",
    "UNPAID": "update policies_policy set paid_to = date '2026-05-10' where id = {order}",
    "LAPSED": """update policies_policy set state = 'SUSPENDED', suspended_on = date '2026-07-10'
                  where id = {order}""",
    "REQUEST_BOOKED": "update servicing_request set pays = pays + 1 where kind = 'policy_loan'",
    "REQUEST_PAID": "update payments_payout set amount = amount + 0.01 where purpose = 'SURRENDER'",
    "REQUEST_RECEIVED": """update payments_collection set refunded = 1
                            where about like 'servicing_request:%%'""",
    "SELF_APPROVED": "update servicing_request set prepared_by = decided_by where decided_by <> ''",
    "AUTHORITY": "update people_staffrole set amount_limit = 1",
    "NOT_APPROVED": "update servicing_request set decided_by = '' where decided_by <> ''",
    "PAID_OUT": "delete from payments_payout where about like 'policy:%%'",
    "BENEFIT": "update policies_duebenefit set amount = amount + 1",
    "LEFT_LYING": """update policies_ledgerentry set suspense = 5, customer = customer - 5
                      where policy_id = {gone} and kind = 'SURRENDER'""",
    "DIVIDEND": """update policies_ledgerentry set dividend = dividend + 0.01, benefit = benefit - 0.01
                    where kind = 'DIVIDEND'""",
    "ADDITION": "update policies_paidupaddition set sum = sum + 1",
    "RECORDING_FILE": "update contact_callpiece set sha256 = repeat('0', 64) where number = 1",
    "RECORDING": "update video_session set forgotten_at = ended_at where about = 'policy:{order}'",
}  # fmt: skip


def altered(sql):
    """Behind the back of every room, and of the triggers that refuse it."""
    tx.changed("set local session_replication_role = 'replica'")
    assert tx.changed(sql) >= 1
    tx.changed("set local session_replication_role = 'origin'")


def test_an_honest_world_is_confirmed_and_each_thing_altered_in_it_is_named(world):
    progress = audit()
    assert [(d.kind, d.expected, d.actual) for d in MoneyDifference.objects.all()] == []
    assert (progress.looked_at, progress.differences) == (Policy.objects.count(), 0)
    assert progress.amount == sum(abs(e.customer) for e in LedgerEntry.objects.all())
    said = Event.objects.get(kind="audit.policies_audited")
    assert said.facts["differences"] == 0

    assert PLANTS.keys() == POLICY_KINDS.keys()
    for kind, sql in PLANTS.items():
        place = transaction.savepoint()
        altered(sql.format(**world))
        audit()
        assert kind in found(), f"{kind} was not noticed"
        transaction.savepoint_rollback(place)


@pytest.fixture
def wrong():
    """A policy whose row says that a fen is owed which was never lent."""
    office = make.office()
    policy = make.policy(office)
    altered(f"update policies_policy set loan_owed = 0.01 where id = {policy.id}")
    return office, policy


class TestWhatWasDeleted:
    """A contract of many years ended on a day; its recording was deleted on another."""

    ENDED = date(2015, 6, 30)

    def deleted(self, on, **policy):
        office = make.office()
        found = make.policy(office)
        dates = {"effective_on": date(2005, 7, 1), "ends_on": date(2025, 7, 1), "state": "TERMINATED",
                 "ended_on": self.ENDED, "ending": "SURRENDERED", **policy}  # fmt: skip
        tx.changed("set local session_replication_role = 'replica'")
        Policy.objects.filter(pk=found.id).update(**dates)
        tx.changed("set local session_replication_role = 'origin'")
        filmed(found.id, office, forgotten_at=noon_of(on))
        return found.id, office

    def told(self):
        audit()
        rows = MoneyDifference.objects.filter(kind="RECORDING", state="OPEN")
        return list(rows.values_list("expected", "actual"))

    @pytest.mark.parametrize(
        ("on", "policy", "expected"),
        [
            (date(2025, 6, 30), {}, [("2025-06-30", "2025-06-30")]),
            (date(2025, 7, 1), {}, []),
            (date(2020, 7, 1), {"effective_on": date(2015, 1, 1), "ends_on": date(2015, 7, 1)}, []),
            (date(2020, 7, 1), {"ends_on": None}, [("2025-06-30", "2020-07-01")]),
            (
                date(2025, 7, 1),
                {"state": "IN_FORCE", "ended_on": None, "ending": ""},
                [("KEPT", "2025-07-01")],
            ),
        ],
    )
    def test_is_held_against_the_day_the_law_counts_from_the_contracts_own_dates(
        self, on, policy, expected
    ):
        self.deleted(on, **policy)
        assert self.told() == expected

    @pytest.mark.parametrize(
        ("lifted", "early"), [(None, True), (date(2023, 7, 2), True), (date(2023, 6, 30), False)]
    )
    def test_is_early_under_a_hold_and_for_two_years_after_it(self, lifted, early):
        policy_id, office = self.deleted(date(2025, 7, 1))
        Hold.objects.create(
            about=f"policy:{policy_id}", policy_id=policy_id, office_id=office, cause="LAWSUIT",
            words="诉讼", placed_by="staff:1", placed_at=noon_of(date(2016, 1, 1)),
            lifted_by="staff:2" if lifted else "", lifted_at=noon_of(lifted) if lifted else None,
        )  # fmt: skip
        assert self.told() == ([("HOLD", "2025-07-01")] if early else [])

    def test_a_call_about_a_claim_on_it_counts_too(self):
        make.standards_in_force()
        claim = make.reported_claim()
        talk = contact.open_conversation(
            channel="PHONE", direction="IN", party_id=None, address="",
            about=Ref("claim", claim.claim_id), actor=SYSTEM, at=NOON,
        )  # fmt: skip
        call = CallRecording.objects.create(
            conversation_id=talk, chain="c", began_at=NOON, piece_at=NOON, closed_at=NOON
        )
        assert self.told() == []
        CallRecording.objects.filter(pk=call.pk).update(forgotten_at=NOON + timedelta(days=1))
        [(expected, _day)] = self.told()
        assert expected == "KEPT"
        [row] = MoneyDifference.objects.filter(kind="RECORDING")
        assert row.about == f"conversation:{talk}"


class TestWhatIsToBeThere:
    """The files of a recorded call: a night that reads it whole, and one that looks at both its ends."""

    def night(self, recording_id, *, whole):
        """A moment in which everything of this recording is read, or the first and last piece alone."""
        days = (
            (recording_id - (LATER + timedelta(n)).toordinal()) % recorded_files.NIGHTS == 0
            for n in range(recorded_files.NIGHTS)
        )
        return noon_of(LATER + timedelta(list(days).index(True) + (not whole)))

    def told(self, at):
        audit(at=at)
        rows = MoneyDifference.objects.filter(kind="RECORDING_FILE")
        return list(rows.values_list("place", "actual", "state"))

    def test_a_lost_file_is_found_at_once_or_within_thirty_nights_and_stands_until_it_is_back(self):
        office = make.office()
        call = rung(make.policy(office).id)
        middle = CallPiece.objects.get(recording=call, number=2)
        content = storage.drawer.get(middle.file)
        storage.drawer.remove(middle.file)
        assert self.told(self.night(call, whole=False)) == []
        assert self.told(self.night(call, whole=True)) == [("2/3", "NO_FILE", "OPEN")]
        [item] = Item.objects.filter(queue_id="audit.money")
        assert item.office_id == office
        assert self.told(self.night(call, whole=False)) == [("2/3", "NO_FILE", "OPEN")]
        storage.drawer.put(b"else", middle.file)
        told = self.told(self.night(call, whole=False))
        assert ("2/3", "OTHER_FILE", "OPEN") in told
        storage.drawer.put(content, middle.file)
        assert {state for _p, _a, state in self.told(self.night(call, whole=False))} == {"GONE"}

    def test_ends_are_read_every_night_and_a_missing_row_counts(self):
        call = rung(make.policy(make.office()).id)
        CallPiece.objects.filter(recording=call, number=3).delete()
        assert self.told(self.night(call, whole=False)) == [("3/3", "NO_PIECE", "OPEN")]

    @pytest.mark.parametrize(
        "given", [{"keep_until": date(2026, 9, 1)}, {"forgotten_at": NOON}, {"closed_at": None}]
    )
    def test_what_the_sweep_deletes_or_is_still_coming_is_no_loss(self, given):
        policy = make.policy(make.office()).id
        call = rung(policy)
        CallRecording.objects.filter(pk=call).update(**given)
        for piece in CallPiece.objects.all():
            storage.drawer.remove(piece.file)
        assert self.told(self.night(call, whole=True)) == []


class TestADifference:
    def test_is_a_row_an_event_and_work_once_and_gone_when_it_is_put_right(self, wrong):
        _office, policy = wrong
        audit(at=NOON)
        audit(at=NOON + timedelta(days=1))
        [row] = MoneyDifference.objects.all()
        assert (row.policy_id, row.kind, row.expected, row.actual) == (
            policy.id, "LOAN_OWED", "0.00", "0.01"
        )  # fmt: skip
        assert Event.objects.get(kind="audit.money_difference_found").facts == {
            "subject": f"policy:{policy.id}", "difference": "LOAN_OWED", "expected": "0.00", "actual": "0.01",
        }  # fmt: skip
        assert Item.objects.get(queue_id="audit.money").state == "OPEN"

        Policy.objects.update(loan_owed=0)
        audit(at=NOON + timedelta(days=2))
        row.refresh_from_db()
        assert row.state == "GONE"
        assert Item.objects.get(queue_id="audit.money").state == "CANCELLED" or (
            Item.objects.get(queue_id="audit.money").outcome == "GONE"
        )

    def test_is_seen_and_explained_by_those_with_the_right_over_its_office(self, wrong):
        office, policy = wrong
        audit(at=NOON)
        mine, me = make.colleague(office, "AUDITOR")
        elsewhere, them = make.colleague(make.office(), "AUDITOR")
        clerk, _ = make.colleague(office, "COUNTER")
        [view] = queries.list_differences(mine, scope="POLICIES")
        assert (view.subject, view.gap) == (Ref("policy", policy.id), Decimal("0.01"))
        assert [b.label for b in queries.bookings(mine, view.id)] == ["承保保险费"]
        assert queries.count_open(mine) == {"CLAIMS": 0, "POLICIES": 1}
        assert not queries.list_differences(mine, scope="CLAIMS")
        assert not queries.list_differences(elsewhere)
        assert queries.get_difference(elsewhere, view.id) is None
        assert queries.bookings(elsewhere, view.id) == ()
        with pytest.raises(NotAllowed):
            queries.list_differences(clerk)

        told = {"difference_id": view.id, "explanation": "人工补录，已更正。", "at": NOON}
        with pytest.raises(operations.DifferenceNotFound):
            operations.explain_difference(access=elsewhere, actor=them, **told)
        operations.explain_difference(access=mine, actor=me, **told)
        audit(at=NOON + timedelta(days=1))
        assert MoneyDifference.objects.get().state == "EXPLAINED"

    def test_runs_of_claims_and_of_policies_do_not_stand_in_each_others_way(self, wrong):
        claims = operations.start_money_audit(actor=SYSTEM, at=NOON)
        books = operations.start_money_audit(actor=SYSTEM, at=NOON, scope=operations.POLICIES)
        assert claims != books
        assert operations.start_money_audit(actor=SYSTEM, at=NOON, scope="POLICIES") == books

    def test_a_run_goes_on_where_it_was_left(self, wrong):
        make.policy(wrong[0])
        run_id = operations.start_money_audit(actor=SYSTEM, at=NOON, scope=operations.POLICIES)
        first = operations.audit_batch(run_id=run_id, at=NOON, limit=1)
        assert (first.looked_at, first.differences, first.done) == (1, 1, False)
        night = NOON + timedelta(hours=14)
        assert jobs.audit_money(night) == 1  # the policy that was left
        assert jobs.audit_money(night) == 0
        assert MoneyRun.objects.get(scope="POLICIES").looked_at == 2
