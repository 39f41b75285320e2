"""decide and confirm_decision …"""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from yilu.claims import operations, queries
from yilu.claims.models import Decision
from yilu.claims.operations import Chosen, Verdict
from yilu.claims.queries import scene
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import SYSTEM
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.policies.models import BenefitUse
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def chen(office):
    return make.colleague(office, "ASSESSOR")


@pytest.fixture
def fu(office):
    return make.colleague(office, "REVIEWER")


@pytest.fixture
def claim(office):
    return make.claim_in_review(office_id=office)


def desk(claim, who):
    return queries.desk(claim.claim_id, who[0], make.NOON)


def decide(claim, who, **given):
    verdict = Verdict(**{"digest": desk(claim, who).digest, "kind": "APPROVE"} | given)
    return operations.decide(
        claim_id=claim.claim_id, verdict=verdict, access=who[0], actor=who[1], at=make.NOON
    )


def test_pays_what_was_calculated(claim, chen, claim_of, kinds):
    seen = desk(claim, chen)
    # 24,000 billed, none by the fund, 100 deductible: 23,900 × 60 %, capped by nothing.
    assert seen.calculation.benefit == Decimal("14340.00")

    done = decide(claim, chen)

    assert (done.state, done.second) == ("PAYING", False)
    assert Payout.objects.get().amount == Decimal("14340.00")
    assert BenefitUse.objects.get().paid == Decimal("14340.00")
    decision = Decision.objects.get()
    assert (decision.machine_verdict, decision.overrides) == ("PAY", False)
    assert decision.digest == seen.calculation.digest
    assert {x.kind for x in IssuedLetter.objects.all()} == {"STATEMENT", "DECISION"}
    assert Item.objects.get(queue_id="claims.review").state == "DONE"
    assert kinds(claim.claim_id)[-2:] == ["claims.claim_approved", "claims.payout_promised"]
    assert claim_of(claim.claim_id).decided_at == make.NOON


def test_refuses_when_anything_changed_since_the_person_looked(claim, chen, claim_of):
    digest = desk(claim, chen).digest
    operations.hand_in_invoices(
        claim_id=claim.claim_id,
        provider_id=1,
        invoices=[make.invoice()],
        actor=SYSTEM,
        at=make.NOON,
    )

    with pytest.raises(operations.StaleDecision):
        decide(claim, chen, digest=digest)
    assert not Decision.objects.exists()
    assert claim_of(claim.claim_id).state == "REVIEW"
    assert decide(claim, chen).state == "PAYING"


def test_refuses_when_another_claim_used_the_policy_meanwhile(office, chen):
    lin = make.insured(office)
    policy = make.medical_policy(office, holder_id=lin)
    first = make.claim_in_review(holder_id=lin, office_id=office, policy_number=policy.number)
    digest = desk(first, chen).digest
    other = make.reported_claim(
        lin, office_id=office, policy_number=policy.number, loss_date=make.date(2026, 2, 10)
    )
    operations.hand_in_invoices(
        claim_id=other.claim_id, provider_id=1, actor=SYSTEM, at=make.NOON,
        invoices=[make.invoice(admitted_on="2026-02-10", discharged_on="2026-02-12")],
    )  # fmt: skip

    with pytest.raises(operations.StaleDecision):
        decide(first, chen, digest=digest)
    operations.calculate_claim(
        claim_id=first.claim_id, chosen=Chosen(), access=chen[0], actor=chen[1], at=make.NOON
    )
    assert decide(first, chen).state == "PAYING"


def test_of_less_than_calculated_needs_clause_reason_and_why_not_the_machine(claim, chen):
    for lacking, refusal in (
        ({"reason": ""}, operations.ReasonMissing),
        ({"clauses": ()}, operations.ClauseMissing),
        ({"clauses": ("99.9",)}, operations.ClauseMissing),
        ({"override_reason": ""}, operations.OverrideNeedsReason),
        ({"amount": Decimal("14340.00")}, operations.BadAmount),
        ({"amount": Decimal("0.00")}, operations.BadAmount),
        ({"amount": Decimal("1.005")}, operations.BadAmount),
        ({"amount": None}, operations.BadAmount),
    ):
        told = {
            "kind": "PARTIAL", "amount": Decimal("9000.00"), "reason": "部分费用与本次疾病无关",
            "clauses": ("2.1",), "override_reason": "理疗费用与诊断不符",
        }  # fmt: skip
        with pytest.raises(refusal):
            decide(claim, chen, **told | lacking)
    assert not Decision.objects.exists()

    assert decide(claim, chen, **told).state == "PAYING"
    decision = Decision.objects.get()
    assert (decision.amount, decision.machine_amount) == (Decimal("9000.00"), Decimal("14340.00"))
    assert decision.overrides


def test_declines_only_by_a_person_with_clause_and_letter(claim, chen, claim_of, kinds):
    told = {"kind": "DECLINE", "reason": "属于投保前已患疾病", "clauses": ("3.1", "3.2")}
    with pytest.raises(operations.OverrideNeedsReason):
        decide(claim, chen, **told)

    done = decide(claim, chen, **told, override_reason="病历记载投保前已确诊")

    assert done.state == "DECLINED"
    assert claim_of(claim.claim_id).benefit_amount == Decimal("0.00")
    letter = IssuedLetter.objects.get()
    assert letter.kind == "DENIAL"
    assert [c["number"] for c in letter.facts["clauses"]] == ["3.1", "3.2"]
    assert all(c["text"] for c in letter.facts["clauses"])
    assert not Payout.objects.exists()
    assert not BenefitUse.objects.exists()
    assert kinds(claim.claim_id)[-1] == "claims.claim_declined"
    assert Message.objects.filter(template="claims.declined").exists()


def test_refuses_a_decline_by_somebody_without_that_right(claim, office):
    intake = make.colleague(office, "INTAKE")
    with pytest.raises(NotAllowed):
        decide(claim, intake, kind="DECLINE", reason="属于除外责任的情形", clauses=("3.1",))


def test_refuses_staff_of_another_branch(claim):
    stranger = make.colleague(make.office(), "ASSESSOR")
    with pytest.raises(operations.ClaimNotFound):
        desk(claim, stranger)
    with pytest.raises(NotAllowed):
        operations.decide(
            claim_id=claim.claim_id, verdict=Verdict(digest="x", kind="APPROVE"),
            access=stranger[0], actor=stranger[1], at=make.NOON,
        )  # fmt: skip


class TestFourEyes:
    @pytest.fixture
    def junior(self, office):
        return make.colleague(office, "ASSESSOR", amount_limit=Decimal("5000.00"))

    def test_above_ones_amount_a_decision_waits_for_another(
        self, claim, junior, fu, claim_of, kinds
    ):
        done = decide(claim, junior)
        assert (done.state, done.second) == ("SECOND_REVIEW", True)
        assert not Payout.objects.exists()
        assert kinds(claim.claim_id)[-1] == "claims.decision_proposed"

        confirmed = operations.confirm_decision(
            claim_id=claim.claim_id, digest=desk(claim, fu).digest, agrees=True, reason="",
            access=fu[0], actor=fu[1], at=make.NOON,
        )  # fmt: skip

        assert confirmed.state == "PAYING"
        decision = Decision.objects.get()
        assert (decision.decided_by, decision.approved_by) == (str(junior[1]), str(fu[1]))
        assert Payout.objects.count() == 1

    def test_nobody_confirms_their_own(self, claim, office):
        both = make.colleague(office, "ASSESSOR", amount_limit=Decimal("5000.00"))
        from yilu.people import operations as people
        from yilu.people import queries as staff

        decide(claim, both)
        people.grant_role(
            staff_id=both[1].id, role="REVIEWER", office_id=office, amount_limit=None,
            actor=SYSTEM, at=make.NOON,
        )  # fmt: skip
        both = (staff.staff_access(both[1].id), both[1])

        with pytest.raises(operations.NotForOneself):
            operations.confirm_decision(
                claim_id=claim.claim_id, digest=desk(claim, both).digest, agrees=True, reason="",
                access=both[0], actor=both[1], at=make.NOON,
            )  # fmt: skip
        assert not Payout.objects.exists()

    def test_sends_back_with_a_reason(self, claim, junior, fu, claim_of):
        decide(claim, junior)
        with pytest.raises(operations.ReasonMissing):
            self.confirm(claim, fu, agrees=False, reason="")
        self.confirm(claim, fu, agrees=False, reason="请补充核实住院天数")

        assert claim_of(claim.claim_id).state == "REVIEW"
        assert Decision.objects.get().state == "SENT_BACK"
        assert Item.objects.filter(queue_id="claims.review", state="OPEN").exists()

    def test_refuses_what_changed_since_the_second_looked(self, claim, junior, fu):
        decide(claim, junior)
        digest = desk(claim, fu).digest
        operations.hand_in_invoices(
            claim_id=claim.claim_id, provider_id=1, invoices=[make.invoice()], actor=SYSTEM,
            at=make.NOON,
        )  # fmt: skip
        with pytest.raises(operations.StaleDecision):
            self.confirm(claim, fu, digest=digest)
        with pytest.raises(operations.StaleDecision):
            self.confirm(claim, fu)

    def confirm(self, claim, who, *, agrees=True, reason="", digest=None):
        return operations.confirm_decision(
            claim_id=claim.claim_id, digest=digest or desk(claim, who).digest, agrees=agrees,
            reason=reason, access=who[0], actor=who[1], at=make.NOON,
        )  # fmt: skip

    def test_above_fifty_thousand_the_table_wants_two(self, office, chen, fu):
        lin = make.insured(office)
        policy = make.policy(
            office, product_code="million-medical", holder_id=lin, sum_insured=Decimal(2_000_000),
            premium=Decimal("500.00"), with_social_insurance=False,
        )  # fmt: skip
        large = make.claim_in_review(
            holder_id=lin, office_id=office, policy_number=policy.number,
            invoices=[make.invoice(each="40000.00", fund_paid="0.00", admitted_on="2026-01-02")],
        )  # fmt: skip
        benefit = desk(large, chen).calculation.benefit
        assert benefit > 50_000
        done = decide(large, chen, reason="资料齐全，属于保险责任")
        assert done.second


class TestFirstOpinion:
    @pytest.fixture
    def small(self, office):
        # 自费 items need a person, so a small claim lands on a desk.
        lines = [{"name": "床位", "category": "A", "amount": "1500.00"},
                 {"name": "进口材料", "category": "自费", "amount": "500.00"}]  # fmt: skip
        return make.claim_in_review(
            office_id=office, invoices=[make.invoice(lines=lines, fund_paid="0.00")]
        )

    def test_below_three_thousand_stands(self, small, chen, office):
        operations.give_opinion_on_scene(
            claim_id=small.claim_id, kind="APPROVE", reason="现场核实无误",
            amount=desk(small, chen).calculation.benefit, access=chen[0], actor=chen[1], at=make.NOON,
        )  # fmt: skip
        told = {"kind": "DECLINE", "reason": "后来认为不属于责任", "clauses": ("3.1",)}
        other = make.colleague(office, "ASSESSOR")
        with pytest.raises(operations.FirstOpinionStands):
            decide(small, other, **told)

        lead = make.colleague(office, "TEAM_LEAD")
        assert decide(small, lead, **told).state == "DECLINED"

    def test_does_not_bind_whoever_judges_an_appeal(self, small, chen, office):
        """Else the other pair of eyes could only say no again."""
        declined = {"kind": "DECLINE", "reason": "不属于保险责任范围", "clauses": ("3.1",)}
        decide(small, chen, **declined)
        operations.reopen_claim(
            claim_id=small.claim_id, cause="NEW_FACTS", text="客户补交了新的证明",
            access=(lead := make.colleague(office, "REVIEWER"))[0], actor=lead[1],
            at=make.NOON + timedelta(hours=1),
        )  # fmt: skip
        other = make.colleague(office, "ASSESSOR")
        assert decide(small, other, reason="补交的证明说明属于责任").state == "PAYING"

    def test_below_which_sum_is_for_managers_to_set(self, small, chen, office):
        make.figure_set("claims.first_opinion_limit", "500")
        amount = desk(small, chen).calculation.benefit
        operations.give_opinion_on_scene(
            claim_id=small.claim_id, kind="APPROVE", reason="现场核实无误", amount=amount,
            access=chen[0], actor=chen[1], at=make.NOON,
        )  # fmt: skip
        assert 500 < amount < 3000
        seen = scene.first_opinion(desk(small, chen).card, chen[0], make.NOON)
        assert (seen.binds, seen.limit) == (False, Decimal(500))
        told = {"kind": "DECLINE", "reason": "后来认为不属于责任", "clauses": ("3.1",)}
        assert decide(small, make.colleague(office, "ASSESSOR"), **told).state == "DECLINED"

    def test_is_given_once_by_whoever_may_and_binds_at_the_desk(self, small, chen, office):
        cha = make.colleague(office, "INVESTIGATOR")
        told = {
            "claim_id": small.claim_id, "kind": "APPROVE", "reason": "现场核实无误",
            "amount": Decimal("1234.00"), "at": make.NOON,
        }  # fmt: skip
        for role in ("CONSULTANT", "REGISTRAR"):
            who = make.colleague(office, role)
            with pytest.raises(NotAllowed):
                operations.give_opinion_on_scene(**told, access=who[0], actor=who[1])
        card = desk(small, chen).card
        assert scene.first_opinion(card, chen[0], make.NOON) is None
        assert scene.may_give(small.claim_id, cha[0])

        operations.give_opinion_on_scene(**told, access=cha[0], actor=cha[1])
        with pytest.raises(operations.OpinionGivenAlready):
            operations.give_opinion_on_scene(**told, access=chen[0], actor=chen[1])
        assert not scene.may_give(small.claim_id, cha[0])
        seen = scene.first_opinion(card, chen[0], make.NOON)
        assert (seen.binds, seen.lead, seen.amount) == (True, False, Decimal("1234.00"))
        # An estimate that agrees that it is covered does not bind to the cent.
        assert decide(small, chen, reason="同意现场意见").state == "PAYING"

    def test_is_confirmed_by_anybody(self, small, chen, office):
        operations.give_opinion_on_scene(
            claim_id=small.claim_id, kind="APPROVE", reason="现场核实无误",
            amount=desk(small, chen).calculation.benefit, access=chen[0], actor=chen[1], at=make.NOON,
        )  # fmt: skip
        other = make.colleague(office, "ASSESSOR")
        with pytest.raises(operations.ReasonMissing):  # the machine had no opinion: say why to pay
            decide(small, other)
        assert decide(small, other, reason="同意现场意见").state == "PAYING"


def test_upholds_a_ground_only_where_a_person_chose_it(office, chen, claim_of):
    lines = [{"name": "床位", "category": "A", "amount": "2000.00"}]
    loss = operations.Loss(circumstances=("DENTAL",))
    claim = make.claim_in_review(office_id=office, loss=loss, invoices=[make.invoice(lines=lines)])
    before = desk(claim, chen).calculation
    assert before.benefit > 0
    ground = before.ground_rows[0]
    assert not ground.applied

    operations.calculate_claim(
        claim_id=claim.claim_id, chosen=Chosen(upheld=(ground.key,)), access=chen[0], actor=chen[1],
        at=make.NOON,
    )  # fmt: skip
    after = desk(claim, chen).calculation
    assert (after.benefit, after.chosen) == (Decimal("0.00"), {"upheld": [ground.key]})
    with pytest.raises(operations.BadAmount):
        decide(claim, chen)
    assert decide(
        claim, chen, kind="DECLINE", reason="牙科治疗属于责任免除", clauses=(ground.clause,)
    ).state == "DECLINED"  # fmt: skip


def test_bounds_the_statements_of_the_desk(claim, chen, django_assert_max_num_queries):
    desk(claim, chen)
    for _ in range(3):
        operations.write_note(
            claim_id=claim.claim_id, note=operations.Note(kind="CALL", text="已联系客户"),
            access=chen[0], actor=chen[1], at=make.NOON,
        )  # fmt: skip
    with django_assert_max_num_queries(24):
        seen = desk(claim, chen)
    assert len(seen.notes) == 3
    assert seen.notes[0].written_by == "陈经办"
    assert {a.code for a in seen.actions if a.allowed} >= {
        "APPROVE",
        "DECLINE",
        "REQUEST_SUPPLEMENT",
    }


def test_a_second_decision_is_not_possible(claim, chen):
    digest = desk(claim, chen).digest
    decide(claim, chen)
    with pytest.raises(operations.NotPossibleNow):
        decide(claim, chen, digest=digest)
    assert Decision.objects.count() == 1
    assert replace(Verdict(digest="", kind="APPROVE"), reason="x").reason == "x"
