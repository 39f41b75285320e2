"""The daily run: every stage of an unpaid premium, once each, wherever it is interrupted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.renewals import desk
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.payments.models import Collection, Payout
from yilu.people import operations as people
from yilu.policies import operations as policies
from yilu.policies import queries as queries_of_policies
from yilu.policies.models import Policy
from yilu.renewals import jobs, operations
from yilu.renewals.models import BenefitNotice, DailyRun, PremiumDue, PremiumOrder, RenewalCase
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


def test_an_unpaid_premium_goes_through_every_stage_once():
    policy = desk.policy()
    seen = {}
    for offset in (-61, -60, -31, -30, -29, -7, -6, 0, 1, 53, 60, 61, 62):
        desk.run(desk.days(offset))
        desk.run(desk.days(offset))  # twice a day is once
        policy.refresh_from_db()
        seen[offset] = (policy.state, desk.told())
    assert not seen[-61][1]
    assert seen[-31] == ("IN_FORCE", [])
    assert seen[-29] == ("IN_FORCE", ["coming"])
    assert seen[-6] == ("IN_FORCE", ["coming"] * 2)
    assert seen[0] == ("IN_FORCE", ["coming"] * 2 + ["due_today"])
    assert seen[1][0] == "GRACE"
    assert seen[60] == ("GRACE", ["coming"] * 2 + ["due_today", "grace_ending"])
    assert seen[62] == ("SUSPENDED", ["coming"] * 2 + ["due_today", "grace_ending", "lapsed"])
    due = desk.due(policy)
    assert (due.state, due.lapsed_on) == ("LAPSED", desk.days(61))
    assert due.window_ends_on == date(2028, 7, 10)
    assert desk.happened("lapse_told") == 1
    assert desk.happened("reminded") == 4


def test_a_lapse_undone_is_asked_for_by_its_own_day_and_not_lapsed_again_before_it():
    policy = desk.policy()
    for offset in (-30, 0, 1, 61, 62):
        desk.run(desk.days(offset))
    policy.refresh_from_db()
    assert policy.state == "SUSPENDED"
    on = desk.days(70)
    tx.use_case(policies.undo_lapse)(
        policy_id=policy.pk, about=Ref("claim", 1), actor=SYSTEM, at=desk.noon(on)
    )
    journal.run_reactions(at=desk.noon(on))

    due = desk.due(policy)
    assert (due.state, due.lapsed_on, due.window_ends_on) == ("OPEN", None, None)
    assert due.grace_ends_on == on + timedelta(days=60)
    assert due.debit_on is None
    desk.run(due.grace_ends_on)
    policy.refresh_from_db()
    assert policy.state == "GRACE"
    desk.run(due.grace_ends_on + timedelta(days=2))
    policy.refresh_from_db()
    assert (policy.state, policy.suspended_on) == (
        "SUSPENDED", due.grace_ends_on + timedelta(days=1),
    )  # fmt: skip


def test_after_days_without_a_run_only_the_latest_stage_is_told():
    desk.policy()
    desk.run(desk.days(-3))
    assert desk.told() == ["coming"]
    desk.run(desk.days(55))
    assert desk.told() == ["coming", "grace_ending"]


def test_a_holder_with_several_policies_hears_of_them_together():
    office = make.office()
    holder = make.party(office)
    for _ in range(3):
        desk.policy(office, holder_id=holder)
    desk.run(desk.days(-30))
    message = Message.objects.get(template="renewals.coming")
    assert message.facts["amount"] == "12000.00"
    assert message.facts["policies"].endswith("等3张保单")
    assert desk.happened("reminded") == 3


@pytest.mark.parametrize(
    ("wish", "first", "told", "calls"),
    [
        ({"reminded": False, "reminder": "SMS", "days": 30}, -30, ["due_today"], 0),
        (
            {"reminded": True, "reminder": "SMS", "days": 60},
            -60,
            ["coming", "coming", "due_today"],
            0,
        ),
        ({"reminded": True, "reminder": "CALENDAR", "days": 15}, -15, ["due_today"], 0),
        ({"reminded": True, "reminder": "PHONE", "days": 15}, -15, ["due_today"], 1),
    ],
)
def test_reminders_follow_the_holders_wish_and_the_law_is_always_told(wish, first, told, calls):
    policy = desk.policy()
    tx.use_case(people.set_reminders)(party_id=policy.holder_id, **wish, actor=SYSTEM, at=make.NOON)
    for offset in (first, -7, 0):
        desk.run(desk.days(offset))
    assert desk.told() == told
    assert Item.objects.filter(queue_id="renewals.call").count() == calls


def test_while_a_question_is_open_no_debit_no_order_no_reminder_goes_out_and_nothing_lapses():
    office = make.office()
    holder = make.party(office)
    policy = desk.policy(office, holder_id=holder, account_id=make.account(holder))
    desk.run(desk.days(-31))
    desk.hold(policy, desk.days(-31))
    for offset in (-30, -7, 0, 3, 55, 61, 62):
        desk.run(desk.days(offset))
    policy.refresh_from_db()
    assert policy.state == "GRACE"
    assert desk.told() == []
    assert not Collection.objects.exists()
    assert not RenewalCase.objects.exists()
    with pytest.raises(operations.CollectionHeld):
        operations.make_order(
            holder_id=holder, due_ids=[desk.due(policy).pk], request_key="a", actor=SYSTEM,
            at=desk.noon(desk.days(3)),
        )  # fmt: skip


def test_what_was_promised_before_the_question_arose_is_taken_back():
    office = make.office()
    holder = make.party(office)
    policy = desk.policy(office, holder_id=holder, account_id=make.account(holder))
    desk.run(desk.days(0))
    assert Collection.objects.get().state == "WAITING"
    desk.hold(policy, desk.days(0))
    journal.run_reactions(at=desk.noon(desk.days(0)))
    assert Collection.objects.get().state == "CANCELLED"
    assert PremiumOrder.objects.get().state == "CANCELLED"


def test_waived_premiums_are_not_asked_for():
    policy = desk.policy()
    Policy.objects.filter(pk=policy.pk).update(waived_from=desk.days(-100))
    for offset in (-30, 0, 62):
        desk.run(desk.days(offset))
    policy.refresh_from_db()
    assert (policy.state, desk.told(), PremiumDue.objects.count()) == ("IN_FORCE", [], 0)


def test_a_waiver_stops_what_is_being_asked_and_its_end_asks_again_with_time_to_pay():
    office = make.office()
    holder = make.party(office)
    policy = desk.policy(office, holder_id=holder, account_id=make.account(holder))
    desk.run(desk.days(0))
    told = {
        "policy_id": policy.pk, "waived_from": desk.days(-100), "claim_ref": make.Ref("claim", 1),
        "actor": SYSTEM,
    }  # fmt: skip
    tx.use_case(policies.waive_premiums)(**told, at=desk.noon(desk.days(1)))
    journal.run_reactions(at=desk.noon(desk.days(1)))
    assert (desk.due(policy).state, PremiumOrder.objects.get().state) == ("WAIVED", "CANCELLED")
    desk.run(desk.days(70))
    policy.refresh_from_db()
    assert (policy.state, PremiumDue.objects.count()) == ("IN_FORCE", 1)

    tx.use_case(policies.ask_premiums_again)(**told, at=desk.noon(desk.days(80)))
    journal.run_reactions(at=desk.noon(desk.days(80)))
    due = desk.due(policy)
    assert (due.state, due.debit_on, due.grace_ends_on) == ("OPEN", None, desk.days(140))
    desk.run(desk.days(139))
    policy.refresh_from_db()
    assert policy.state == "GRACE"
    desk.run(desk.days(142))
    policy.refresh_from_db()
    assert policy.state == "SUSPENDED"


def test_a_debit_is_tried_on_the_due_day_and_days_after_while_nothing_else_is_under_way():
    office = make.office()
    holder = make.party(office)
    desk.policy(office, holder_id=holder, account_id=make.account(holder))
    desk.run(desk.days(-1))
    assert not Collection.objects.exists()
    desk.run(desk.days(0))
    desk.run(desk.days(3))  # the first is still under way
    collection = Collection.objects.get()
    assert (collection.method, collection.amount, collection.payer_id) == (
        "BANK_DEBIT",
        4000,
        holder,
    )
    assert PremiumOrder.objects.get().collection_id == collection.pk


def test_only_the_holders_own_active_account_is_debited():
    office = make.office()
    holder, other = make.party(office), make.party(office)
    desk.policy(office, holder_id=holder, account_id=make.account(other))
    desk.run(desk.days(0))
    assert not Collection.objects.exists()


class TestInterrupted:
    def test_a_killed_run_goes_on_where_it_was_without_double_effects(self, monkeypatch):
        office = make.office()
        for _ in range(6):
            desk.policy(office)
        first = Policy.objects.order_by("pk").first().pk
        day = desk.days(-30)
        run_id = operations.start_run(day=day, at=desk.noon(day), part_size=2)
        assert operations.start_run(day=day, at=desk.noon(day), part_size=2) == run_id
        while operations.progress(day).done * 2 < first + 1:
            operations.work_part(run_id=run_id, at=desk.noon(day))
        sent = Message.objects.count()
        assert 0 < sent < 6

        class Killed(BaseException):
            """The process ends here."""

        def dies(span):
            raise Killed

        from yilu.renewals.operations import advising

        monkeypatch.setattr(advising, "find_doubtful", dies)
        with pytest.raises(Killed):
            operations.work_part(run_id=run_id, at=desk.noon(day))
        assert Message.objects.count() == sent
        assert not operations.finish_run(run_id=run_id, at=desk.noon(day))
        monkeypatch.undo()

        assert operations.run_day(day=day, at=desk.noon(day), part_size=2).finished
        assert Message.objects.filter(template="renewals.coming").count() == 6
        assert desk.happened("reminded") == 6
        assert desk.happened("run_finished") == 1
        run = DailyRun.objects.get(day=day)
        assert run.counts["reminded"] == 6
        assert operations.work_part(run_id=run_id, at=desk.noon(day)) is None

    def test_days_that_were_missed_are_done_in_order(self):
        desk.policy()
        desk.run(desk.days(-31))
        at = desk.noon(desk.days(-28))
        while jobs.run_daily(at):
            pass
        done = list(DailyRun.objects.order_by("day").values_list("day", flat=True))
        assert done == [desk.days(n) for n in (-31, -30, -29, -28)]
        assert not DailyRun.objects.filter(ended_at=None).exists()
        assert jobs.run_daily(at) == 0
        night = desk.noon(desk.days(-27)) - timedelta(hours=11, minutes=30)
        assert jobs.run_daily(night) == 0  # half past midnight: the banks are not ready


class TestTheEnd:
    def lapsed(self, **given):
        policy = desk.policy(**given)
        for offset in (0, 1, 61):
            desk.run(desk.days(offset))
        policy.refresh_from_db()
        assert policy.state == "SUSPENDED"
        return policy

    def over(self, **given):
        """Two years are over: the case that waits for a person, and somebody who may end it."""
        policy = self.lapsed(**given)
        until = desk.due(policy).window_ends_on
        desk.run(until + timedelta(days=1))
        case = RenewalCase.objects.get(kind="END")
        access, actor = make.colleague(policy.office_id, "RENEWAL_ADVISER")
        told = {
            "case_id": case.pk, "note": "已电话说明", "access": access, "actor": actor,
            "at": desk.noon(until + timedelta(days=2)),
        }  # fmt: skip
        return policy, told

    def test_the_way_back_is_told_twice_more_then_a_person_is_asked_and_nothing_ends(self):
        policy = self.lapsed()
        until = desk.due(policy).window_ends_on
        for before in (91, 90, 89, 30, 1, 0):
            desk.run(until - timedelta(days=before))
        assert desk.told("window_closing") == ["window_closing"] * 2
        assert not RenewalCase.objects.filter(kind="END").exists()
        for after in (1, 2):
            desk.run(until + timedelta(days=after))
        policy.refresh_from_db()
        assert policy.state == "SUSPENDED"  # the law gives a right, a person uses it
        assert RenewalCase.objects.filter(kind="END").count() == 1

    def test_a_person_ends_it_with_a_letter_and_its_value_is_paid(self):
        office = make.office()
        holder = make.party(office)
        account = make.account(holder)
        policy, told = self.over(office_id=office, holder_id=holder)
        with pytest.raises(policies.ValueChanged):
            operations.end_lapsed(expected=Decimal("0.01"), **told)
        policy.refresh_from_db()
        assert policy.state == "SUSPENDED"
        pays = queries_of_policies.surrender_of(policy.pk, day_of(told["at"]))[0].pays
        assert operations.end_lapsed(expected=pays, **told) == pays
        with pytest.raises(operations.CaseClosedAlready):
            operations.end_lapsed(expected=pays, **told)
        policy.refresh_from_db()
        assert (policy.state, policy.ending) == ("TERMINATED", "LAPSED")
        payout = Payout.objects.get()
        assert (payout.account_id, payout.amount) == (account, pays)
        assert desk.told("window_closed") == ["window_closed"]
        letter = IssuedLetter.objects.get(kind="RESCINDED")
        assert (letter.party_id, letter.facts["amount"]) == (holder, str(pays))

    def test_without_an_account_it_stays_the_holders_and_somebody_looks_for_them(self):
        policy, told = self.over()
        pays = queries_of_policies.surrender_of(policy.pk, day_of(told["at"]))[0].pays
        operations.end_lapsed(expected=pays, **told)
        journal.run_reactions(at=told["at"])
        left = queries_of_policies.leftover_of(policy.pk, day_of(told["at"]))
        assert left.owners == {policy.holder_id: pays}
        assert Item.objects.filter(queue_id="policies.leftover", amount=pays).count() == 1

    def test_one_that_was_revived_meanwhile_and_another_office_are_refused(self):
        policy, told = self.over()
        strange, _ = make.colleague(make.office(), "RENEWAL_ADVISER")
        with pytest.raises(operations.CaseNotFound):
            operations.end_lapsed(expected=Decimal(1), **told | {"access": strange})
        Policy.objects.filter(pk=policy.pk).update(state="IN_FORCE", suspended_on=None)
        with pytest.raises(operations.NotOverYet):
            operations.end_lapsed(expected=Decimal(1), **told)

    def test_an_advance_keeps_cover_where_the_holder_agreed(self):
        policy = desk.policy(effective_on=date(2016, 5, 10))
        Policy.objects.filter(pk=policy.pk).update(advances_premium=True)
        for offset in (0, 1, 61):
            desk.run(desk.days(offset))
        policy.refresh_from_db()
        assert (policy.state, policy.paid_to) == ("IN_FORCE", date(2027, 5, 10))
        assert PremiumDue.objects.get(due_on=desk.DUE).state == "ADVANCED"
        assert "lapsed" not in desk.told()


def test_what_was_paid_at_a_counter_is_off_the_list_at_once():
    policy = desk.policy()
    desk.run(desk.days(-30))
    policies.receive_premium(
        policy_id=policy.pk, amount=policy.premium, actor=SYSTEM, at=desk.noon(desk.days(-29))
    )
    journal.run_reactions(at=desk.noon(desk.days(-29)))
    assert desk.due(policy).state == "PAID"
    desk.run(desk.days(0))
    assert desk.told() == ["coming"]


def test_survival_and_maturity_benefits_are_announced_once_and_then_swept():
    office = make.office()
    holder = make.party(office, identity_number=make.resident_id(born=date(1965, 6, 15)))
    policy = desk.policy(
        office, holder_id=holder, product_code="annuity", effective_on=date(2020, 5, 10),
    )  # fmt: skip
    desk.run(desk.DUE)
    desk.run(desk.DUE)
    notices = list(BenefitNotice.objects.filter(policy=policy))
    assert notices
    assert desk.told("benefit_waits")
    count = len(desk.told("benefit_waits"))
    desk.run(desk.DUE + timedelta(days=90))
    desk.run(desk.DUE + timedelta(days=180))
    assert len(desk.told("benefit_waits")) > count
    assert Item.objects.filter(queue_id="renewals.unclaimed").count() == 1
    desk.run(desk.DUE + timedelta(days=360))
    assert BenefitNotice.objects.filter(look_on__isnull=False, due_on=desk.DUE).count() == 0


def test_a_completed_policy_year_and_a_loan_that_falls_due_are_told():
    policy = desk.policy(paid_to=date(2027, 5, 10))
    from yilu.policies.models import PolicyLoan

    PolicyLoan.objects.create(
        policy=policy, kind="LOAN", principal=1000, rate="0.05", since=date(2025, 12, 10),
        due_on=desk.days(30), opened_on=date(2025, 12, 10),
    )  # fmt: skip
    for offset in (-1, 0, 1, 23):
        desk.run(desk.days(offset))
    assert desk.told("anniversary") == ["anniversary"]
    assert desk.told("loan_due") == ["loan_due"] * 2


def test_another_wish_for_the_time_moves_what_is_listed_already():
    policy = desk.policy()
    desk.run(desk.days(-60))
    tx.use_case(people.set_reminders)(
        party_id=policy.holder_id, reminded=True, reminder="SMS", days=15, actor=SYSTEM,
        at=make.NOON,
    )  # fmt: skip
    journal.run_reactions(at=desk.noon(desk.days(-60)))
    desk.run(desk.days(-30))
    assert desk.told() == []
    desk.run(desk.days(-15))
    assert desk.told() == ["coming"]


def test_a_part_takes_as_many_statements_for_many_policies_as_for_few():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(day, count, office):
        for _ in range(count):
            holder = make.party(office)
            desk.policy(office, holder_id=holder, account_id=make.account(holder))
        with CaptureQueriesContext(connection) as seen:
            operations.run_day(day=day, at=desk.noon(day))
        return len(seen)

    office = make.office()
    few = statements(desk.days(0), 2, office)
    Policy.objects.update(paid_to=date(2030, 1, 1))
    DailyRun.objects.all()[0].parts.all().delete()
    DailyRun.objects.all().delete()
    many = statements(desk.days(0), 8, office)
    assert Collection.objects.count() == 10
    assert many <= few  # what rules were read once is kept


def test_premiums_of_a_contract_thought_to_have_ended_are_asked_for_again_and_never_debited():
    office = make.office()
    holder = make.party(office)
    policy = desk.policy(office, holder_id=holder, account_id=make.account(holder))
    desk.run(desk.days(-40))
    ended = {"policy_id": policy.pk, "actor": SYSTEM, "at": desk.noon(desk.days(-20))}
    policies.terminate_policy(ending="PAID_OUT", on=desk.days(-20), **ended)
    journal.run_reactions(at=desk.noon(desk.days(-20)))
    assert desk.due(policy).state == "CLOSED"
    back = desk.days(200)
    made = tx.use_case(policies.revive_paid_out)(
        policy_id=policy.pk, about=make.Ref("claim", 1), actor=SYSTEM, at=desk.noon(back)
    )
    journal.run_reactions(at=desk.noon(back))
    assert (made.dues, made.owed) == ((desk.DUE,), Decimal("4000.00"))
    assert made.next_due == date(2027, 5, 10)
    due = desk.due(policy)
    assert (due.state, due.grace_ends_on) == ("OPEN", back + timedelta(days=60))
    for offset in (201, 240, 254, 260):
        desk.run(desk.days(offset))
    policy.refresh_from_db()
    assert policy.state == "GRACE"
    assert not Collection.objects.exists()
    assert desk.told()[-1] == "grace_ending"
    tx.use_case(policies.take_premium)(
        policy_id=policy.pk, amount=Decimal("4000.00"), about=make.Ref("counter", 1), actor=SYSTEM,
        at=desk.noon(desk.days(260)),
    )  # fmt: skip
    policy.refresh_from_db()
    assert (policy.state, policy.paid_to) == ("IN_FORCE", made.next_due)
