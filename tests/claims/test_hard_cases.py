"""Rescission with its premium hold, appraisals, declared deaths, other insurers, day sixty, recoveries."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db.models import F

from tests import make
from tests.claims import hard
from tests.claims.hard import approve, large, told
from yilu.claims import jobs, operations, queries
from yilu.claims.models import Claim, Decision, Instalment, KnowledgeEvent, Recovery
from yilu.claims.operations import Finding, Judgment, Loss, Verdict
from yilu.journal.models import Event
from yilu.journal.operations import Page
from yilu.kernel import tx
from yilu.kernel.days import day_of
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.payments import queries as payments
from yilu.payments.models import Payout, Receivable
from yilu.policies import operations as policies
from yilu.policies import queries as contracts
from yilu.policies.models import BenefitUse

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(insurer):
    return hard.Office(make.office())


@pytest.fixture
def claim(office):
    return make.claim_in_review(office_id=office.id)


def pay(claim, at=make.NOON):
    """The bank says that everything arrived, and the claim hears of it."""
    from yilu.claims.operations import steps

    for payout in payments.list_payouts(Ref("claim", claim.claim_id)):
        Payout.objects.filter(pk=payout.id).update(state="SETTLED", ended_at=at)
        tx.use_case(steps.close_paid_claim)(
            claim_id=claim.claim_id, payout_id=payout.id, amount=str(payout.amount),
            purpose=payout.purpose, at=at,
        )  # fmt: skip


class TestRescission:
    def note(self, claim, who, **more):
        return operations.note_ground_for_rescission(
            **told(claim, who, ground="高血压", note="体检报告显示投保前已确诊"), **more
        )

    def policy_of(self, claim):
        return Claim.objects.values_list("policy_id", flat=True).get(pk=claim.claim_id)

    def test_no_premium_is_collected_while_the_question_is_open(self, office, claim):
        known = self.note(claim, office.chen)
        policy_id = self.policy_of(claim)
        assert [h.about for h in contracts.premium_holds(policy_id)] == [claim.ref]
        assert Event.objects.filter(kind="policies.premium_collection_held").count() == 1
        with pytest.raises(policies.PremiumHeld):
            policies.receive_premium(
                policy_id=policy_id, amount=Decimal("366.00"), actor=SYSTEM, at=make.NOON
            )
        operations.decide_rescission(
            **told(claim, office.fu, knowledge_id=known, rescind=False, reason="与事故无关，不解除")
        )
        assert contracts.premium_holds(policy_id) == ()
        assert Event.objects.filter(kind="policies.premium_collection_released").count() == 1

    def test_a_held_policy_does_not_lapse(self, office):
        policy = make.policy(
            office.id, product_code="term-life", sum_insured=Decimal(500000),
            premium=Decimal("1200.00"), effective_on=date(2023, 3, 1), pay_years=20,
            paid_to=date(2026, 3, 1), with_social_insurance=False,
        )  # fmt: skip
        hold = tx.use_case(policies.hold_premiums)
        assert hold(
            policy_id=policy.id, about=Ref("claim", 1), reason="X", actor=SYSTEM, at=make.NOON
        )
        assert not hold(
            policy_id=policy.id, about=Ref("claim", 1), reason="X", actor=SYSTEM, at=make.NOON
        )
        policies.move_due_policies(at=make.NOON, today=date(2026, 3, 2))
        assert policies.move_due_policies(at=make.NOON, today=date(2026, 5, 10)) == 0
        tx.use_case(policies.release_premiums)(
            policy_id=policy.id, about=Ref("claim", 1), actor=SYSTEM, at=make.NOON
        )
        assert policies.move_due_policies(at=make.NOON, today=date(2026, 5, 10)) == 1

    def test_a_premium_taken_since_forfeits_the_right(self, office, claim):
        known = self.note(claim, office.chen, known_on=date(2026, 2, 20))
        make_event(self.policy_of(claim))
        with pytest.raises(operations.RightForfeited):
            operations.decide_rescission(
                **told(
                    claim, office.fu, knowledge_id=known, rescind=True, reason="足以影响承保决定"
                )
            )
        assert KnowledgeEvent.objects.get().outcome == ""

    def test_whoever_noted_it_does_not_rescind(self, office, claim):
        known = self.note(claim, office.zhu)
        with pytest.raises(operations.NotForOneself):
            operations.decide_rescission(
                **told(
                    claim, office.zhu, knowledge_id=known, rescind=True, reason="足以影响承保决定"
                )
            )

    def test_after_thirty_days_the_right_is_gone_by_itself_once(self, office, claim):
        self.note(claim, office.chen)
        assert operations.let_rights_lapse(today=date(2026, 4, 3), at=make.NOON) == 0
        assert operations.let_rights_lapse(today=date(2026, 4, 4), at=make.NOON) == 1
        assert operations.let_rights_lapse(today=date(2026, 4, 4), at=make.NOON) == 0
        assert KnowledgeEvent.objects.get().outcome == "LAPSED"
        assert contracts.premium_holds(self.policy_of(claim)) == ()


def make_event(policy_id):
    """A premium that came in before the hold was known of."""
    from yilu.journal import operations as journal
    from yilu.policies import events

    tx.use_case(journal.record)(
        events.PremiumReceived(amount="366.00", paid_to="2027-09-01"),
        about=Ref("policy", policy_id), actor=SYSTEM, at=make.NOON,
    )  # fmt: skip


class TestAppraisal:
    @pytest.fixture
    def hurt(self, office):
        lin = make.insured(office.id)
        policy = make.policy(
            office.id, holder_id=lin, product_code="accident", sum_insured=Decimal(100_000),
            premium=Decimal("200.00"), effective_on=date(2025, 9, 1), with_social_insurance=False,
        )  # fmt: skip
        return hard.in_review(
            office, policy.number, lin, "DISABILITY", loss_date=date(2026, 1, 10),
            loss=Loss(cause="ACCIDENT", event_on=date(2026, 1, 10)),
        )  # fmt: skip

    def order(self, office, hurt):
        return operations.order_appraisal(
            **told(hurt, office.chen, institution="浙江大学司法鉴定中心", licence="330001",
                   question="左手伤残等级评定")
        )  # fmt: skip

    def record(self, office, hurt, made, *findings, on=date(2026, 3, 1)):
        return operations.record_appraisal(
            **told(hurt, office.chen, appraisal_id=made, assessed_on=on, findings=findings,
                   report_number="浙鉴〔2026〕12号", evidence=hard.paper("DISABILITY_REPORT"))
        )  # fmt: skip

    def test_is_ordered_recorded_checked_and_calculated_with(self, office, hurt, claim_of):
        made = self.order(office, hurt)
        with pytest.raises(operations.AppraisalOpen):
            self.order(office, hurt)
        two = [
            Finding(code="7.6-12", part="左手", grade=5),
            Finding(code="7.6-12", part="右手", grade=5),
        ]
        assert self.record(office, hurt, made, *two).grade == 4
        told_yes = told(hurt, office.fu, appraisal_id=made, accept=True, reason="")
        with pytest.raises(NotAllowed):
            operations.settle_appraisal(**(told_yes | {"access": office.chen[0]}))
        operations.settle_appraisal(**told_yes)
        assert [i[1] for i in claim_of(hurt.claim_id).loss["injuries"]] == [5, 5]
        seen = queries.desk(hurt.claim_id, office.chen[0], make.NOON)
        assert seen.calculation.benefit == Decimal("70000.00")  # the fourth grade
        with pytest.raises(operations.AppraisalNotFound):
            operations.settle_appraisal(**told_yes)

    def test_objections_need_a_reason_and_it_may_be_done_again(self, office, hurt):
        made = self.order(office, hurt)
        out = self.record(office, hurt, made, Finding(code="7.6-12", part="左手", grade=2))
        assert len(out.objections) == 1
        answer = told(hurt, office.fu, appraisal_id=made, accept=True)
        with pytest.raises(operations.ReasonMissing):
            operations.settle_appraisal(**answer, reason="")
        operations.settle_appraisal(
            **(answer | {"accept": False}), reason="等级与标准不符，重新鉴定"
        )
        assert self.order(office, hurt)

    def test_refuses_what_is_no_opinion(self, office, hurt, claim):
        made = self.order(office, hurt)
        for findings in ([], [Finding(code="=1+1", part="手", grade=3)],
                         [Finding(code="7.6-12", part=" ", grade=5)],
                         [Finding(code="7.6-12", part="手", grade=11)]):  # fmt: skip
            with pytest.raises(Invalid):
                self.record(office, hurt, made, *findings)
        with pytest.raises(Invalid):
            self.record(
                office, hurt, made, Finding(code="7.6-12", part="手", grade=5), on=date(2027, 1, 1)
            )
        with pytest.raises(operations.NotAnAppraisal):
            self.order(office, claim)


class TestDeclaredDeath:
    def declare(self, office, claim, **more):
        judgment = Judgment(
            **{"missing_on": date(2024, 1, 5), "judged_on": date(2026, 2, 1), "by_accident": True}
            | more
        )
        return operations.record_declared_death(
            **told(claim, office.chen, says=operations.CourtSays(
                judgment=judgment, court="杭州市西湖区人民法院", case_number="（2026）浙0106民特8号"))
        )  # fmt: skip

    def test_sets_the_day_of_death_by_law(self, office, claim_of):
        claim = hard.death(office)
        day = self.declare(office, claim)
        assert day.died_on == date(2024, 1, 5)
        row = claim_of(claim.claim_id)
        assert (row.loss_date, row.loss["passing"][0]) == (date(2024, 1, 5), "2024-01-05")
        with pytest.raises(operations.DeclaredAlready):
            self.declare(office, claim)

    def test_refuses_what_no_court_says(self, office, claim):
        with pytest.raises(operations.NotADeath):
            self.declare(office, claim)
        death = hard.death(office)
        with pytest.raises(Invalid):
            self.declare(office, death, judged_on=date(2023, 1, 1))
        with pytest.raises(Invalid):
            self.declare(office, death, judged_on=date(2027, 1, 1))

    def test_who_comes_back_has_the_money_asked_back_on_anothers_word(self, office):
        claim = hard.death(office)
        self.declare(office, claim)
        approve(office, claim)
        pay(claim)
        came_back = {"returned_on": date(2026, 3, 3), "revoked_number": "（2026）浙0106民特99号"}
        [recovery] = operations.record_return(**told(claim, office.chen), **came_back)
        with pytest.raises(operations.NobodyReturned):
            operations.record_return(**told(claim, office.chen), **came_back)
        given = {"recovery_id": recovery, "approve": True, "answer": ""}
        with pytest.raises(NotAllowed):
            operations.decide_recovery(**told(claim, office.chen), **given)
        receivable = operations.decide_recovery(**told(claim, office.zhu), **given)
        row = Receivable.objects.get(pk=receivable)
        assert (row.amount, row.from_party_id) == (Decimal("100000.00"), claim.claimant)
        letter = IssuedLetter.objects.get(kind="REPAYMENT")
        assert letter.party_id == claim.claimant
        assert letter.facts["amount"] == "100000.00"
        assert letter.facts["pay_by"] == row.due_on.isoformat()
        assert "第五十三条" in letter.facts["basis"]
        with pytest.raises(operations.RecoveryMissing):
            operations.decide_recovery(**told(claim, office.zhu), **given)

        self.decide_the_policy(office, claim, receivable)

    def decide_the_policy(self, office, claim, receivable):
        """Only when the money is back, by another person, once."""
        policy = Claim.objects.get(pk=claim.claim_id).policy
        assert (policy.state, policy.ending) == ("TERMINATED", "PAID_OUT")
        policy.paid_to = date(2024, 3, 1)
        policy.save()
        given = {"revive": True, "reason": "款项已全部返还，恢复保障"}
        with pytest.raises(operations.MoneyNotBack):
            operations.decide_returned_policy(**told(claim, office.zhu), **given)
        Receivable.objects.filter(pk=receivable).update(
            state="REPAID", repaid=F("amount"), ended_at=make.NOON
        )
        with pytest.raises(NotAllowed):
            operations.decide_returned_policy(**told(claim, office.chen), **given)
        assert operations.decide_returned_policy(**told(claim, office.zhu), **given) == "REVIVED"
        policy.refresh_from_db()
        assert (policy.state, policy.ending, policy.ended_on) == ("IN_FORCE", "", None)
        self.says_what_is_owed(claim, policy)
        uses = BenefitUse.objects.filter(policy=policy).values_list("paid", flat=True)
        assert sum(uses) == 0
        with pytest.raises(operations.ReturnedPolicyDone):
            operations.decide_returned_policy(**told(claim, office.zhu), **given)

    def says_what_is_owed(self, claim, policy):
        """Every premium that fell due meanwhile, without interest, by when and how."""
        today = day_of(make.NOON)
        dues = [date(y, 3, 1) for y in (2024, 2025, 2026) if date(y, 3, 1) >= policy.paid_to]
        assert policy.pay_until == today + timedelta(days=60)
        letter = IssuedLetter.objects.get(kind="RETURNED")
        assert letter.party_id == policy.holder_id
        assert letter.facts["amount"] == str(600 * len(dues)) + ".00"
        assert letter.facts["pay_by"] == policy.pay_until.isoformat()
        assert "不收利息" in letter.facts["rows"][1]["text"]
        said = Message.objects.get(template="claims.returned_policy_owes")
        assert said.recipient == str(Ref("party", policy.holder_id))
        policies.move_due_policies(at=make.NOON, today=today)
        policies.move_due_policies(at=make.NOON, today=policy.pay_until)
        policy.refresh_from_db()
        assert policy.state == "GRACE"
        loss = contracts.get_policy(policy.pk, today)
        assert loss.cover.state == "GRACE"
        policies.move_due_policies(at=make.NOON, today=policy.pay_until + timedelta(days=1))
        policy.refresh_from_db()
        assert (policy.state, policy.suspended_on) == (
            "SUSPENDED", policy.pay_until + timedelta(days=1),
        )  # fmt: skip

    def test_without_a_return_there_is_no_policy_to_decide_about(self, office):
        claim = hard.death(office)
        self.declare(office, claim)
        with pytest.raises(operations.NobodyReturned):
            operations.decide_returned_policy(
                **told(claim, office.zhu), revive=False, reason="没有重新出现"
            )


class TestRecovery:
    @pytest.fixture
    def paid(self, office, claim):
        approve(office, claim)
        pay(claim)
        return claim

    def propose(self, office, paid, amount="1000.00", who=None, **more):
        party = Claim.objects.get(pk=paid.claim_id).claimant_id
        given = {"from_party": party, "amount": Decimal(amount), "cause": "CORRECTED"} | more
        return operations.propose_recovery(
            **told(paid, who or office.chen, reason="票据后来冲红，多付差额"), **given
        )

    def test_never_more_than_reached_them(self, office, paid):
        whole = Claim.objects.get(pk=paid.claim_id).paid_amount
        with pytest.raises(operations.NeverPaidThat):
            self.propose(office, paid, str(whole + Decimal("0.01")))
        with pytest.raises(operations.NeverPaidThat):
            self.propose(office, paid, from_party=make.party(office.id))
        made = self.propose(office, paid)
        with pytest.raises(operations.RecoveryProposed):
            self.propose(office, paid)
        with pytest.raises(operations.ReasonMissing):
            operations.decide_recovery(
                **told(paid, office.fu, recovery_id=made, approve=False, answer="")
            )
        operations.decide_recovery(
            **told(paid, office.fu, recovery_id=made, approve=False, answer="金额小，成本过高")
        )
        assert Recovery.objects.get().state == "REFUSED"
        assert not Receivable.objects.exists()
        for amount in ("0", "-5", "1.001"):
            with pytest.raises(operations.BadAmount):
                self.propose(office, paid, amount)
        with pytest.raises(Invalid):
            self.propose(office, paid, cause="SPITE")

    def test_the_page_says_how_much_came_back(self, office, paid):
        made = self.propose(office, paid)
        card = queries.desk(paid.claim_id, office.chen[0], make.NOON).card
        [(_row, _name, _by, owed)] = queries.money_back(card).rows
        assert owed is None
        operations.decide_recovery(
            **told(paid, office.fu, recovery_id=made, approve=True, answer="")
        )
        [(_row, _name, _by, owed)] = queries.money_back(card).rows
        assert (owed.amount, owed.repaid, owed.state) == (Decimal("1000.00"), 0, "OPEN")

    def test_nobody_approves_their_own(self, office, paid):
        made = self.propose(office, paid, who=office.zhu)
        with pytest.raises(operations.NotForOneself):
            operations.decide_recovery(
                **told(paid, office.zhu, recovery_id=made, approve=True, answer="")
            )


class TestCoordination:
    def note(self, office, claim, amount, number="FG-1", **more):
        return operations.note_paid_elsewhere(
            **told(
                claim, office.chen, insurer="平安健康", note_number=number, amount=Decimal(amount)
            ),
            **more,
        )

    def test_what_others_paid_is_taken_off_and_never_more_than_the_cost(self, office, claim):
        before = queries.desk(claim.claim_id, office.chen[0], make.NOON).calculation.benefit
        note = self.note(office, claim, "3000.00", evidence=hard.paper())
        after = queries.desk(claim.claim_id, office.chen[0], make.NOON).calculation
        assert after.chosen["paid_elsewhere"] == "3000.00"
        assert after.benefit <= before
        card = queries.get_for_staff(claim.claim_id, office.chen[0])
        sums = queries.coordination(card, after.benefit)
        assert (sums.elsewhere, sums.over) == (Decimal("3000.00"), False)
        with pytest.raises(operations.MoreThanItCost):
            self.note(office, claim, "21000.01", "FG-2")
        with pytest.raises(Invalid):
            self.note(office, claim, "1.00")
        operations.withdraw_paid_elsewhere(**told(claim, office.chen, note_id=note))
        assert queries.desk(claim.claim_id, office.chen[0], make.NOON).calculation.benefit == before
        with pytest.raises(operations.NotACost):
            self.note(office, hard.death(office), "1.00")

    def test_the_insured_chooses_which_policy_pays_first(self, office):
        lin = make.insured(office.id)
        first = make.claim_in_review(holder_id=lin, office_id=office.id)
        second = make.claim_in_review(
            holder_id=lin, office_id=office.id, invoices=large(),
            policy_number=make.policy(office.id, holder_id=lin).number,
        )  # fmt: skip
        order = [first.claim_id, second.claim_id]
        with pytest.raises(operations.ClaimNotFound):
            operations.choose_policy_order(
                claim_id=second.claim_id, claim_ids=order, at=make.NOON,
                actor=Ref("party", make.party(office.id)),
            )  # fmt: skip
        operations.choose_policy_order(
            claim_id=second.claim_id, claim_ids=order, actor=Ref("party", lin), at=make.NOON
        )
        with pytest.raises(operations.EarlierUndecided):
            operations.coordinate(**told(second, office.chen))
        approve(office, first)
        paid = Claim.objects.get(pk=first.claim_id).benefit_amount
        assert operations.coordinate(**told(second, office.chen)) == paid
        with pytest.raises(Invalid):
            operations.choose_policy_order(
                claim_id=second.claim_id, claim_ids=[second.claim_id], at=make.NOON,
                actor=Ref("party", lin),
            )  # fmt: skip


class TestDaySixty:
    def test_what_is_determined_is_paid_by_the_clock_once(self, office, claim):
        operations.calculate_claim(**told(claim, office.chen, chosen=operations.Chosen()))
        due_on = operations.state_undisputed_part(
            **told(claim, office.chen, amount=Decimal("500.00"), reason="住院费用已核实，余额待查")
        )
        assert due_on == date(2026, 5, 3)
        later = make.NOON + timedelta(days=30)
        assert not payments.list_payouts(claim.ref)
        jobs.keep_days_of_the_law(later)
        assert not payments.list_payouts(claim.ref)
        for _ in range(2):
            jobs.keep_days_of_the_law(make.NOON + timedelta(days=59))
        assert [p.amount for p in payments.list_payouts(claim.ref)] == [Decimal("500.00")]
        assert Decision.objects.get(kind="ADVANCE").decided_by == str(SYSTEM)

    def test_a_decision_in_between_drops_it(self, office, claim):
        operations.calculate_claim(**told(claim, office.chen, chosen=operations.Chosen()))
        operations.state_undisputed_part(
            **told(claim, office.chen, amount=Decimal("500.00"), reason="住院费用已核实，余额待查")
        )
        approve(office, claim)
        assert operations.pay_instalment(claim_id=claim.claim_id, at=make.NOON) is None
        assert Instalment.objects.get().dropped_at
        with pytest.raises(operations.NotPossibleNow):
            operations.pay_undisputed_part(
                **told(claim, office.chen, amount=Decimal("5.00"), reason="已经核定后再先付")
            )

    def test_more_than_is_calculated_is_refused(self, office, claim):
        operations.calculate_claim(**told(claim, office.chen, chosen=operations.Chosen()))
        with pytest.raises(operations.BadAmount):
            operations.state_undisputed_part(
                **told(claim, office.chen, amount=Decimal("49999.00"), reason="先付这一部分")
            )

    def test_desks_are_asked_in_time(self, office, claim):
        Claim.objects.filter(pk=claim.claim_id).update(registered_at=make.NOON)
        ask = partial(operations.ask_what_is_determined, at=make.NOON)
        assert ask(today=date(2026, 4, 17)) == Page(0, 0)
        assert ask(today=date(2026, 4, 18)) == Page(1, claim.claim_id)
        assert ask(today=date(2026, 4, 18), after=claim.claim_id) == Page(0, 0)
        # Whoever was asked is still to be asked: the worker must not begin anew at once.
        assert jobs.keep_days_of_the_law(make.NOON.replace(month=4, day=18)) == 0


def test_an_appeal_is_decided_by_somebody_else(office, claim):
    approve(office, claim)
    pay(claim)
    row = Claim.objects.get(pk=claim.claim_id)
    operations.reopen_claim(
        claim_id=claim.claim_id, cause="APPEAL", text="我认为还少付了床位费",
        actor=Ref("party", row.claimant_id), at=make.NOON + timedelta(hours=1),
    )  # fmt: skip
    operations.calculate_claim(**told(claim, office.zhu, chosen=operations.Chosen()))
    seen = queries.desk(claim.claim_id, office.chen[0], make.NOON)
    verdict = Verdict(digest=seen.digest, kind="APPROVE", reason="维持原来的结论")
    with pytest.raises(operations.SomebodyElseDecides):
        operations.decide(**told(claim, office.chen, verdict=verdict))
    assert operations.decide(**told(claim, office.zhu, verdict=verdict)).decision_id


def test_grace_above_the_table_needs_a_higher_role(office, claim):
    given = {"amount": Decimal("6000.00"), "reason": "家庭困难，给予通融"}
    with pytest.raises(operations.RoleTooLow):
        operations.grant_ex_gratia(**told(claim, office.fu), **given)
    assert operations.grant_ex_gratia(**told(claim, office.zhu), **given)
