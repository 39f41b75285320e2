"""An agent leaves: the customers are told, and somebody looks after them again."""

from datetime import date

import pytest

from tests import make
from tests.renewals import desk
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.messaging.operations.sending import have_called
from yilu.obligations import queries as obligations
from yilu.people import operations as people_operations
from yilu.people import queries as people
from yilu.people.models import Party
from yilu.policies.models import Policy
from yilu.renewals import operations, queries
from yilu.renewals.models import Handover, PremiumDue
from yilu.renewals.operations import telling
from yilu.work import operations as work
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make.office()


@pytest.fixture
def orphaned(office):
    """An agent with one customer of two policies; the agent leaves in the given way."""
    agent = make.agent(office)
    holder = make.party(office, agent_id=agent)
    for _ in range(2):
        desk.policy(office, holder_id=holder, agent_id=agent)

    def leaves(successor_id=None, left_on=None):
        people_operations.let_agent_go(
            agent_id=agent, successor_id=successor_id, left_on=left_on, actor=SYSTEM, at=make.NOON
        )
        for _ in range(2):
            journal.run_reactions(at=make.NOON)
        return Handover.objects.get(party_id=holder)

    leaves.agent, leaves.holder = agent, holder
    return leaves


def agents(holder):
    return {
        *Policy.objects.filter(holder_id=holder).values_list("agent_id", flat=True),
        Party.objects.get(pk=holder).agent_id,
    }


def test_a_successor_named_at_the_exit_takes_all_and_the_holder_is_told(office, orphaned):
    successor = make.agent(office)
    handover = orphaned(successor)
    assert agents(orphaned.holder) == {successor}
    assert (handover.policies_count, handover.successor_id) == (2, successor)
    assert handover.tell_by.isoformat() == "2026-04-03"
    assert handover.told_at == make.NOON
    assert desk.told("agent_follows") == ["agent_follows"]


def test_without_one_the_rule_finds_the_agent_of_the_office_with_the_fewest_customers(
    office, orphaned
):
    busy, free = make.agent(office), make.agent(office)
    make.party(office, agent_id=busy)
    make.agent(make.office())  # another office's
    assert orphaned().successor_id == free
    assert agents(orphaned.holder) == {free}


def test_without_any_agent_the_customer_is_told_and_waits_for_a_manager(office, orphaned):
    handover = orphaned()
    assert handover.successor_id is None
    assert desk.told("agent_left") == ["agent_left"]
    assert Item.objects.get(queue_id="renewals.orphans").state == "OPEN"
    manager = people.staff_access(make.staff(office, "SERVICE_MANAGER"))
    (seen,) = queries.handovers(manager, waiting=True)
    assert (seen.id, seen.policies) == (handover.pk, 2)

    stranger = people.staff_access(make.staff(make.office(), "SERVICE_MANAGER"))
    assert queries.handovers(stranger, waiting=True) == ()
    told = {"handover_id": handover.pk, "actor": Ref("staff", 1), "at": make.NOON}
    successor = make.agent(office)
    with pytest.raises((operations.HandoverNotFound, NotAllowed)):
        operations.assign_successor(agent_id=successor, access=stranger, **told)
    for nobody in (orphaned.agent, make.agent(make.office()), 999_999):
        with pytest.raises(operations.NotASuccessor):
            operations.assign_successor(agent_id=nobody, access=manager, **told)
    operations.assign_successor(agent_id=successor, access=manager, **told)
    with pytest.raises(operations.AssignedAlready):
        operations.assign_successor(agent_id=successor, access=manager, **told)
    assert agents(orphaned.holder) == {successor}
    assert desk.told("agent_follows") == ["agent_follows"]
    assert Item.objects.get(queue_id="renewals.orphans").state != "OPEN"


def test_premiums_on_the_list_follow_the_successor(office, orphaned):
    desk.run(desk.days(-30))
    successor = make.agent(office)
    orphaned(successor)
    assert set(PremiumDue.objects.values_list("agent_id", flat=True)) == {successor}


def test_the_message_says_how_each_contract_stands(office, orphaned):
    for number, state in enumerate(("GRACE", "SUSPENDED"), 1):
        policy = desk.policy(office, holder_id=orphaned.holder, agent_id=orphaned.agent)
        Policy.objects.filter(pk=policy.pk).update(
            state=state, number=f"862607000000000{number}", suspended_on=desk.days(-9)
        )
    orphaned(make.agent(office))
    facts = Message.objects.get(template="renewals.agent_follows").facts
    assert [facts[name].count("尾号") for name in ("valid", "grace", "suspended")] == [2, 1, 1]
    assert "0001" in facts["grace"]
    assert "0002" in facts["suspended"]


class TestPromises:
    """A notice is given when it arrived, not when it was promised."""

    def test_the_thirty_days_end_when_the_message_arrived(self, office, orphaned):
        make.standards_in_force()
        handover = orphaned()
        on, code = day_of(make.NOON), "law.agent_exit_30_days"
        assert desk.clock_of(handover.ref, code, on).state == "RUNNING"
        desk.arrived("agent_left", on, to=Ref("agent", orphaned.agent))  # a copy proves nothing
        assert desk.clock_of(handover.ref, code, on).state == "RUNNING"
        desk.arrived("agent_left", on)
        assert desk.clock_of(handover.ref, code, on).state == "MET"

    def test_a_lapse_that_only_the_mailbox_holds_is_told_by_a_person(self):
        make.standards_in_force()
        policy = desk.policy()
        for offset in (0, 1, 61):
            desk.run(desk.days(offset))
        on, code = desk.days(61), "law.lapse_notice_10_days"
        desk.arrived("lapsed", on, only_mailbox=True)
        assert desk.clock_of(policy.ref, code, on).state == "RUNNING"
        Message.objects.filter(template="renewals.lapsed").update(
            state="DELIVERED", channel="OUTBOX"
        )
        tx.use_case(have_called)(
            "renewals.lapsed", Ref("party", policy.holder_id), policy.ref, desk.noon(on)
        )
        item = Item.objects.get(queue_id="messaging.failed")
        access, actor = make.colleague(policy.office_id, "REGISTRAR")
        work.take_item(item_id=item.pk, access=access, actor=actor, at=desk.noon(on))
        work.finish(item_id=item.pk, access=access, actor=actor, at=desk.noon(on))
        journal.run_reactions(at=desk.noon(on))
        assert desk.clock_of(policy.ref, code, on).state == "MET"

    def test_another_message_that_failed_says_nothing_about_the_notice(self):
        policy = desk.policy()
        for offset in (0, 1, 61):
            desk.run(desk.days(offset))
        Message.objects.filter(template="renewals.lapsed").update(state="DELIVERED", channel="SMS")
        told = {"item_id": 1, "actor": SYSTEM, "at": desk.noon(desk.days(61))}
        assert not tx.use_case(telling.note_given)(about=policy.ref, **told)


def test_an_exit_entered_late_leaves_only_what_is_left_of_the_thirty_days(office, orphaned):
    make.standards_in_force()
    handover = orphaned(left_on=date(2026, 2, 12))
    assert (handover.left_on, handover.tell_by) == (date(2026, 2, 12), date(2026, 3, 14))
    clocks = obligations.list_clocks(handover.ref, make.NOON)
    (clock,) = [c for c in clocks if c.code == "law.agent_exit_30_days"]
    assert day_of(clock.started_at) == date(2026, 2, 12)
