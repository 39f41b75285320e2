"""Riders are priced, decided and issued together with the contract they hang on."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests import make
from tests.underwriting.story import Story, healthy, insurer, plan
from tests.underwriting.test_issue import photo
from yilu.kernel.refs import Ref
from yilu.letters.models import IssuedLetter
from yilu.payments.models import Collection
from yilu.people import queries as people
from yilu.policies.models import Policy, SpecialExclusion
from yilu.products import queries as products
from yilu.products.queries import PriceNotOffered
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.underwriting.operations import Rider
from yilu.underwriting.operations.submitting import _asks, decide_all
from yilu.underwriting.queries.desk import desk
from yilu.underwriting.queries.facts import facts_of
from yilu.underwriting.queries.papers import missing_papers
from yilu.underwriting.queries.riders import notices_in
from yilu.underwriting.rules import deciding
from yilu.underwriting.rules.shown import text_digest
from yilu.underwriting.terms import Excluded, Outcome, Proposal, Reason, Verdict

pytestmark = pytest.mark.django_db
ALLOWANCE = Rider("rider-allowance", Decimal(100))


def told(story: Story, *riders: Rider, **given: object) -> underwriting.Plan:
    """A plan with riders, chosen at the price that is quoted for all of it."""
    wanted = plan(riders=riders, **given)
    story.do(underwriting.choose_plan, plan=wanted, seen=total(story, wanted))
    return wanted


def total(story: Story, wanted: underwriting.Plan) -> Decimal:
    row = story.row
    main = story.price(replace(wanted, riders=()))
    for rider in wanted.riders:
        offer = products.get_offer(rider.code, story.at.date())
        main += products.price(
            offer.version_id, sex="FEMALE", age=36, sum_insured=rider.sum_insured, pay_years=1,
            pay_mode=wanted.pay_mode, with_social_insurance=row.with_social_insurance,
        ).premium  # fmt: skip
    return main


def confirmed(story: Story) -> None:
    shown = {n.code: text_digest(n.text) for n in notices_in(story.row)}
    story.do(underwriting.confirm_notices, confirmed=shown)


class TestBought:
    def test_together_they_cost_one_instalment_and_become_a_policy_each(self) -> None:
        story = Story(insurer())
        story.identified()
        told(story, ALLOWANCE)
        story.declared().afforded()
        main_only = {
            n.code: text_digest(n.text) for n in products.list_notices(story.row.product_version_id)
        }
        assert (
            story.do(underwriting.confirm_notices, confirmed=main_only) > 0
        )  # the rider's are open
        confirmed(story)
        story.signed()
        done = story.do(underwriting.submit)
        row = story.row
        rider = Decimal(row.riders[0]["premium"])
        assert (done.outcome, rider) == ("ACCEPT", Decimal("148.00"))
        assert Collection.objects.get(pk=row.collection_id).amount == row.premium + rider

        row = story.paid()
        main = Policy.objects.get(pk=row.policy_id)
        added = Policy.objects.get(main_id=main.pk)
        assert (main.premium, added.premium, added.sum_insured) == (
            row.premium,
            rider,
            Decimal(100),
        )
        assert (added.insured_id, added.pay_mode) == (main.insured_id, main.pay_mode)
        assert main.premiums_paid + added.premiums_paid == row.total_premium
        view = queries.get_for_party(story.id, story.holder_id)
        assert (view.total, view.riders[0].policy_id) == (row.total_premium, added.pk)
        story.paid()
        assert Policy.objects.filter(insured_id=main.insured_id).count() == 2

    def test_an_illness_is_judged_for_each_part_by_its_own_line(self) -> None:
        story = Story(insurer())
        story.identified()
        told(story, ALLOWANCE)
        said = {"area_heart": "YES", "hypertension": "YES", "hypertension.systolic": "150",
                "hypertension.diastolic": "92", "hypertension.damage": "NO"}  # fmt: skip
        version = story.row.product_version_id
        asked = products.get_questionnaire(version)
        known = {q.code for q in asked.questions}
        assert set(said) <= known
        answers = healthy(version, **said)
        story.do(underwriting.declare_health, questionnaire=asked.version, answers=answers)
        story.afforded()
        confirmed(story)
        story.signed()
        done = story.do(underwriting.submit)
        row = story.row
        assert (done.state, done.outcome) == ("OFFERED", "EXCLUSION")
        assert row.extra_mortality == 50  # the illness cover is loaded
        assert row.riders[0]["exclusions"]  # the daily allowance leaves it out
        assert (row.exclusions, row.riders[0]["extra_mortality"]) == ([], 0)
        story.signed("CONDITIONS")
        story.do(underwriting.agree_to_conditions)
        issued = Policy.objects.get(main_id=story.paid().policy_id)
        assert SpecialExclusion.objects.filter(policy_id=issued.pk).count() == 1

    @pytest.mark.parametrize("mode", ["HALF_YEARLY", "QUARTERLY", "MONTHLY"])
    def test_it_is_paid_as_often_as_the_contract_it_hangs_on(self, mode: str) -> None:
        story = Story(insurer())
        story.identified()
        told(story, ALLOWANCE, pay_mode=mode)
        story.declared().afforded()
        confirmed(story)
        story.signed()
        story.do(underwriting.submit)
        row = story.paid()
        main = Policy.objects.get(pk=row.policy_id)
        added = Policy.objects.get(main_id=main.pk)
        assert (added.pay_mode, added.paid_to) == (mode, main.paid_to)
        assert Collection.objects.get(pk=row.collection_id).amount == main.premium + added.premium


class TestRefused:
    def test_what_does_not_go_together_is_refused_and_nothing_changes(self) -> None:
        office = insurer()
        story = Story(office)
        for riders in ((Rider("accident", Decimal(100_000)),), (ALLOWANCE, ALLOWANCE)):
            with pytest.raises(underwriting.RiderNotOffered):
                story.do(underwriting.choose_plan, plan=plan(riders=riders), seen=Decimal(1))
        with pytest.raises(PriceNotOffered):  # a sum above the rider's range
            story.do(
                underwriting.choose_plan, seen=Decimal(1),
                plan=plan(riders=(Rider("rider-allowance", Decimal(6_000)),)),
            )  # fmt: skip
        with pytest.raises(underwriting.StaleQuote):  # the price of the main contract alone
            story.do(
                underwriting.choose_plan, plan=plan(riders=(ALLOWANCE,)), seen=story.price(plan())
            )
        assert (story.row.premium, story.row.riders) == (None, [])
        life = Story(office, product="endowment")  # asks less than the rider would need
        offered = queries.riders_offered(life.row.product_version_id, life.at.date())
        assert [each.waives_for for each in offered] == ["INSURED"]

    def test_another_rider_unsigns_the_application(self) -> None:
        story = Story(insurer())
        story.ready()
        told(story, ALLOWANCE)
        story.afforded()
        confirmed(story)
        with pytest.raises(underwriting.Unsigned):
            story.do(underwriting.submit)


def _said(outcome: Outcome, **given: object) -> Verdict:
    reason = Reason(condition=f"c{outcome}", outcome=outcome, in_words="")
    return Verdict(outcome=outcome, reasons=(reason,), digest=outcome.value, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("main", deciding.LADDER)
@pytest.mark.parametrize("rider", deciding.LADDER)
def test_the_worst_leads_and_each_part_keeps_its_own(main: Outcome, rider: Outcome) -> None:
    cut = Excluded(code="x", wording="x", icd_prefixes=("I10",))
    one = _said(main, extra_mortality=25)
    other = _said(
        rider, exclusions=(cut,), examinations=("ECG",), proposal=Proposal(outcome=Outcome.DECLINE)
    )
    found = deciding.together(one, {"r": other})
    assert found.outcome is max(main, rider, key=deciding.LADDER.index)
    assert (found.extra_mortality, found.exclusions) == (25, ())
    assert found.riders[0].exclusions == (cut,)
    assert found.examinations == ("ECG",)
    assert found.proposal is not None
    assert found.digest not in (one.digest, other.digest)
    assert deciding.together(one, {}) is one


class TestWaiver:
    """The waiver hangs on the holder: own questions, own price, own verdict, own policy on their life."""

    WAIVER = Rider("rider-holder-waiver", Decimal(1))

    def couple(self, *riders: Rider, **given: object) -> tuple[Story, int]:
        office = insurer()
        story = Story(office)
        husband = story.do(
            underwriting.name_kin, name="爱人", phone=make.mobile(),
            identity_number=make.resident_id(date(1988, 5, 1), "MALE"),
        )  # fmt: skip
        make.consent(husband, "UNDERWRITING")
        story.do(underwriting.set_insured, insured_id=husband, relation="SPOUSE")
        story.identified()
        wanted = plan(riders=riders, **given)
        row = story.row
        told_riders = underwriting.quote_riders(
            products.offer_of(row.product_version_id), people.get_party(husband), wanted,
            story.at.date(), people.get_party(story.holder_id),
        )  # fmt: skip
        seen = sum((Decimal(r["premium"]) for r in told_riders), story.price(wanted))
        story.do(underwriting.choose_plan, plan=wanted, seen=seen)
        return story, husband

    def answers(self, story: Story, **holders: str) -> dict[str, str]:
        waiver = next(r for r in story.row.riders if r.get("life"))
        own = healthy(waiver["version_id"], **holders)
        return healthy(story.row.product_version_id) | {f"holder.{c}": a for c, a in own.items()}

    def declare(self, story: Story, answers: dict[str, str]) -> None:
        asked = products.get_questionnaire(story.row.product_version_id)
        story.do(underwriting.declare_health, questionnaire=asked.version, answers=answers)

    def test_is_priced_and_asked_for_the_holder_and_becomes_a_policy_on_their_life(self) -> None:
        story, husband = self.couple(self.WAIVER, ALLOWANCE)
        row = story.row
        allowance, waiver = row.riders
        yearly = row.premium + Decimal(allowance["premium"])
        assert (Decimal(waiver["sum_insured"]), waiver["pay_years"]) == (yearly, 19)
        assert (waiver["rated_sex"], waiver["party_id"]) == ("FEMALE", story.holder_id)
        assert Decimal(waiver["premium"]) < yearly / 20
        with pytest.raises(underwriting.Unanswered, match="投保人"):
            self.declare(story, healthy(row.product_version_id))
        self.declare(story, self.answers(story))
        story.afforded(budget=60_000)
        confirmed(story)
        story.signed().signed(signer=Ref("party", husband))
        for need in missing_papers(story.row):
            story.do(underwriting.hand_in_paper, paper=need.code, filename="a.png", content=photo())
        done = story.do(underwriting.submit)
        assert done.outcome == "ACCEPT"
        main = Policy.objects.get(pk=story.paid().policy_id)
        made = Policy.objects.get(main=main, insured_id=story.holder_id)
        assert (made.premium, made.sum_insured) == (Decimal(waiver["premium"]), yearly)
        assert (made.pay_years, made.rated_sex, made.pay_mode) == (19, "FEMALE", main.pay_mode)
        assert made.ends_on == main.effective_on.replace(year=main.effective_on.year + 19)
        assert main.insured_id == husband
        assert any(code.startswith("holder.") for code in story.row.answers)

    def test_the_holders_illness_loads_the_waiver_alone_and_says_whose_it_is(self) -> None:
        story, husband = self.couple(self.WAIVER)
        ill = {"area_heart": "YES", "hypertension": "YES", "hypertension.systolic": "150",
               "hypertension.diastolic": "92", "hypertension.damage": "NO"}  # fmt: skip
        self.declare(story, self.answers(story, **ill))
        row = story.row
        verdict = decide_all(row, facts_of(row), (), _asks(story.at))
        [waiver] = verdict.riders
        assert (verdict.extra_mortality, waiver.extra_mortality) == (0, 50)
        assert any(str(r.in_words).startswith("投保人：") for r in verdict.reasons)
        assert (verdict.outcome, husband) == (Outcome.LOADING, row.insured_id)

    def test_is_for_who_insures_another_and_pays_by_the_year(self) -> None:
        story = Story(insurer())
        story.identified()
        version, today = story.row.product_version_id, story.at.date()
        assert self.WAIVER.code not in {o.code for o in queries.riders_offered(version, today)}
        offered = queries.riders_offered(version, today, for_another=True)
        assert self.WAIVER.code in {o.code for o in offered}
        with pytest.raises(underwriting.RiderNotOffered):
            story.do(underwriting.choose_plan, plan=plan(riders=(self.WAIVER,)), seen=Decimal(1))
        with pytest.raises(underwriting.NothingToWaive):
            self.couple(self.WAIVER, pay_years=1, pay_mode="SINGLE")

    def referred(self) -> tuple[Story, int]:
        """The holder's own blood pressure leaves the waiver to a person; the husband is well."""
        story, husband = self.couple(self.WAIVER)
        high = {"area_heart": "YES", "hypertension": "YES", "hypertension.systolic": "165",
                "hypertension.diastolic": "95", "hypertension.damage": "NO"}  # fmt: skip
        self.declare(story, self.answers(story, **high))
        story.afforded(budget=60_000)
        confirmed(story)
        story.signed().signed(signer=Ref("party", husband))
        for need in missing_papers(story.row):
            story.do(underwriting.hand_in_paper, paper=need.code, filename="a.png", content=photo())
        assert story.do(underwriting.submit).state == "REFERRED"
        return story, husband

    def opine(self, story: Story, who: tuple, **given: object) -> underwriting.Decided:
        digest = desk(story.id, who[0], story.at).digest
        words = "投保人血压控制不理想"
        told = {"digest": digest, "kind": "OFFER", "words": words, "override_reason": words}
        return underwriting.decide_by_person(
            application_id=story.id, opinion=underwriting.Opinion(**told | given), access=who[0],
            actor=who[1], at=story.at,
        )  # fmt: skip

    def test_is_refused_alone_by_a_person_and_the_contract_goes_on_without_it(self) -> None:
        story, husband = self.referred()
        he = make.colleague(story.office_id, "UNDERWRITER")
        main = story.row.premium
        no = underwriting.RiderTerms(code=self.WAIVER.code, refused=True)
        for wrong in (
            {"kind": "ACCEPT", "riders": (no,)},
            {"riders": (replace(no, code="rider-allowance"),)},
            {"riders": (replace(no, extra_mortality=50),)},
            {"riders": (replace(no, refused=False, extra_mortality=30),)},
            {"riders": (no,), "words": ""},
        ):
            with pytest.raises(underwriting.OpinionIncomplete):
                self.opine(story, he, **wrong)
        with pytest.raises(underwriting.DepartureUnexplained):
            self.opine(story, he, riders=(no,), override_reason="")
        done = self.opine(story, he, riders=(no,))
        row = story.row
        assert (done.state, row.riders, row.premium) == ("OFFERED", [], main)
        assert row.total_premium == main
        letter = IssuedLetter.objects.get(kind="CONDITIONS")
        assert "不予承保，其余照常" in str(letter.facts["changes"])
        assert [r["condition"] for r in row.decision.reasons][-1] == "rider"
        story.signed("CONDITIONS").signed("CONDITIONS", signer=Ref("party", husband))
        story.do(underwriting.agree_to_conditions)
        policy = Policy.objects.get(pk=story.paid().policy_id)
        assert not Policy.objects.filter(main=policy).exists()

    def test_is_loaded_alone_by_a_person_while_the_contract_stays_standard(self) -> None:
        story, _husband = self.referred()
        before = Decimal(story.row.riders[0]["premium"])
        terms = (underwriting.RiderTerms(code=self.WAIVER.code, extra_mortality=75),)
        he = make.colleague(story.office_id, "UNDERWRITER")
        assert self.opine(story, he, riders=terms).outcome == "LOADING"
        row = story.row
        assert (row.extra_mortality, row.extra_premium) == (0, 0)
        [waiver] = row.riders
        assert (waiver["extra_mortality"], Decimal(waiver["extra_premium"]) > 0) == (75, True)
        assert Decimal(waiver["premium"]) > before

    def test_may_hang_on_the_insured_who_answers_once(self) -> None:
        waiver = Rider("rider-insured-waiver", Decimal(1))
        story = Story(insurer(), product="whole-life").identified()
        version, today = story.row.product_version_id, story.at.date()
        offered = {o.code for o in queries.riders_offered(version, today)}
        assert waiver.code in offered
        ill = products.get_offer("critical-illness", today)
        assert waiver.code not in {o.code for o in queries.riders_offered(ill.version_id, today)}
        wanted = plan(riders=(waiver,), with_social_insurance=False, years=0)
        [made] = underwriting.quote_riders(
            products.offer_of(version), people.get_party(story.holder_id), wanted, today
        )
        seen = story.price(wanted) + Decimal(made["premium"])
        story.do(underwriting.choose_plan, plan=wanted, seen=seen)
        story.declared().afforded(budget=60_000)
        confirmed(story)
        assert not queries.holders_questions(queries.rider_lines(story.row.riders))
        story.signed()
        assert story.do(underwriting.submit).outcome == "ACCEPT"
        main = Policy.objects.get(pk=story.paid().policy_id)
        rider = Policy.objects.get(main=main)
        assert (rider.insured_id, rider.pay_years) == (main.insured_id, 19)
        assert rider.sum_insured == main.premium

    def test_two_waivers_do_not_go_together(self) -> None:
        both = (self.WAIVER, Rider("rider-insured-waiver", Decimal(1)))
        story = Story(insurer(), product="whole-life").identified()
        husband = people.get_party(make.party(story.office_id))
        with pytest.raises(underwriting.OneWaiver):
            underwriting.quote_riders(
                products.offer_of(story.row.product_version_id), husband,
                plan(riders=both, with_social_insurance=False, years=0), story.at.date(),
                people.get_party(story.holder_id),
            )  # fmt: skip
