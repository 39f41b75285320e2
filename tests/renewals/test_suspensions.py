"""A contract whose loan outgrew its value: told why, the way back warned of, the end prepared, as any other."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from tests import make
from tests.policies.lives import valuable
from tests.renewals import desk
from tests.web.signing import signed_in
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.policies import operations as policies
from yilu.policies import queries as queries_of_policies
from yilu.policies.models import Policy, PolicyLoan
from yilu.renewals import operations, queries
from yilu.renewals.models import PremiumDue, RenewalCase, Suspension

pytestmark = pytest.mark.django_db

SINCE = date(2026, 6, 1)
UNTIL = date(2028, 6, 1)


def lent(share, **given):
    """A whole life contract on which so much of its value is lent."""
    policy = valuable(**given)
    worth = queries_of_policies.values_on(policy.pk, SINCE).cash_value
    PolicyLoan.objects.create(
        policy=policy, kind="LOAN", principal=worth * Decimal(share), rate="0.05", since=SINCE,
        due_on=SINCE + timedelta(days=180), opened_on=SINCE,
    )  # fmt: skip
    return policy


def check(on):
    policies.check_loans(at=desk.noon(on), today=on, actor=SYSTEM)
    journal.run_reactions(at=desk.noon(on))


def outgrown(**given):
    policy = lent("1.01", **given)
    check(SINCE)
    policy.refresh_from_db()
    assert (policy.state, policy.suspended_for) == ("SUSPENDED", "LOAN")
    return policy


@pytest.mark.parametrize("paid_to", [None, date(2027, 3, 1), date(2026, 6, 20)])
def test_its_holder_hears_the_true_reason_at_once_and_once(paid_to):
    """Nothing more to pay, a premium far off, a premium on the list: it makes no difference."""
    make.standards_in_force()
    policy = lent("1.01")
    Policy.objects.filter(pk=policy.pk).update(paid_to=paid_to)
    desk.run(SINCE - timedelta(days=1))
    check(SINCE)
    assert desk.told("lapsed") == ["lapsed_by_loan"]
    desk.run(SINCE)
    desk.run(SINCE + timedelta(days=1))
    assert desk.told("lapsed") == ["lapsed_by_loan"]
    facts = Message.objects.get(template="renewals.lapsed_by_loan").facts
    assert (facts["since"], facts["until"]) == (SINCE.isoformat(), UNTIL.isoformat())
    desk.arrived("lapsed_by_loan", SINCE)
    assert desk.clock_of(policy.ref, "law.lapse_notice_10_days", SINCE).state == "MET"
    (seen,) = queries.list_suspensions(policy.holder_id, SINCE)
    assert (seen.reason, seen.window_ends_on, seen.too_late) == ("LOAN", UNTIL, False)


def test_the_run_tells_of_one_whose_reaction_never_came():
    outgrown()
    Suspension.objects.all().delete()
    Message.objects.all().delete()
    desk.run(SINCE)
    assert desk.told("lapsed") == ["lapsed_by_loan"]


def test_a_loan_that_comes_near_the_value_is_told_before_once_until_it_was_farther_off():
    policy = lent("0.96")
    for _ in range(2):
        check(SINCE)
        PolicyLoan.objects.update(checked_on=None)
    assert desk.told("loan_nears") == ["loan_nears_value"]
    for share, times in (("0.5", 1), ("0.96", 2)):
        worth = queries_of_policies.values_on(policy.pk, SINCE).cash_value
        PolicyLoan.objects.update(checked_on=None, principal=worth * Decimal(share))
        check(SINCE)
        assert len(desk.told("loan_nears")) == times
    policy.refresh_from_db()
    assert policy.state == "IN_FORCE"


def test_the_agent_of_record_sees_it_while_it_can_go_on():
    office = make.office()
    agent = make.agent(office)
    policy = outgrown(office_id=office, agent_id=agent)
    outgrown(office_id=office, agent_id=make.agent(office))  # a colleague's
    (seen,) = queries.list_suspensions_for_agent(agent, UNTIL)
    assert (seen.policy_id, seen.holder_id, seen.reason) == (policy.pk, policy.holder_id, "LOAN")
    assert queries.list_suspensions_for_agent(agent, UNTIL + timedelta(days=1)) == ()
    page = signed_in(Ref("agent", agent)).get(reverse("counter:renewals")).content.decode()
    assert "2028年6月1日 前可以复效" in " ".join(page.split())
    assert "借款" not in page  # why is the customer's own matter


class TestTheWayBack:
    def test_is_told_twice_more_and_then_a_person_ends_the_contract(self):
        office = make.office()
        policy = outgrown(office_id=office)
        for before in (91, 90, 89, 30, 1, 0):
            desk.run(UNTIL - timedelta(days=before))
        assert desk.told("window_closing") == ["window_closing"] * 2
        assert not RenewalCase.objects.exists()
        for after in (1, 2):
            desk.run(UNTIL + timedelta(days=after))
        case = RenewalCase.objects.get()
        access, actor = make.colleague(office, "RENEWAL_ADVISER")
        (seen,) = queries.cases(access)
        assert (seen.kind, seen.policy_id, seen.due_id, seen.amount) == (
            "END",
            policy.pk,
            None,
            None,
        )
        assert seen.why_suspended == "借款本息超过现金价值"
        at = desk.noon(UNTIL + timedelta(days=3))
        pays = queries_of_policies.surrender_of(policy.pk, UNTIL + timedelta(days=3))[0].pays
        operations.end_lapsed(
            case_id=case.pk, expected=pays, note="已电话说明", access=access, actor=actor, at=at
        )
        journal.run_reactions(at=at)
        policy.refresh_from_db()
        assert (policy.state, policy.ending) == ("TERMINATED", "LAPSED")
        assert Suspension.objects.get().ended_on == UNTIL + timedelta(days=3)

    def test_one_that_goes_on_closes_the_case_and_asks_for_premiums_as_ever(self):
        policy = lent("1.01")
        due = date(2026, 6, 20)
        Policy.objects.filter(pk=policy.pk).update(paid_to=due)
        desk.run(SINCE - timedelta(days=1))
        check(SINCE)
        desk.run(SINCE)
        assert PremiumDue.objects.get().state == "LAPSED"
        on = SINCE + timedelta(days=2)
        tx.use_case(operations.caring.open_end)(
            suspension=Suspension.objects.get(), at=desk.noon(on)
        )
        needed = policies.needed_to_reinstate(policy.pk, on)
        policies.reinstate_policy(
            policy_id=policy.pk, on=on, received=needed, about=policy.ref, actor=SYSTEM,
            at=desk.noon(on),
        )  # fmt: skip
        journal.run_reactions(at=desk.noon(on))
        policy.refresh_from_db()
        assert (policy.state, policy.suspended_for) == ("IN_FORCE", "")
        assert RenewalCase.objects.get().outcome == "REINSTATED"
        listed = PremiumDue.objects.get()
        assert (listed.state, listed.lapsed_on, listed.remind_on) == ("OPEN", None, on)
        assert queries.list_suspensions(policy.holder_id, on) == ()
        desk.run(due)
        assert desk.told("due_today") == ["due_today"]
