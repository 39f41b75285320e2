"""What keeps recordings is read from the journal: from the first event there is, once, whatever its order."""

from datetime import date, timedelta

import pytest

from tests import make
from tests.make import NOON
from tests.retention.sweep import read_all
from yilu.journal import operations as journal
from yilu.kernel import tx
from yilu.kernel.facts import REGISTRY
from yilu.kernel.refs import SYSTEM, Ref
from yilu.policies import operations as policies
from yilu.retention import book, operations, queries
from yilu.retention.models import EndedContract, Hold, Matter, Reader
from yilu.standards.figures import OutOfBounds

pytestmark = pytest.mark.django_db(transaction=True)
CLAIM, POLICY = Ref("claim", 7), Ref("policy", 12)


def told(kind, subject=CLAIM, /, party=None, at=NOON, **facts):
    say = tx.use_case(journal.record)
    say(REGISTRY[kind](**facts), about=subject, actor=SYSTEM, at=at, party=party)


def reported(policy_id=12, **given):
    told(
        "claims.claim_reported", party=3, policy_id=policy_id, claim_type="MEDICAL", loss_date="2026-01-01",
        channel="APP", office_id=1, **given,
    )  # fmt: skip


def complained(about=None, concerns="", **given):
    told(
        "complaints.received", about or Ref("complaint", 1), party=3, office_id=1, channel="PHONE",
        business="CLAIMS", reason="AGAIN", owner_id=1, major=False, concerns=concerns, **given,
    )  # fmt: skip


def kept(*about, party=None, at=NOON):
    read_all(at)
    asked = queries.Recorded(frozenset(about), party, date(2020, 1, 1))
    return queries.kept([asked], at)[0]


def test_a_claim_holds_what_is_about_it_and_about_its_contract_until_it_is_closed():
    reported()
    for about in (CLAIM, POLICY):
        assert [r.about for r in kept(about).reasons if r.why == "OPEN"] == ["claim:7"]
    assert kept(Ref("policy", 13), party=3).why == "IN_FORCE", (
        "another contract of the same customer"
    )
    told("claims.claim_closed", outcome="PAID")
    assert kept(CLAIM).why == "IN_FORCE", "what is about a claim belongs to its contract"
    told("claims.claim_reopened", reason="APPEAL")
    assert "OPEN" in kept(CLAIM).why


def test_what_a_complaint_is_about_leads_to_the_contract():
    reported()
    told("claims.claim_closed", outcome="PAID")
    complained(concerns="claim:7")
    assert "OPEN" in kept(POLICY).why
    assert Matter.objects.get(kind="complaint").policy_id == 12
    assert "OPEN" in kept(Ref("conversation", 5), party=3).why, (
        "where no contract is known the customer counts"
    )
    assert "OPEN" not in kept(Ref("policy", 13), party=3).why


def test_a_case_that_goes_to_court_is_held_until_a_person_says_that_it_is_over():
    office = make.office()
    reported()
    told("claims.claim_closed", outcome="PAID")
    told("care.legal_aid_asked", claim_id=7)
    assert [r.about for r in kept(POLICY).reasons if r.why == "OPEN"] == ["claim:7"]
    told("care.legal_aid_ended", claim_id=7, outcome="COURT", office_id=office)
    told("care.legal_aid_ended", claim_id=7, outcome="COURT", office_id=office)
    hold = _only_hold()
    assert [r.about for r in kept(POLICY).reasons if r.why == "OPEN"] == [f"hold:{hold.pk}"]
    access, actor = make.colleague(office, "COMPLAINT_OFFICER")
    operations.lift_hold(hold_id=hold.pk, words="判决已经生效", access=access, actor=actor, at=NOON)
    assert "OPEN" not in kept(POLICY).why


def _only_hold():
    read_all(NOON)
    return Hold.objects.get()


def test_a_call_is_about_everything_it_was_ever_said_to_be_about():
    talk = Ref("conversation", 5)
    reported()
    told("contact.conversation_linked", talk, about="claim:7", party_id=3)
    told("contact.conversation_linked", talk, about="policy:44", party_id=3)
    assert [r.about for r in kept(talk).reasons] == ["policy:12", "policy:44", "claim:7"]


def test_an_application_and_a_request_lead_to_their_contract_and_hold_nothing_themselves():
    sale, request = Ref("application", 2), Ref("servicing_request", 4)
    told(
        "underwriting.policy_issued", sale, policy_id=12, product="x", office_id=1, long_term=True, seconds=1
    )  # fmt: skip
    told(
        "servicing.request_started", request, request="LOAN", door="APP", office_id=1, policy_id=13
    )
    assert [r.about for r in kept(sale).reasons] == ["policy:12"]
    assert [r.about for r in kept(request).reasons] == ["policy:13"]


def test_a_contract_counts_from_its_end_and_not_any_more_once_it_is_revived():
    office = make.office()
    policy = make.policy(office)
    policies.terminate_policy(
        policy_id=policy.id, ending="PAID_OUT", on=date(2026, 2, 1), actor=SYSTEM, at=NOON
    )
    assert kept(Ref("policy", policy.id)).until == date(2031, 2, 1), "a year's cover: five years"
    tx.use_case(policies.revive_paid_out)(policy_id=policy.id, about=CLAIM, actor=SYSTEM, at=NOON)
    assert kept(Ref("policy", policy.id)).until is None


def test_it_reads_page_by_page_from_the_first_event_and_each_once():
    for number in range(1, 6):
        told("claims.claim_closed", Ref("claim", number), outcome="PAID")
    complained()
    assert [operations.follow(NOON, limit=4), operations.follow(NOON, limit=4)] == [4, 2]
    reader = Reader.objects.get()
    assert (reader.events, reader.whole_at) == (6, NOON)
    assert operations.follow(NOON + timedelta(hours=1)) == 0
    assert Matter.objects.count() == 6
    assert EndedContract.objects.count() == 0


def test_nothing_is_deleted_while_the_reader_may_still_be_behind():
    assert not queries.may_delete(NOON)
    complained()
    operations.follow(NOON, limit=1)
    assert not queries.may_delete(NOON), "a whole page: there may be more"
    operations.follow(NOON, limit=1)
    assert queries.may_delete(NOON)
    assert not queries.may_delete(NOON + timedelta(days=1)), "it has not read since midnight"


def test_every_event_of_the_catalogue_is_one_that_somebody_tells():
    for event in book.heard():
        assert event in REGISTRY, event
    for kind in book.kinds().values():
        told_of = [REGISTRY[event].__dataclass_fields__ for event in (*kind.opens, *kind.leads)]
        for fact in (kind.policy, kind.concerns):
            assert not fact or any(fact in fields for fields in told_of), (kind.kind, fact)


def test_the_figures_are_the_insurers_and_never_below_the_law():
    make.figure_set("retention.short_contract_months", "84")
    assert queries.spans_on(NOON.date()).short == 84
    for code, value in (
        ("short_contract_months", "59"), ("long_contract_months", "119"), ("after_dispute_months", "23"),
    ):  # fmt: skip
        with pytest.raises(OutOfBounds):
            make.figure_set(f"retention.{code}", value)
