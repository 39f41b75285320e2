"""An advance before any bill is there (预付, A74): two people, a ceiling, taken off what is decided."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.claims import hard, papers
from tests.claims.hard import told
from yilu.audit import records
from yilu.audit.rules import checks
from yilu.claims import operations, queries
from yilu.claims.models import CareOrder, Claim, Decision, NamedGroup, NamedPerson, Recovery
from yilu.claims.operations import Care, Loss, Paper, Verdict, steps
from yilu.claims.operations.ahead import AheadInDoubt, AheadTooHigh, NotInTheGroup
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import SYSTEM
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.policies.models import Policy
from yilu.policies.queries import PolicyNotInForce

pytestmark = pytest.mark.django_db

WORDS = "住院押金通知单，预计手术费用较高"


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


@pytest.fixture
def claim(office):
    """Reported from the hospital bed: no paper is here."""
    return make.reported_claim(office_id=office.id)


def ask(office, claim, who=None, **given):
    care = {"kind": "ADVANCE", "words": WORDS, "scene": "INPATIENT",
            "amount": Decimal("2000.00"), "expected": Decimal("8000.00")}  # fmt: skip
    return operations.order_care(**told(claim, who or office.chen, care=Care(**care | given)))


def answer(office, claim, order, who=None, *, approve=True):
    return operations.approve_advance(
        **told(claim, who or office.fu, care_id=order, approve=approve, outcome="押金单已核对")
    )


def bills_come(claim, **bill):
    operations.hand_in_invoices(
        claim_id=claim.claim_id, provider_id=1, invoices=[make.invoice(**bill)], actor=SYSTEM,
        at=make.NOON,
    )  # fmt: skip
    return Claim.objects.get(pk=claim.claim_id)


def settled(claim):
    """The bank says of every payout of the claim that it is there."""
    for payout in Payout.objects.filter(about=f"claim:{claim.claim_id}"):
        Payout.objects.filter(pk=payout.pk).update(state="SETTLED", ended_at=make.NOON)
        tx.use_case(steps.close_paid_claim)(
            claim_id=claim.claim_id, payout_id=payout.pk, amount=str(payout.amount),
            purpose=payout.purpose, at=make.NOON,
        )  # fmt: skip


def decide(office, claim, kind, **given):
    """By the lead, and by the reviewer where the rules want a second."""
    seen = queries.desk(claim.claim_id, office.zhu[0], make.NOON)
    verdict = Verdict(digest=seen.digest, kind=kind, reason="核对病历与单据后认定", **given)
    made = operations.decide(**told(claim, office.zhu, verdict=verdict))
    if made.second:
        seen = queries.desk(claim.claim_id, office.fu[0], make.NOON)
        operations.confirm_decision(
            **told(claim, office.fu, digest=seen.digest, agrees=True, reason="")
        )


def audited(claim):
    (dossier,) = records.read_again([claim.claim_id]).dossiers
    return [(d.kind, d.expected, d.actual) for d in checks.differences(dossier)]


class TestPaid:
    def test_once_another_agrees_and_taken_off_what_the_bills_come_to(self, office, claim):
        order = ask(office, claim, paper=Paper("OTHER", "押金单.png", hard.paper().content))
        assert not Payout.objects.exists()

        assert answer(office, claim, order)

        made = Decision.objects.get()
        assert (made.kind, made.calculation, made.amount) == ("ADVANCE", None, Decimal(2000))
        assert (made.decided_by, made.approved_by) == (str(office.chen[1]), str(office.fu[1]))
        kept = CareOrder.objects.get()
        assert (kept.state, kept.decision, kept.ceiling > 2000) == ("DONE", made, True)
        assert Payout.objects.get().purpose == "PARTIAL"
        assert Event.objects.filter(kind="claims.advance_paid").exists()
        assert not Event.objects.filter(kind="claims.partial_payment_made").exists()
        sent = Message.objects.filter(about=f"claim:{claim.claim_id}", template="claims.progress")
        assert "从赔款中扣除" in sent.get().facts["step"]
        assert audited(claim) == []
        settled(claim)

        row = bills_come(claim)  # which the machine would have paid by itself
        assert (row.state, "ADVANCED" in row.reasons) == ("REVIEW", True)
        bills_come(claim, each="3000.00", fund_paid="0.00")
        benefit = queries.desk(claim.claim_id, office.zhu[0], make.NOON).calculation.benefit
        decide(office, claim, "APPROVE")

        amounts = list(Payout.objects.order_by("pk").values_list("amount", flat=True))
        assert amounts == [Decimal(2000), benefit - 2000]
        assert audited(claim) == []

    def test_asks_back_what_a_refusal_leaves_without_a_ground(self, office, claim):
        answer(office, claim, ask(office, claim))
        settled(claim)
        bills_come(claim)
        decide(office, claim, "DECLINE", clauses=("3.1",), override_reason="病历显示为等待期内就诊")
        asked = Recovery.objects.get()
        assert (asked.amount, asked.state, asked.cause) == (Decimal(2000), "PROPOSED", "CORRECTED")

    def test_asks_back_what_was_still_on_its_way_when_less_was_decided(self, office, claim):
        answer(office, claim, ask(office, claim))
        bills_come(claim)
        benefit = queries.desk(claim.claim_id, office.zhu[0], make.NOON).calculation.benefit
        decide(office, claim, "APPROVE")
        assert not Recovery.objects.exists()
        settled(claim)
        assert Recovery.objects.get().amount == 2000 - benefit > 0

    def test_the_audit_finds_one_without_its_two_people_or_above_its_ceiling(self, office, claim):
        answer(office, claim, ask(office, claim))
        CareOrder.objects.update(ceiling=Decimal("1999.99"))
        assert audited(claim) == [("AHEAD", "≤ 1999.99", "2000.00")]
        CareOrder.objects.update(ceiling=Decimal("2000.00"), state="REFUSED")
        assert audited(claim) == [("AHEAD", "≤ 0.00", "2000.00")]


class TestKeepsToItsBounds:
    def test_one_person_is_not_enough_nor_one_without_the_amount(self, office, claim):
        order = ask(office, claim, office.zhu)
        small = make.colleague(office.id, "REVIEWER", amount_limit=Decimal(1000))
        for who, refusal in (
            (office.zhu, operations.NotForOneself), (office.chen, NotAllowed), (small, NotAllowed),
        ):  # fmt: skip
            with pytest.raises(refusal):
                answer(office, claim, order, who)
        assert answer(office, claim, order, approve=False) is None
        assert not Payout.objects.exists()

    def test_no_more_than_the_share_and_the_limit_in_all(self, office, claim):
        with pytest.raises(AheadTooHigh) as told_why:
            ask(office, claim, amount=Decimal("6000.00"))
        assert "8,000.00" in str(told_why.value)
        first, second = ask(office, claim), ask(office, claim)
        answer(office, claim, first)
        with pytest.raises(AheadTooHigh):  # asked for beside the first: together they are beyond
            answer(office, claim, second)
        make.figure_set("claims.ahead_limit", "1500")
        with pytest.raises(AheadTooHigh):
            ask(office, make.reported_claim(office_id=office.id))
        assert Payout.objects.count() == 1

    @pytest.mark.parametrize(
        ("given", "refusal"),
        [({"scene": "LUCK"}, Invalid), ({"scene": ""}, Invalid), ({"scene": "NAMED"}, NotInTheGroup),
         ({"expected": None}, operations.BadAmount), ({"expected": Decimal("-1")}, operations.BadAmount),
         ({"amount": Decimal(0)}, operations.BadAmount)],
    )  # fmt: skip
    def test_says_what_is_missing(self, office, claim, given, refusal):
        with pytest.raises(refusal):
            ask(office, claim, **given)
        assert not CareOrder.objects.exists()

    def test_is_for_a_named_person_by_the_list(self, office, claim):
        group = NamedGroup.objects.create(
            title="见义勇为人员", words="持有证书的人员", state="STANDING", proposed_by="staff:1",
            proposed_at=make.NOON, decided_by="staff:2", decided_at=make.NOON,
        )  # fmt: skip
        insured = Claim.objects.get(pk=claim.claim_id).insured_id
        NamedPerson.objects.create(
            group=group, party_id=insured, paper="证书", named_by="staff:1", named_at=make.NOON
        )
        assert ask(office, claim, scene="NAMED")

    def test_nothing_where_the_contract_gives_no_cover_or_a_ground_must_be_weighed(self, office):
        doubtful = make.reported_claim(
            office_id=office.id, loss=Loss(circumstances=("DRUNK_DRIVING",))
        )
        with pytest.raises(AheadInDoubt):
            ask(office, doubtful)
        lapsed = make.reported_claim(office_id=office.id)
        order = ask(office, lapsed)
        Policy.objects.filter(pk=Claim.objects.get(pk=lapsed.claim_id).policy_id).update(
            state="SUSPENDED", suspended_on=make.NOON.date() - timedelta(days=60),
            suspended_for="PREMIUM",
        )  # fmt: skip
        with pytest.raises(PolicyNotInForce):
            answer(office, lapsed, order)
        assert not Payout.objects.exists()

    def test_not_once_it_is_decided(self, office, claim):
        order = ask(office, claim)
        bills_come(claim)
        papers.react()
        assert Claim.objects.get(pk=claim.claim_id).state == "PAYING"
        with pytest.raises(operations.NotPossibleNow):
            answer(office, claim, order)
        assert Payout.objects.count() == 1
