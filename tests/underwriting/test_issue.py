"""From the verdict to the policy: changed conditions, papers, money, and each of them once."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from PIL import Image

from tests import make
from tests.underwriting.story import Story, customer, insurer, pay, react, settle
from yilu.contact import operations as contact
from yilu.contact.models import FollowUp
from yilu.contact.rules.follow_ups import BY_CODE
from yilu.journal.models import Event
from yilu.kernel.refs import Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.obligations.models import Clock
from yilu.payments.models import Collection, Refund
from yilu.people import queries as persons
from yilu.policies.models import Beneficiary, Policy
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.underwriting.models import Application, Decision
from yilu.underwriting.operations.on_record import confirmed_on_record
from yilu.work.models import Item


def photo() -> bytes:
    """A picture that may be handed in."""
    kept = io.BytesIO()
    Image.new("RGB", (800, 500), "white").save(kept, "PNG")
    return kept.getvalue()


@pytest.fixture
def office() -> int:
    return insurer()


@pytest.mark.django_db
class TestStandardRisk:
    def test_the_policy_is_issued_when_the_money_is_in_and_everything_follows(self, office) -> None:
        story = Story(office)
        kin = story.do(underwriting.name_kin, name="家人", identity_number=make.resident_id())
        story.do(
            underwriting.set_beneficiaries,
            named=[underwriting.Benefits(kin, Decimal(1), 1, "SPOUSE")],
        )
        story.submitted()
        story.at += timedelta(minutes=3)
        Application.objects.filter(holder_id=story.holder_id).update(prepared_by="staff:77")
        row = story.paid()
        policy = Policy.objects.get(pk=row.policy_id)

        opened = Event.objects.get(kind="underwriting.follow_up_opened")
        assert opened.facts["sold_by"] == "staff:77", "so that what is found amiss goes to others"
        assert opened.facts["on_record"] == ["read", "recording"], "a colleague sold"
        row.prepared_by = f"party:{story.holder_id}"
        assert confirmed_on_record(row) == ("bought", "read", "recording")
        row.insured_id, row.relation = make.party(office), "SPOUSE"
        assert confirmed_on_record(row) == ("read", "recording"), "the insured did not sign"
        row.notices.filter(pk=row.notices.first().pk).update(confirmed_by="staff:77")
        assert confirmed_on_record(row) == ("recording",)
        assert (row.state, policy.state) == ("ISSUED", "IN_FORCE")
        assert (policy.holder_id, policy.insured_id, policy.channel) == (
            story.holder_id,
            story.holder_id,
            "ONLINE",
        )
        assert (policy.premium, policy.sum_insured) == (row.premium, row.sum_insured)
        assert policy.rated_age == row.rated_age
        assert policy.effective_on == story.at.date() + timedelta(days=1)
        assert Beneficiary.objects.filter(policy=policy, party_id=kin).exists()
        assert IssuedLetter.objects.filter(about=f"policy:{policy.pk}", kind="POLICY").count() == 1
        assert Message.objects.filter(template="underwriting.issued").count() == 1

        follow_up = Item.objects.get(queue_id="underwriting.follow_up")
        assert follow_up.subject == f"policy:{policy.pk}"
        assert follow_up.due_at == story.at + timedelta(days=15)
        clocks = dict(
            Clock.objects.filter(subject__in=[str(row.ref), f"policy:{policy.pk}"]).values_list(
                "version__definition__code", "state"
            )
        )
        assert clocks["law.application_decided"] == "MET"
        assert clocks["pledge.policy_in_ten_minutes"] == "MET"
        assert clocks["law.new_policy_follow_up"] == "RUNNING"
        view = queries.get_for_party(story.id, story.holder_id)
        assert view.issued_in == 180  # complete at the submission, issued three minutes later
        react(story.at)
        followed = FollowUp.objects.get(policy_id=policy.pk)
        access, clerk = make.colleague(office, "CALL_AGENT")
        contact.complete(
            follow_up_id=followed.pk, answers=dict.fromkeys(BY_CODE, "YES"), access=access,
            actor=clerk, at=story.at + timedelta(days=1),
        )  # fmt: skip
        assert Item.objects.get(pk=follow_up.pk).state == "DONE"

    def test_the_word_of_the_money_twice_is_one_policy(self, office) -> None:
        story = Story(office)
        story.submitted()
        settle(story.row.collection_id, story.at)
        settle(story.row.collection_id, story.at)
        react(story.at)
        react(story.at)
        assert Policy.objects.count() == 1
        assert Event.objects.filter(kind="underwriting.policy_issued").count() == 1

    def test_a_worker_killed_between_money_and_policy_issues_it_later(
        self, office, monkeypatch
    ) -> None:
        story = Story(office)
        story.submitted()
        settle(story.row.collection_id, story.at)  # the money is committed; the worker dies here
        assert story.row.state == "AWAITING_PAYMENT"
        from yilu.letters import operations as letters

        def fail(**_given):
            raise RuntimeError("killed")

        with monkeypatch.context() as dying:
            dying.setattr(letters, "issue", fail)
            react(story.at)
        assert story.row.state == "AWAITING_PAYMENT"  # nothing half done
        assert not Policy.objects.exists()
        react(story.at + timedelta(hours=1))
        assert story.row.state == "ISSUED"
        assert Policy.objects.count() == 1


@pytest.mark.django_db
class TestOtherRisks:
    def test_a_loading_is_offered_explained_agreed_to_and_paid(self, office) -> None:
        story = Story(office, product="term-life")
        story.identified().planned(
            sum_insured=Decimal(300_000), occupation="SITE", occupation_class=5,
            with_social_insurance=False,
        ).declared().afforded().confirmed().signed()  # fmt: skip
        before = story.row.premium
        done = story.do(underwriting.submit)
        view = queries.get_for_party(story.id, story.holder_id)

        assert (done.outcome, done.state, done.collection_id) == ("LOADING", "OFFERED", None)
        assert view.premium > before
        assert view.extra_premium == view.premium - before
        assert any("职业" in why.in_words and why.table and why.row for why in view.reasons)
        with pytest.raises(underwriting.Unsigned):
            story.do(underwriting.agree_to_conditions)
        story.signed("CONDITIONS")
        collection = story.do(underwriting.agree_to_conditions)
        assert story.do(underwriting.agree_to_conditions) == collection
        assert Collection.objects.get(pk=collection).amount == view.premium
        policy = Policy.objects.get(pk=story.paid().policy_id)
        assert (policy.premium, policy.extra_premium) == (view.premium, view.extra_premium)

    def test_what_is_missing_is_asked_for_once_and_then_it_goes_on(self, office) -> None:
        story = Story(office)
        story.planned().declared().afforded().confirmed().signed()  # the register never answered
        done = story.do(underwriting.submit)
        assert (done.outcome, done.state) == ("EXAMINE", "EXAMINATION")
        assert story.row.decision.examinations == ["HOLDER_ID"]
        assert (
            Clock.objects.get(
                subject=str(story.row.ref),
                version__definition__code="law.application_defects_notice",
            ).state
            == "MET"
        )
        with pytest.raises(underwriting.NotAskedFor):
            story.do(
                underwriting.hand_in_paper, paper="PASSPORT", filename="a.png", content=photo()
            )
        story.do(underwriting.hand_in_paper, paper="HOLDER_ID", filename="id.png", content=photo())
        assert story.row.state == "EXAMINATION"  # it is read first
        row = story.read_card().row
        assert (row.state, row.decision.outcome, row.decision.ordinal) == (
            "AWAITING_PAYMENT",
            "ACCEPT",
            2,
        )
        assert row.complete_at == story.at
        notice = (
            Clock.objects.get(  # papers complete only now: from now an examination may be asked for
                subject=str(row.ref), version__definition__code="law.application_examination_notice"
            )
        )
        assert (notice.state, notice.started_at) == ("MET", story.at)
        assert Message.objects.filter(template="underwriting.papers").count() == 1

    def test_what_the_machine_leaves_to_a_person_waits_for_one(self, office) -> None:
        story = Story(office)
        done = story.submitted(refused_elsewhere="YES")
        assert (done.outcome, done.state) == ("REFER", "REFERRED")
        item = Item.objects.get(queue_id="underwriting.review")
        assert item.subject == str(story.row.ref)
        assert not Collection.objects.exists()
        assert (
            Clock.objects.get(
                subject=str(story.row.ref), version__definition__code="law.application_decided"
            ).state
            == "RUNNING"
        )
        with pytest.raises(underwriting.NotPossibleNow):
            story.do(underwriting.agree_to_conditions)


@pytest.mark.django_db
class TestEnding:
    def test_a_withdrawn_application_collects_nothing_and_twice_is_once(self, office) -> None:
        story = Story(office)
        story.submitted()
        story.do(underwriting.withdraw)
        story.do(underwriting.withdraw)
        assert (story.row.state, Collection.objects.get().state) == ("WITHDRAWN", "CANCELLED")
        assert Event.objects.filter(kind="underwriting.application_withdrawn").count() == 1
        with pytest.raises(underwriting.NotPossibleNow):
            story.planned()

    def test_money_that_comes_after_all_goes_back_by_itself_and_once(self, office) -> None:
        story = Story(office)
        story.submitted()
        story.do(underwriting.withdraw)
        settle(story.row.collection_id, story.at)
        react(story.at)
        assert not Policy.objects.exists()
        react(story.at)
        collection = Collection.objects.get()
        assert collection.refunded == collection.amount
        assert Refund.objects.get().key == "not_issued"
        assert not Item.objects.filter(queue_id="underwriting.issue_problem").exists()

    def test_what_nobody_goes_on_with_expires_once(self, office) -> None:
        story, other = Story(office), Story(office)
        story.submitted()
        later = story.at + timedelta(days=31)
        assert underwriting.expire_applications(at=later).did == 2
        assert underwriting.expire_applications(at=later).did == 0
        assert {story.row.state, other.row.state} == {"EXPIRED"}
        assert Collection.objects.get().state == "CANCELLED"

    def test_an_issued_application_is_not_withdrawn(self, office) -> None:
        story = Story(office)
        story.submitted()
        story.paid()
        with pytest.raises(underwriting.NotPossibleNow):
            story.do(underwriting.withdraw)


@pytest.mark.django_db
def test_agents_and_staff_see_their_own_only(office) -> None:
    agent, other = make.agent(office), make.agent(office)
    story = Story(
        office, holder_id=customer(office, agent_id=agent), channel="AGENT", actor=Ref("agent", agent),
        agent=persons.agent_access(agent),
    )  # fmt: skip
    assert queries.get_for_agent(story.id, persons.agent_access(agent)).id == story.id
    with pytest.raises(queries.UnknownApplication):
        queries.get_for_agent(story.id, persons.agent_access(other))
    near, _clerk = make.colleague(office, "COUNTER")
    far, _clerk = make.colleague(make.office(name="乙分公司"), "COUNTER")
    assert queries.get_for_staff(story.id, near).id == story.id
    with pytest.raises(queries.UnknownApplication):
        queries.get_for_staff(story.id, far)
    assert [row.id for row in queries.list_for_staff(near)] == [story.id]
    assert queries.list_for_staff(far) == ()


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_the_same_time_submit_once(office) -> None:
    story = Story(office).ready()
    got, failed = [], []

    def tap() -> None:
        try:
            got.append(underwriting.submit(application_id=story.id, actor=story.me, at=story.at))
        except BaseException as problem:  # noqa: BLE001  (told to the main thread)
            failed.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(set(got)) == 1
    assert Decision.objects.count() == Collection.objects.count() == 1
    pay(story.row, story.at)
    assert Application.objects.get().state == "ISSUED"
