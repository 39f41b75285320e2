"""Several insured in one application: gathered, said once, signed as a whole, decided each by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests import make
from tests.documents import papers
from tests.underwriting.story import (
    NOON,
    Story,
    consent,
    customer,
    insurer,
    plan,
    react,
    sent_code,
    settle,
)
from yilu.contact.models import FollowUp
from yilu.kernel.refs import Ref
from yilu.payments.models import Collection, Refund
from yilu.people import operations as people
from yilu.people import queries as persons
from yilu.policies.models import Policy
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.underwriting.models import Application, FamilyApplication, Recording
from yilu.underwriting.operations import Kin
from yilu.underwriting.queries.desk import desk
from yilu.underwriting.queries.papers import missing_papers
from yilu.underwriting.rules.suitability import Finances

pytestmark = pytest.mark.django_db
PICTURE = papers.picture()
CHILD = Kin(
    relation="CHILD", name="林小满", identity_number=make.resident_id(date(2018, 5, 6), "FEMALE")
)


@pytest.fixture
def office() -> int:
    return insurer()


class Family:
    """A holder's own application, and those of their family gathered beside it."""

    def __init__(self, office: int, **start: Any) -> None:
        self.first = Story(office, **start)
        self.me, self.office = self.first.me, office
        self.told = {"actor": start.get("actor", self.me), "access": start.get("access")}
        self.id = underwriting.start_family(
            application_id=self.first.id, at=self.first.at, **self.told
        )
        self.stories = [self.first]

    def do(self, operation: Any, **given: Any) -> Any:
        return operation(family_id=self.id, **{"at": self.first.at, **self.told, **given})

    def add(self, kin: Kin, key: str = "", **given: Any) -> Story:
        made = self.do(
            underwriting.add_to_family, kin=kin, product_code="critical-illness",
            request_key=key or kin.name or "me", **given,
        )  # fmt: skip
        story = object.__new__(Story)
        story.__dict__.update({**self.first.__dict__, "id": made})
        if made not in [each.id for each in self.stories]:
            self.stories.append(story)
        return story

    def filled(self, *said: dict[str, str], sums: int = 200_000) -> Family:
        for story, answers in zip(self.stories, (*said, *({},) * 9), strict=False):
            story.identified().planned(sum_insured=Decimal(sums)).declared(**answers)
            for step in ("people", "beneficiaries"):
                story.do(underwriting.save_draft, step=step, values={"said": "yes"})
            for need in missing_papers(story.row):
                story.do(
                    underwriting.hand_in_paper, paper=need.code, filename="a.png", content=PICTURE
                )
        return self

    def afforded(self, income: int = 300_000, budget: int = 60_000, **given: Any) -> Any:
        finances = Finances(income=Decimal(income), budget=Decimal(budget))
        return self.do(underwriting.tell_family_means, finances=finances, **given)

    @property
    def view(self) -> queries.FamilyView:
        return queries.get_family_for_party(self.id, self.me.id)

    def confirmed(self) -> Family:
        self.do(
            underwriting.confirm_family_notices, confirmed=[c.digest for c in self.view.clauses]
        )
        return self

    def signed(self) -> Family:
        self.do(underwriting.ask_family_signature, digest=self.view.digest)
        self.do(underwriting.sign_family, code=sent_code(self.me), door="APP")
        return self

    def submitted(self) -> list[str]:
        return [state for _id, state in self.do(underwriting.submit_family)]

    def ready(self, *said: dict[str, str]) -> Family:
        self.filled(*said)
        self.afforded()
        return self.confirmed().signed()


def spouse(office: int) -> tuple[int, Kin]:
    """A grown-up of the family with a phone of their own, known to us."""
    number = make.resident_id(date(1991, 6, 7), "MALE")
    party = make.party(office, name="林先生", identity_number=number, phone="13911112222")
    return party, Kin(relation="SPOUSE", name="林先生", identity_number=number)


def test_a_family_is_said_once_signed_once_paid_once_and_each_has_a_policy(office) -> None:
    husband, kin = spouse(office)
    family = Family(office)
    child, man = family.add(CHILD), family.add(kin)
    assert family.add(kin, key="林先生").id == man.id  # a double tap
    family.filled()
    assert family.view.next_step == "means"
    one, three = family.first.row.total_premium, family.view.total
    found = family.afforded(income=int(three * 4), budget=int(three))
    assert found.yearly == three > one
    assert [f.limit for f in found.found] == [
        "YEARLY_PREMIUM"
    ]  # the sum passes it, none alone would
    with pytest.raises(underwriting.PartOfFamily):
        family.first.afforded()
    family.afforded(income=int(three * 4), budget=int(three), statement=True)
    assert family.view.next_step == "notices"
    family.confirmed().signed()
    assert family.view.next_step == "sign"
    assert family.view.unsigned_names == ("林先生",)

    with pytest.raises(underwriting.PartOfFamily):
        family.first.signed()
    with pytest.raises(underwriting.PartOfFamily):
        family.first.do(underwriting.submit)
    with pytest.raises(underwriting.ConsentMissing):
        family.submitted()
    consent(husband, "UNDERWRITING")
    with pytest.raises(underwriting.Unsigned):
        family.submitted()
    assert {row.state for row in Application.objects.all()} == {"DRAFT"}
    man.signed(signer=Ref("party", husband))
    assert family.submitted() == ["AWAITING_PAYMENT"] * 3
    assert family.submitted() == ["AWAITING_PAYMENT"] * 3  # handed in twice is once
    asked = Collection.objects.get()
    assert (asked.amount, asked.about) == (three, f"family_application:{family.id}")
    with pytest.raises(underwriting.FamilyHandedIn):
        family.add(replace(CHILD, name="林二", identity_number=make.resident_id(date(2019, 1, 2))))

    settle(asked.pk, family.first.at)
    react(family.first.at)
    issued = Policy.objects.filter(holder_id=family.me.id)
    assert {p.insured_id for p in issued} == {family.me.id, husband, child.row.insured_id}
    assert sum(p.premium for p in issued) == asked.amount
    assert FollowUp.objects.filter(beside=None).count() == 1  # one talk for all of them
    talks = FollowUp.objects.order_by("policy_id")
    assert [talk.on_record for talk in talks] == ["bought,read,recording"] * 3
    for stranger in (husband, customer(office)):
        with pytest.raises(queries.UnknownFamily):
            queries.get_family_for_party(family.id, stranger)
    assert queries.get_for_party(man.id, husband).state == "ISSUED"


def test_who_may_not_be_gathered_is_refused_with_the_reason(office) -> None:
    family = Family(office)
    family.add(CHILD)
    with pytest.raises(underwriting.AlreadyInFamily):
        family.add(CHILD, key="another tap")
    with pytest.raises(underwriting.AlreadyInFamily):
        family.add(Kin(relation="SELF"))
    number = make.resident_id(date(1988, 2, 3), "MALE")
    stranger = Kin(relation="", name="路人", identity_number=number)
    with pytest.raises(underwriting.BadInsured):
        family.add(stranger)
    make.party(office, name="真名", identity_number=number)
    with pytest.raises(people.AlreadyRegistered):
        family.add(replace(stranger, relation="PARENT", name="假名"))
    young = make.resident_id(date(1999, 2, 3))
    with pytest.raises(underwriting.BadInsured):  # a parent younger than their child
        family.add(Kin(relation="PARENT", name="林老", identity_number=young))
    with pytest.raises(underwriting.FamilyNotFound):
        family.add(replace(CHILD, name="他"), actor=Ref("party", customer(office)))
    assert Application.objects.filter(family_id=family.id).count() == 2
    second = family.stories[1]
    with pytest.raises(underwriting.AlreadyInFamily):
        second.do(underwriting.set_insured, insured_id=family.me.id, relation="SELF")
    second.do(underwriting.withdraw)
    assert family.add(CHILD, key="again").id != second.id  # taken out, and gathered anew


def test_one_more_one_less_or_another_plan_is_assessed_and_signed_anew(office) -> None:
    family = Family(office)
    child = family.add(CHILD)
    family.ready()
    shown = family.view.digest
    child.planned(sum_insured=Decimal(100_000))
    with pytest.raises(underwriting.ChangedWhileSigning):
        family.do(underwriting.ask_family_signature, digest=shown)
    with pytest.raises(underwriting.MeansUnknown):
        family.submitted()
    family.afforded()
    with pytest.raises(underwriting.Unsigned):
        family.submitted()
    family.signed()
    child.do(underwriting.withdraw)
    assert not family.view.means_done
    with pytest.raises(underwriting.MeansUnknown):
        family.submitted()
    family.afforded()
    family.do(underwriting.set_family_wishes, begin_together=True, pay_together=False)
    with pytest.raises(underwriting.Unsigned):  # how it begins and is paid is signed too
        family.submitted()
    assert family.signed().submitted() == ["AWAITING_PAYMENT"]
    family.first.do(underwriting.withdraw)
    with pytest.raises(underwriting.FamilyHandedIn):
        family.do(underwriting.set_family_wishes, begin_together=False, pay_together=False)
    empty = Family(office)
    empty.first.do(underwriting.withdraw)
    with pytest.raises(underwriting.FamilyEmpty):
        empty.submitted()


def decide(story: Story, access: Any, ref: Ref, kind: str, **given: Any) -> None:
    """An underwriter's opinion on what stands on the desk."""
    opinion = underwriting.Opinion(
        kind=kind,
        digest=desk(story.id, access, story.at).digest,
        words="血压已影响心脏和肾脏",
        **given,
    )
    underwriting.decide_by_person(
        application_id=story.id, opinion=opinion, access=access, actor=ref, at=story.at
    )
    react(story.at)


HIGH = {
    "area_heart": "YES", "hypertension": "YES", "hypertension.systolic": "165",
    "hypertension.diastolic": "95", "hypertension.damage": "NO",
}  # fmt: skip


def test_somebody_referred_does_not_hold_up_the_others(office) -> None:
    family = Family(office)
    child = family.add(CHILD)
    family.filled()
    family.first.declared(**HIGH)
    family.afforded()
    assert family.confirmed().signed().submitted() == ["REFERRED", "AWAITING_PAYMENT"]
    settle(child.row.collection_id, family.first.at)
    react(family.first.at)
    assert [s.row.state for s in family.stories] == ["REFERRED", "ISSUED"]


def test_where_all_begin_together_nothing_is_asked_for_before_the_last_word(office) -> None:
    family = Family(office)
    child = family.add(CHILD)
    family.filled()
    family.first.declared(**HIGH)
    family.do(underwriting.set_family_wishes, begin_together=True, pay_together=True)
    family.afforded()
    assert family.confirmed().signed().submitted() == ["REFERRED", "ACCEPTED"]
    assert family.view.waits
    access, ref = make.colleague(office, "UNDERWRITER")
    decide(family.first, access, ref, "DECLINE")
    assert [s.row.state for s in family.stories] == ["DECLINED", "AWAITING_PAYMENT"]
    assert Collection.objects.get().amount == child.row.total_premium


def test_the_holder_may_stop_waiting(office) -> None:
    family = Family(office)
    family.add(CHILD)
    family.filled()
    family.first.declared(**HIGH)
    family.do(underwriting.set_family_wishes, begin_together=True, pay_together=True)
    family.afforded()
    family.confirmed().signed().submitted()
    with pytest.raises(underwriting.FamilyNotFound):
        family.do(underwriting.stop_waiting, actor=Ref("party", customer(office)))
    for _twice in (1, 2):
        family.do(underwriting.stop_waiting)
    assert [s.row.state for s in family.stories] == ["REFERRED", "AWAITING_PAYMENT"]


def test_one_withdrawn_changes_the_payment_of_the_others_and_no_cent_is_lost(office) -> None:
    family = Family(office)
    child = family.add(CHILD)
    family.ready().submitted()
    first = Collection.objects.get()
    child.do(underwriting.withdraw)
    react(child.at)
    again = Collection.objects.exclude(pk=first.pk).get()
    assert Collection.objects.get(pk=first.pk).state == "CANCELLED"
    assert again.amount == family.first.row.total_premium
    assert family.first.row.collection_id == again.pk

    other = Family(office, holder_id=customer(office))
    theirs = other.add(
        replace(CHILD, name="别家", identity_number=make.resident_id(date(2017, 3, 4)))
    )
    other.ready().submitted()
    sent = Collection.objects.get(pk=theirs.row.collection_id)
    sent.state = "SENT"
    sent.save()
    theirs.do(underwriting.withdraw)
    settle(sent.pk, theirs.at)
    react(theirs.at)
    assert other.first.row.state == "ISSUED"
    back = Refund.objects.get()
    assert back.amount + other.first.row.policy.premium == sent.amount


def test_each_may_be_paid_by_itself(office) -> None:
    family = Family(office)
    family.add(CHILD)
    family.do(underwriting.set_family_wishes, begin_together=False, pay_together=False)
    family.ready().submitted()
    assert sorted(c.amount for c in Collection.objects.all()) == sorted(
        s.row.total_premium for s in family.stories
    )


def test_a_childs_open_application_elsewhere_counts_towards_the_limit(office) -> None:
    first, second = Family(office), Family(office, holder_id=customer(office))
    one, other = first.add(CHILD), second.add(replace(CHILD, relation="CHILD"))
    for story in (one, other):
        story.identified().planned(sum_insured=Decimal(150_000)).declared()
    assert one.row.insured_id == other.row.insured_id
    first.first.identified().planned().declared()
    first.afforded()
    first.confirmed().signed().submitted()
    second.first.identified().planned().declared()
    second.afforded()
    second.confirmed().signed()
    with pytest.raises(underwriting.AboveChildsLimit):
        second.submitted()
    with pytest.raises(underwriting.AboveChildsLimit):
        other.planned(sum_insured=Decimal(60_000))
    assert {s.row.state for s in second.stories} == {"DRAFT"}  # nobody of it is handed in


def test_a_family_is_recorded_once_at_the_counter_and_an_agent_only_prepares(office) -> None:
    old = customer(office, born=date(1966, 3, 4))
    access, clerk = make.colleague(office, "COUNTER")
    family = Family(office, holder_id=old, channel="COUNTER", actor=clerk, access=access)
    family.first.me = clerk
    kin = Kin(
        relation="CHILD", name="林大", identity_number=make.resident_id(date(1990, 1, 9), "FEMALE")
    )
    grown = family.add(kin)
    for story in family.stories:
        story.do(
            underwriting.choose_plan, access=access, seen=story.price(plan_of(story)),
            plan=plan_of(story),
        )  # fmt: skip
    record = Recording.objects.get()
    assert record.application_id == family.first.id
    underwriting.record_step(
        application_id=grown.id, step="IDENTITY", sha256="a" * 64, actor=clerk, at=NOON,
        access=access,
    )  # fmt: skip
    agent = make.agent(office)
    mine = customer(office, agent_id=agent)
    start = {"channel": "AGENT", "actor": Ref("agent", agent), "agent": persons.agent_access(agent)}
    prepared = Family(office, holder_id=mine, **start)
    with pytest.raises(underwriting.ForTheCustomer):
        prepared.afforded()
    with pytest.raises(underwriting.ForTheCustomer):
        prepared.submitted()
    prepared.do(underwriting.ask_customer_to_finish)
    assert FamilyApplication.objects.filter(agent_id=agent).count() == 1


def plan_of(_story: Story) -> underwriting.Plan:
    return plan(pay_years=10)
