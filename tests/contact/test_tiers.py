"""Who goes first: by declared facts and a table that staff edit; never where the law sets the clock."""

from datetime import date, timedelta

import pytest

from tests import make
from tests.contact.desk import Desk
from tests.make import NOON
from yilu.contact import operations, queries
from yilu.contact.models import Conversation, DisasterTie, Waiting
from yilu.contact.operations import tiers as ties
from yilu.contact.rules.tiers import Standing, asked_of
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM
from yilu.people import operations as people
from yilu.standards import operations as standards

TODAY = date(2026, 3, 1)


def test_facts_become_the_tables_inputs_and_what_is_unknown_is_said_so():
    nobody_knows = Standing(None, False, 0, None, None)
    assert asked_of(nobody_knows, TODAY) == {
        "disaster_days": -1, "needs_help": False, "age": -1, "policies": 0, "years": 0,
    }  # fmt: skip
    old = Standing(date(1966, 3, 1), True, 2, date(2016, 3, 2), TODAY - timedelta(days=4))
    assert asked_of(old, TODAY) == {
        "disaster_days": 4, "needs_help": True, "age": 60, "policies": 2, "years": 9,
    }  # fmt: skip


@pytest.mark.django_db
class TestQueued:
    @pytest.fixture
    def desk(self):
        make.standards_in_force()
        return Desk(party=0)

    def tier(self, desk, party_id):
        row = Conversation.objects.get(pk=desk.waiting(party_id=party_id))
        return row.tier, row.tier_why, row.tier_rule

    def test_the_customer_is_told_the_rows_own_reason(self, desk, django_assert_num_queries):
        born = make.resident_id(date(1950, 1, 1))
        old = make.party(desk.office, name="李秀兰", identity_number=born)
        level, why, rule = self.tier(desk, old)
        assert (level, why, rule) == (2, "六十周岁以上客户优先接待", "contact.tier v1 #3")
        talk = Conversation.objects.get(party_id=old)
        assert queries.get_conversation(talk.pk).tier_why == why
        tx.use_case(people.set_assistance)(party_id=old, assisted=True, actor=SYSTEM, at=NOON)
        assert self.tier(desk, old)[0] == 3
        assert self.tier(desk, None) == (0, "按到达先后接待", "")
        with django_assert_num_queries(1):
            queries.tier_of(old, at=NOON)

    def test_the_parent_of_a_child_on_the_list_goes_first_until_it_proves_wrong(self, desk):
        parent, child = make.party(desk.office), make.party(desk.office)
        make.medical_policy(desk.office, holder_id=parent, insured_id=child)
        for _twice in range(2):
            tx.use_case(ties.tie)(child, 7, at=NOON)
        assert DisasterTie.objects.count() == 2
        assert self.tier(desk, parent)[:2] == (
            3, "您或家人在重大突发事件中受到影响，优先接待",
        )  # fmt: skip
        tx.use_case(ties.untie)(7)
        assert self.tier(desk, parent)[0] == 0

    def test_the_laws_clock_knows_no_tier(self, desk):
        old = make.party(desk.office, identity_number=make.resident_id(date(1950, 1, 1)))
        for party_id in (old, desk.party):
            call = desk.call(party_id=party_id)
            operations.set_reason(conversation_id=call, reason="REPORT", actor=SYSTEM, at=NOON)
            desk.queue(call)
        assert len(set(Waiting.objects.values_list("score", flat=True))) == 1
        talk = Conversation.objects.get(party_id=old)
        assert (talk.tier, queries.get_conversation(talk.pk).tier_why) == (2, "")

    def test_an_edit_by_two_people_counts_from_then_on(self, desk):
        writer, boss = (make.colleague(desk.office, "STANDARDS_EDITOR")[1] for _each in range(2))
        told = {"code": "contact.tier", "actor": writer, "at": NOON}
        standards.make_draft(**told)
        cells = {(3, "age"): ">= 120"}
        revision = standards.put_cells(cells=cells, revision=0, **told)
        old = make.party(desk.office, identity_number=make.resident_id(date(1950, 1, 1)))
        with pytest.raises(standards.CasesFail):
            standards.publish(revision=revision, **{**told, "actor": boss})
        assert queries.tier_of(old, at=NOON).level == 2
