"""The same thing done by many at once happens once: real connections, real commits."""

import threading
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection

from tests import make
from tests.claims.test_late import Owed
from yilu.claims import operations, queries
from yilu.claims.models import Claim, Decision, LateInterest, WaitingReport
from yilu.claims.operations import Verdict, steps
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.people import queries as people_queries
from yilu.policies.models import BenefitUse

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run each in a thread of its own, let go together; results and refusals in their order."""
    gate = threading.Barrier(len(acts))
    done = [None] * len(acts)

    def run(n, act):
        try:
            gate.wait()
            done[n] = act()
        except Refusal as refused:
            done[n] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n, act)) for n, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return done


def test_twelve_taps_with_one_key_are_one_claim(office):
    lin = make.insured(office)
    told = make.report(make.medical_policy(office, holder_id=lin).number, lin)

    def tap():
        return operations.report_claim(report=told, actor=Ref("party", lin), at=make.NOON)

    made = at_once(*[tap] * 12)

    assert len({m.claim_id for m in made}) == 1
    assert sum(m.is_new for m in made) == 1
    assert Claim.objects.count() == 1
    assert Event.objects.filter(kind="claims.claim_reported").count() == 1
    assert Message.objects.count() == 1


def test_six_people_reporting_one_loss_are_one_claim_and_five_that_joined(office):
    lin = make.insured(office)
    policy = make.medical_policy(office, holder_id=lin)
    made = at_once(
        *[
            lambda n=n: operations.report_claim(
                report=make.report(policy.number, lin, request_key=f"hand-{n}"),
                actor=Ref("party", lin), at=make.NOON,
            )
            for n in range(6)
        ]
    )  # fmt: skip

    assert len({m.claim_id for m in made}) == 1
    assert sorted(Claim.objects.values_list("state", flat=True)) == ["MERGED"] * 5 + ["REPORTED"]


def test_two_approvers_make_one_decision(office):
    claim = make.claim_in_review(office_id=office)
    people = [make.colleague(office, "ASSESSOR") for _ in range(2)]
    digest = queries.desk(claim.claim_id, people[0][0], make.NOON).digest
    done = at_once(
        *[
            lambda who=who: operations.decide(
                claim_id=claim.claim_id, verdict=Verdict(digest=digest, kind="APPROVE"),
                access=who[0], actor=who[1], at=make.NOON,
            )
            for who in people
        ]
    )  # fmt: skip

    assert sum(isinstance(d, Refusal) for d in done) == 1
    assert Decision.objects.count() == 1
    assert Payout.objects.count() == 1
    assert BenefitUse.objects.count() == 1


def test_approval_and_withdrawal_cannot_both_win(office):
    lin = make.insured(office)
    claim = make.claim_in_review(holder_id=lin, office_id=office)
    access, chen = make.colleague(office, "ASSESSOR")
    digest = queries.desk(claim.claim_id, access, make.NOON).digest
    done = at_once(
        lambda: operations.decide(
            claim_id=claim.claim_id, verdict=Verdict(digest=digest, kind="APPROVE"), access=access,
            actor=chen, at=make.NOON,
        ),
        lambda: operations.withdraw_claim(
            claim_id=claim.claim_id, actor=Ref("party", lin), at=make.NOON
        ),
    )  # fmt: skip

    assert sum(isinstance(d, Refusal) for d in done) == 1
    state = Claim.objects.get(pk=claim.claim_id).state
    assert Payout.objects.count() == (1 if state == "PAYING" else 0)


def test_a_settlement_told_six_times_at_once_is_counted_once(office, monkeypatch):
    made = make.reported_claim(office_id=office)
    operations.hand_in_invoices(
        claim_id=made.claim_id, provider_id=1, invoices=[make.invoice()], actor=SYSTEM, at=make.NOON
    )
    payout = Payout.objects.get()
    close = tx.use_case(steps.close_paid_claim)
    at_once(
        *[
            lambda: close(
                claim_id=made.claim_id,
                payout_id=payout.pk,
                amount="810.00",
                purpose="CLAIM",
                at=make.NOON,
            )
        ]
        * 6
    )
    assert Claim.objects.get(pk=made.claim_id).paid_amount == Decimal("810.00")
    assert Event.objects.filter(kind="claims.claim_paid").count() == 1


def test_claims_of_one_policy_never_spend_more_than_its_limit(office):
    lin = make.insured(office)
    policy = make.medical_policy(office, holder_id=lin, sum_insured=Decimal(5000))
    account = make.account(lin)
    made = [
        make.reported_claim(
            lin, office_id=office, policy_number=policy.number, account_id=account,
            loss_date=date(2026, 2, 1 + n),
        )
        for n in range(2)
    ]  # fmt: skip
    bills = [
        make.invoice(
            each="1500.00",
            fund_paid="0.00",
            admitted_on=f"2026-02-0{n + 1}",
            discharged_on="2026-02-09",
        )
        for n in range(2)
    ]
    at_once(
        *[
            lambda n=n: operations.hand_in_invoices(
                claim_id=made[n].claim_id,
                provider_id=1,
                invoices=[bills[n]],
                actor=SYSTEM,
                at=make.NOON,
            )
            for n in range(2)
        ]
    )
    assert sum(u.paid for u in BenefitUse.objects.all()) == Decimal("5000.00")
    assert sum(p.amount for p in Payout.objects.all()) == Decimal("5000.00")


def test_an_offer_tapped_six_times_is_one_claim(office):
    lin = make.insured(office)
    make.account(lin)
    make.consent(lin, "MEDICAL_DATA_FETCH")
    offer_id = operations.offer_proactive_claim(
        policy_number=make.medical_policy(office, holder_id=lin).number, party_id=lin,
        claim_type="MEDICAL", provider_id=1, invoices=[make.invoice()], actor=Ref("provider", 1),
        at=make.NOON,
    )  # fmt: skip
    done = at_once(
        *[
            lambda: operations.confirm_offer(
                offer_id=offer_id, actor=Ref("party", lin), at=make.NOON
            )
        ]
        * 6
    )
    assert len({d.claim_id for d in done}) == 1
    assert Claim.objects.count() == Payout.objects.count() == 1


def test_the_second_of_two_corrections_of_an_account_is_refused(office):
    lin = make.insured(office)
    made = make.reported_claim(lin, office_id=office, account_id=None)
    operations.hand_in_invoices(
        claim_id=made.claim_id, provider_id=1, invoices=[make.invoice()], actor=SYSTEM, at=make.NOON
    )
    accounts = [make.account(lin) for _ in range(2)]
    done = at_once(
        *[
            lambda a=a: operations.correct_account(
                claim_id=made.claim_id, account_id=a, actor=Ref("party", lin), at=make.NOON
            )
            for a in accounts
        ]
    )
    assert sum(isinstance(d, Refusal) for d in done) == 1
    assert Payout.objects.count() == 1


def test_two_devices_the_worker_and_a_cancel_make_one_claim_or_none(office):
    hua = make.party(office, birth_date=date(1985, 6, 15))
    policy = make.medical_policy(office, holder_id=hua)
    access, seat = make.colleague(office, "INTAKE")
    kept = operations.report_or_keep(
        report=make.report(policy.number, hua, channel="PHONE"), actor=seat, access=access,
        at=make.NOON,
    )  # fmt: skip
    version = people_queries.consent_text("HEALTH_DATA").version

    def agree():
        return operations.agree_to_report(
            waiting_id=kept.waiting_id, text_version=version, actor=Ref("party", hua), at=make.NOON
        )

    def cancel():
        operations.take_report_back(waiting_id=kept.waiting_id, actor=seat, at=make.NOON)

    def worker():
        return tx.use_case(steps.file_what_waited)(hua, at=make.NOON)

    done = at_once(agree, agree, cancel, worker, worker)

    row = WaitingReport.objects.get()
    agreed = [each for each in done[:2] if not isinstance(each, Refusal)]
    if row.state == "FILED":
        assert Claim.objects.get().pk == row.claim_id
        assert set(agreed) == {row.claim_id}
        assert isinstance(done[2], operations.WaitingReportOver)
    else:
        assert (row.state, agreed, Claim.objects.count()) == ("ENDED", [], 0)


def test_two_seats_with_one_loss_keep_one_report(office):
    hua = make.party(office, birth_date=date(1985, 6, 15))
    policy = make.medical_policy(office, holder_id=hua)
    access, seat = make.colleague(office, "INTAKE")

    def keep(n):
        return operations.report_or_keep(
            report=make.report(policy.number, hua, channel="PHONE", request_key=f"seat-{n}"),
            actor=seat, access=access, at=make.NOON,
        )  # fmt: skip

    made = at_once(*[partial(keep, n) for n in range(4)])

    assert {each.waiting_id for each in made} == {WaitingReport.objects.get().pk}
    assert sum(each.is_new for each in made) == 1
    assert Message.objects.filter(template="claims.consent_wanted").count() == 1


class TestLateInterest:
    """Interest for money that came late: worked out, decided and paid once, whoever is quicker."""

    @pytest.fixture
    def owed(self, insurer):
        return Owed().approve()

    def test_two_workers_who_hear_of_the_money_work_it_out_once(self, owed):
        at_once(*[lambda: owed.settle(days=18)] * 3)
        assert LateInterest.objects.count() == 1
        assert Event.objects.filter(kind="claims.late_interest_worked_out").count() == 1

    def test_granted_by_one_and_shortened_by_another_is_decided_once(self, owed):
        owed.settle(days=18)
        results = at_once(
            owed.decide, lambda: owed.decide(owed.office.zhu, days=0, reason="客户书面要求推迟付款")
        )
        assert [type(each).__name__ for each in results].count("NothingLate") == 1
        row = LateInterest.objects.get()
        paid = Payout.objects.filter(purpose="INTEREST").count()
        assert (row.state, paid) in {("GRANTED", 1), ("REFUSED", 0)}
        assert Event.objects.filter(kind="claims.late_interest_decided").count() == 1

    def test_granted_twice_at_once_is_paid_once(self, owed):
        owed.settle(days=18)
        results = at_once(*[owed.decide] * 3)
        assert [type(each).__name__ for each in results].count("NothingLate") == 2
        assert Payout.objects.filter(purpose="INTEREST").count() == 1
        assert Message.objects.filter(template="claims.late_interest").count() == 1

    def test_that_the_interest_is_there_is_said_once(self, owed):
        owed.settle(days=18)
        payout = Payout.objects.get(pk=owed.decide())
        at_once(*[lambda: owed.settle(payout, days=20)] * 3)
        assert Event.objects.filter(kind="claims.late_interest_paid").count() == 1
