"""A year of one household: a reminder, a failed debit helped by a call, two policies paid at once, one revived."""

from contextlib import contextmanager

import pytest

from tests import make
from tests.renewals import desk
from yilu.gateways import collecting, sandbox_bank, sandbox_collecting
from yilu.journal import operations as journal
from yilu.journal import queries as events
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.payments import jobs
from yilu.payments import operations as payments
from yilu.people import queries as people
from yilu.policies import operations as policies
from yilu.policies import queries as policy_queries
from yilu.renewals import operations, queries
from yilu.renewals.models import PremiumDue, RenewalCase

pytestmark = pytest.mark.django_db


@contextmanager
def practice(settings):
    fake = sandbox_collecting.FakeCollector()
    settings.BANK_SECRET = fake.secret
    with collecting.use(fake):
        yield fake


def answer(fake, day):
    at = desk.noon(day)
    fake.now = at.timestamp()
    jobs.send_collections(at)
    for body, signature, timestamp in fake.notices():
        payments.receive_collection_notice(
            body=body, signature=signature, timestamp=timestamp, at=at
        )
    journal.run_reactions(at=at)


def test_a_renewal_year(settings):
    office = make.office()
    agent = make.agent(office)
    holder = make.party(office, agent_id=agent)
    number = sandbox_bank.card_ending("0101", seed=next(make._count))  # never enough money
    by_debit = desk.policy(
        office, holder_id=holder, agent_id=agent, account_id=make.account(holder, number=number)
    )
    by_self = desk.policy(office, holder_id=holder, agent_id=agent)
    forgotten = desk.policy(office, holder_id=holder, agent_id=agent)

    # Thirty days before, the holder hears of them: once for the debit, once for what they pay themselves.
    desk.run(desk.days(-30))
    assert sorted(desk.told()) == ["coming", "coming_debit"]

    # On the day the debit fails, and a colleague calls.
    with practice(settings) as fake:
        fake.now = desk.noon(desk.days(0)).timestamp()
        desk.run(desk.days(0))
        answer(fake, desk.days(0))
        (case,) = RenewalCase.objects.filter(closed_at=None)
        assert (case.kind, case.failure) == ("CALL", "INSUFFICIENT_FUNDS")
        caller = make.staff(office, "CALL_AGENT")
        access = people.staff_access(caller)
        outlook = queries.outlook(by_debit.pk, desk.days(1))
        assert outlook.sum_insured == by_debit.sum_insured
        assert {choice.code for choice in outlook.choices} >= {"REDUCE", "PAID_UP", "LOAN"}
        operations.note_contact(
            case_id=case.pk, outcome="WILL_PAY", note="今天用微信交两张", access=access,
            actor=Ref("staff", caller), at=desk.noon(desk.days(1)),
        )  # fmt: skip

        # The holder pays two of the three together.
        desk.run(desk.days(1))
        dues = {d.policy_id: d for d in queries.list_dues(holder, desk.days(1)) if d.way == "PAY"}
        collection = operations.make_order(
            holder_id=holder, due_ids=[dues[by_debit.pk].id, dues[by_self.pk].id],
            request_key="together", actor=Ref("party", holder), at=desk.noon(desk.days(1)),
        )  # fmt: skip
        payments.pay(
            collection_id=collection, payer_id=holder, method="ALIPAY", at=desk.noon(desk.days(1))
        )
        answer(fake, desk.days(1))
    assert sorted(PremiumDue.objects.values_list("state", flat=True)) == ["OPEN", "PAID", "PAID"]
    for paid in (by_debit, by_self):
        paid.refresh_from_db()
        assert (paid.state, paid.paid_to.year) == ("IN_FORCE", 2027)
        assert sum(policy_queries.balances(paid.pk).values()) == 0

    # The third is forgotten and lapses; its holder is told how to restore it.
    for offset in (53, 61):
        desk.run(desk.days(offset))
    forgotten.refresh_from_db()
    assert forgotten.state == "SUSPENDED"
    assert desk.told()[-1] == "lapsed"
    lapsed = PremiumDue.objects.get(state="LAPSED")
    with pytest.raises(operations.PolicyHasLapsed):
        operations.make_order(
            holder_id=holder, due_ids=[lapsed.pk], request_key="late", actor=Ref("party", holder),
            at=desk.noon(desk.days(62)),
        )  # fmt: skip

    # Revived with what is owed and its interest, it is off the list, and next year's premium comes.
    on = desk.days(100)
    owed = policy_queries.arrears_on(forgotten.pk, on).total
    assert owed > forgotten.premium
    tx.use_case(policies.reinstate)(
        policy_id=forgotten.pk, on=on, received=owed, about=Ref("servicing_request", 1),
        actor=Ref("staff", caller), at=desk.noon(on),
    )  # fmt: skip
    desk.run(on)
    forgotten.refresh_from_db()
    assert (forgotten.state, forgotten.paid_to.year) == ("IN_FORCE", 2027)
    assert not queries.list_dues(holder, on)
    timeline = {e.kind for e in events.timeline(forgotten.ref, limit=100)}
    assert timeline >= {
        "renewals.reminded", "policies.grace_started", "policies.policy_suspended",
        "renewals.lapse_told", "policies.policy_reinstated",
    }  # fmt: skip
