"""Filling in: every bad input is refused with its reason, and nothing changed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.underwriting.story import (
    NOON,
    Story,
    consent,
    customer,
    healthy,
    insurer,
    plan,
    sent_code,
)
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.people import operations as people
from yilu.people import queries as persons
from yilu.policies.models import Policy
from yilu.products import queries as products
from yilu.underwriting import operations as underwriting
from yilu.underwriting import queries
from yilu.underwriting.models import Application, Needs, NoticeConfirmation, Recording, Signature
from yilu.underwriting.queries.shown import shown_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> int:
    return insurer()


class TestStart:
    def test_the_same_tap_twice_is_one_application(self, office) -> None:
        me = customer(office)
        first = Story(office, holder_id=me, request_key="one tap")
        second = Story(office, holder_id=me, request_key="one tap")
        assert first.id == second.id
        assert Application.objects.count() == 1

    def test_nobody_starts_for_a_stranger(self, office) -> None:
        me, stranger = customer(office), customer(office)
        with pytest.raises(persons.PartyNotFound):
            Story(office, holder_id=me, actor=Ref("party", stranger))
        elsewhere = make.office(name="乙分公司")
        agent = make.agent(elsewhere)
        with pytest.raises(persons.PartyNotFound):
            Story(
                office, holder_id=me, channel="AGENT", actor=Ref("agent", agent),
                agent=persons.agent_access(agent),
            )  # fmt: skip
        access, clerk = make.colleague(elsewhere, "COUNTER")
        with pytest.raises(persons.PartyNotFound):
            Story(office, holder_id=me, channel="COUNTER", actor=clerk, access=access)
        assert not Application.objects.exists()


class TestPeople:
    def test_a_child_is_insured_by_a_parent_and_by_nobody_else(self, office) -> None:
        story = Story(office)
        number = make.resident_id(date(2018, 5, 1), "MALE")
        child = story.do(underwriting.name_kin, name="小朋友", identity_number=number)
        with pytest.raises(underwriting.BadInsured, match="未成年人"):
            story.do(underwriting.set_insured, insured_id=child, relation="FAMILY")
        story.do(underwriting.set_insured, insured_id=child, relation="CHILD")
        assert (story.row.insured_id, story.row.relation) == (child, "CHILD")
        assert story.do(underwriting.name_kin, name="小朋友", identity_number=number) == child

    def test_a_childs_death_benefit_stays_below_the_ceiling(self, office) -> None:
        story = Story(office)
        child = story.do(
            underwriting.name_kin, name="小朋友",
            identity_number=make.resident_id(date(2020, 5, 1), "FEMALE"),
        )  # fmt: skip
        story.do(underwriting.set_insured, insured_id=child, relation="CHILD")
        with pytest.raises(underwriting.AboveChildsLimit):
            story.planned(sum_insured=Decimal(300_000))
        story.planned(sum_insured=Decimal(200_000))
        assert story.row.premium

    def test_a_stranger_cannot_be_named_by_number(self, office) -> None:
        story, stranger = Story(office), customer(office)
        with pytest.raises(persons.PartyNotFound):
            story.do(underwriting.set_insured, insured_id=stranger, relation="SPOUSE")
        assert story.row.insured_id == story.holder_id

    def test_another_insured_asks_price_and_answers_again(self, office) -> None:
        story = Story(office).planned().declared()
        spouse = story.do(
            underwriting.name_kin, name="爱人",
            identity_number=make.resident_id(date(1988, 5, 1), "MALE"), phone=make.mobile(),
        )  # fmt: skip
        story.do(underwriting.set_insured, insured_id=spouse, relation="SPOUSE")
        row = story.row
        assert (row.premium, row.answers, row.questionnaire) == (None, {}, "")


class TestPlan:
    def test_a_price_that_was_not_shown_is_refused(self, office) -> None:
        story = Story(office)
        with pytest.raises(underwriting.StaleQuote):
            story.do(underwriting.choose_plan, plan=plan(), seen=Decimal("1.00"))
        assert story.row.premium is None

    @pytest.mark.parametrize(
        "given", [{"sum_insured": Decimal(10)}, {"pay_years": 7}, {"pay_mode": "WEEKLY"}]
    )
    def test_what_is_not_offered_is_refused_with_the_range(self, office, given) -> None:
        story = Story(office)
        with pytest.raises(products.PriceNotOffered):
            story.do(underwriting.choose_plan, plan=plan(**given), seen=Decimal("1.00"))

    def test_somebody_too_old_for_the_product_is_refused(self, office) -> None:
        story = Story(office, holder_id=customer(office, born=date(1950, 1, 1)))
        with pytest.raises(products.PriceNotOffered):
            story.do(underwriting.choose_plan, plan=plan(), seen=Decimal("1.00"))

    def test_half_filled_forms_are_kept(self, office) -> None:
        story = Story(office)
        story.do(underwriting.save_draft, step="health", values={"height_cm": "17"})
        assert story.row.draft == {"health": {"height_cm": "17"}}


class TestBeneficiaries:
    def test_shares_make_a_hundred_and_nobody_is_paid_twice(self, office) -> None:
        story = Story(office)
        kin = [
            story.do(
                underwriting.name_kin,
                name="家人",
                identity_number=make.resident_id(date(1990, 1, 1)),
            )
            for _ in range(2)
        ]
        half = Decimal("0.5")
        for named in (
            [underwriting.Benefits(kin[0], half)],
            [underwriting.Benefits(kin[0], half), underwriting.Benefits(kin[0], half)],
            [underwriting.Benefits(kin[0], Decimal(1), 2)],
            [underwriting.Benefits(story.holder_id, Decimal(1))],
        ):
            with pytest.raises(underwriting.BadBeneficiaries):
                story.do(underwriting.set_beneficiaries, named=named)
        assert story.row.beneficiaries == []
        story.do(
            underwriting.set_beneficiaries, named=[underwriting.Benefits(k, half) for k in kin]
        )
        assert [b["party_id"] for b in story.row.beneficiaries] == kin

    def test_a_strangers_account_pays_no_premiums(self, office) -> None:
        story, stranger = Story(office), customer(office)
        theirs = make.account(stranger)
        with pytest.raises(persons.AccountNotFound):
            story.do(underwriting.set_account, account_id=theirs)
        mine = make.account(story.holder_id)
        story.do(underwriting.set_account, account_id=mine)
        assert (story.row.pay_method, story.row.account_id) == ("BANK_DEBIT", mine)


class TestHealth:
    def test_an_open_question_is_named(self, office) -> None:
        story = Story(office).planned()
        asked = products.get_questionnaire(story.row.product_version_id)
        answers = healthy(story.row.product_version_id)
        del answers["height_cm"]
        with pytest.raises(underwriting.Unanswered, match="身高"):
            story.do(underwriting.declare_health, questionnaire=asked.version, answers=answers)
        with pytest.raises(underwriting.QuestionnaireChanged):
            story.do(
                underwriting.declare_health,
                questionnaire="older",
                answers=healthy(story.row.product_version_id),
            )
        assert story.row.questionnaire == ""

    def test_answers_of_a_branch_that_was_left_fall_away(self, office) -> None:
        story = (
            Story(office)
            .planned()
            .declared(**{"hypertension": "YES", "hypertension.systolic": "140"})
        )
        assert "hypertension.systolic" not in story.row.answers
        assert story.row.questionnaire

    def test_nothing_of_a_child_is_kept_without_a_parents_consent(self, office) -> None:
        story = Story(office)
        born = date(2018, 5, 1)
        child = story.do(
            underwriting.name_kin, name="小朋友", identity_number=make.resident_id(born, "MALE")
        )
        story.do(underwriting.set_insured, insured_id=child, relation="CHILD")
        story.planned(sum_insured=Decimal(100_000)).declared().afforded().confirmed().identified()
        people.withdraw_consent(party_id=child, purpose="CHILD_DATA", actor=story.me, at=story.at)
        kept = story.row.answers
        told = {"questionnaire": story.row.questionnaire, "answers": kept}
        with pytest.raises(underwriting.ChildConsentMissing):
            story.do(underwriting.declare_health, **told)
        with pytest.raises(underwriting.ChildConsentMissing):
            story.do(underwriting.submit)
        assert story.row.state == "DRAFT"

    def test_nothing_is_kept_without_the_separate_consent(self, office) -> None:
        story = Story(office).planned()
        people.withdraw_consent(
            party_id=story.holder_id, purpose="UNDERWRITING", actor=story.me, at=NOON
        )
        with pytest.raises(underwriting.ConsentMissing):
            story.declared()
        assert story.row.answers == {}

    def test_an_agent_does_not_declare_for_a_customer(self, office) -> None:
        agent = make.agent(office)
        me = customer(office, agent_id=agent)
        story = Story(
            office, holder_id=me, channel="AGENT", actor=Ref("agent", agent),
            agent=persons.agent_access(agent),
        )  # fmt: skip
        story.planned()
        story.me = Ref("agent", agent)
        with pytest.raises(underwriting.ForTheCustomer):
            story.declared()
        with pytest.raises(underwriting.ForTheCustomer):
            story.confirmed()
        with pytest.raises(underwriting.ForTheCustomer):
            story.do(underwriting.submit)


class TestSuitability:
    def test_a_limit_that_is_passed_needs_the_signed_statement(self, office) -> None:
        story = (
            Story(office).identified().planned().declared().afforded(income=20_000, budget=1_000)
        )
        assert {"YEARLY_PREMIUM", "BUDGET"} <= set(story.row.suitability["limits"])
        story.confirmed().signed()
        with pytest.raises(underwriting.StatementMissing):
            story.do(underwriting.submit)
        story.afforded(income=20_000, budget=1_000, statement=True)
        with pytest.raises(underwriting.Unsigned):  # the statement is part of what is signed
            story.do(underwriting.submit)
        assert story.row.state == "DRAFT"

    @pytest.mark.parametrize(
        ("figure", "value", "limit"),
        [("income_share", "5", "YEARLY_PREMIUM"), ("budget_share", "100", "BUDGET")],
    )
    def test_the_limits_are_those_managers_set(self, office, figure, value, limit) -> None:
        story = Story(office).identified().planned().declared()
        premium = story.row.total_premium
        means = {"income": int(premium * 10), "budget": int(premium * Decimal("0.8"))}
        assert story.afforded(**means).row.suitability["limits"] == []
        make.figure_set(f"underwriting.{figure}", value)
        assert list(story.afforded(**means).row.suitability["limits"]) == [limit]

    def test_means_that_make_no_sense_are_refused(self, office) -> None:
        story = Story(office).planned()
        with pytest.raises(underwriting.MeansUnknown):
            story.afforded(income=0)


class TestSigning:
    def test_a_clause_left_out_stops_the_submission(self, office) -> None:
        story = (
            Story(office).identified().planned().declared().afforded().confirmed(leave=1).signed()
        )
        with pytest.raises(underwriting.Unconfirmed):
            story.do(underwriting.submit)
        notices = products.list_notices(story.row.product_version_id)
        with pytest.raises(underwriting.NoticeChanged):
            story.do(underwriting.confirm_notices, confirmed={notices[-1].code: "0" * 64})
        assert NoticeConfirmation.objects.count() == len(notices) - 1

    def test_what_changes_after_the_signature_is_unsigned(self, office) -> None:
        story = Story(office).ready()
        story.planned(sum_insured=Decimal(200_000)).afforded()
        with pytest.raises(underwriting.Unsigned):
            story.do(underwriting.submit)
        assert story.row.state == "DRAFT"

    def test_a_wrong_code_is_counted_and_five_of_them_close_it(self, office) -> None:
        story = Story(office).identified().planned().declared().afforded().confirmed()
        code = story.code()
        wrong = f"{(int(code) + 1) % 1_000_000:06d}"
        for _ in range(5):
            with pytest.raises(underwriting.WrongCode):
                story.do(underwriting.sign, code=wrong, door="APP", at=story.at)
        assert Signature.objects.get().attempts == 5
        with pytest.raises(underwriting.WrongCode):
            story.do(underwriting.sign, code=code, door="APP", at=story.at)
        assert Signature.objects.get().signed_at is None

    def test_the_code_is_for_exactly_what_was_shown(self, office) -> None:
        story = Story(office).identified().planned().declared().afforded().confirmed()
        shown = shown_now(story.row).digest
        story.do(underwriting.ask_signature, digest=shown)
        code = sent_code(story.me)
        story.planned(sum_insured=Decimal(200_000))
        with pytest.raises(underwriting.ChangedWhileSigning):
            story.do(underwriting.sign, code=code, door="APP")
        with pytest.raises(underwriting.ChangedWhileSigning):
            story.do(underwriting.ask_signature, digest=shown)

    def test_another_grown_up_signs_on_their_own_phone(self, office) -> None:
        story = Story(office).identified()
        spouse = story.do(
            underwriting.name_kin, name="爱人", phone=make.mobile(),
            identity_number=make.resident_id(date(1988, 5, 1), "MALE"),
        )  # fmt: skip
        story.do(underwriting.set_insured, insured_id=spouse, relation="SPOUSE")
        story.identified().planned().declared().afforded().confirmed().signed()
        with pytest.raises(underwriting.ConsentMissing):
            story.do(underwriting.submit)
        consent(spouse, "UNDERWRITING")
        with pytest.raises(underwriting.Unsigned):
            story.do(underwriting.submit)
        story.signed(signer=Ref("party", spouse))
        done = story.do(underwriting.submit)
        assert (
            done.outcome == "EXAMINE"
        )  # the proof of the relation is asked for, with everything else
        assert "RELATION" in story.row.decision.examinations

    def test_a_stranger_can_neither_see_nor_sign(self, office) -> None:
        story, stranger = Story(office).planned(), Ref("party", customer(office))
        with pytest.raises(queries.UnknownApplication):
            queries.get_for_party(story.id, stranger.id)
        for operation, told in (
            (underwriting.ask_signature, {"digest": shown_now(story.row).digest}),
            (underwriting.submit, {}),
            (underwriting.withdraw, {}),
            (underwriting.choose_plan, {"plan": plan(), "seen": Decimal(1)}),
        ):
            with pytest.raises(underwriting.ApplicationNotFound):
                story.do(operation, actor=stranger, **told)
        assert story.row.state == "DRAFT"


class TestRecording:
    def test_an_elderly_customer_at_the_counter_is_recorded_in_five_steps(self, office) -> None:
        access, clerk = make.colleague(office, "COUNTER")
        me = customer(office, born=date(1964, 1, 1))
        story = Story(
            office,
            holder_id=me,
            channel="COUNTER",
            actor=clerk,
            access=access,
            product="whole-life",
        )
        story.me, told = clerk, {"access": access}
        wanted = plan(sum_insured=Decimal(100_000), pay_years=5, with_social_insurance=False)
        story.do(underwriting.choose_plan, plan=wanted, seen=story.price(wanted), **told)
        record = story.row.recording
        assert (record.reasons, record.fully_checked) == (["ELDERLY"], True)
        with pytest.raises(underwriting.BadRecording):
            story.do(underwriting.record_step, step="WARNING", sha256="a" * 64, **told)
        with pytest.raises(underwriting.BadDigest):
            story.do(underwriting.record_step, step="IDENTITY", sha256="a", **told)
        for n, step in enumerate(("IDENTITY", "WARNING", "EXPLAIN", "ANSWER", "SIGN")):
            story.do(underwriting.record_step, step=step, sha256=f"{n:064x}", **told)
            story.do(
                underwriting.record_step, step=step, sha256=f"{n:064x}", **told
            )  # twice is once
        record = story.row.recording
        assert len(record.steps) == 5
        assert record.finished_at
        assert record.check_state == "WAITING"
        boss, actor = make.colleague(office, "UNDERWRITER")
        with pytest.raises(underwriting.BadReason):
            story.do(
                underwriting.check_recording, passed=False, finding="", access=boss, actor=actor
            )
        story.do(underwriting.check_recording, passed=True, finding="", access=boss, actor=actor)
        assert story.row.recording.check_state == "PASSED"

    @pytest.mark.parametrize(
        ("firm", "product", "channel", "why"),
        [
            ("ANCILLARY", "whole-life", "AGENT", ["AGENCY"]),
            ("ANCILLARY", "whole-life", "APP", None),  # on the customer's own phone
            ("ANCILLARY", "accident", "AGENT", None),  # one year only
            ("PROFESSIONAL", "whole-life", "AGENT", None),
            ("", "whole-life", "AGENT", None),
        ],
    )
    def test_a_banks_sale_of_more_than_a_year_is_recorded(
        self, office, firm, product, channel, why
    ) -> None:
        agent = make.agent(office, firm="江城银行" if firm else "", firm_kind=firm)
        me = customer(office, agent_id=agent)
        told = {
            "channel": "AGENT",
            "actor": Ref("agent", agent),
            "agent": persons.agent_access(agent),
        }
        story = Story(office, holder_id=me, product=product, **(told if channel == "AGENT" else {}))
        wanted = plan(sum_insured=Decimal(100_000), pay_years=5 if why else 1)
        if product == "whole-life":
            wanted = plan(sum_insured=Decimal(100_000), pay_years=5, with_social_insurance=False)
        story.do(
            underwriting.choose_plan, plan=wanted, seen=story.price(wanted), actor=Ref("party", me)
        )
        found = Recording.objects.filter(application_id=story.id).values_list("reasons", flat=True)
        assert found.first() == why


class TestNeeds:
    TOLD = {
        "family": "COUPLE", "income": Decimal(300_000), "debts": Decimal(800_000), "parents": "NO",
        "budget": Decimal(9_000), "social": "YES", "has": [], "work": "EMPLOYED", "worry": "ILLNESS",
    }  # fmt: skip

    def test_plans_come_with_reasons_and_nobody_is_told_unasked(self, office) -> None:
        me = Ref("party", customer(office))
        made = underwriting.ask_needs(
            party_id=me.id, answers=self.TOLD, channel="APP", actor=me, at=NOON
        )
        view = queries.get_needs(made, me.id, NOON.date())
        assert view.plans
        assert all(each.reasons for each in view.plans)
        assert not underwriting.tell_of_plans(needs_id=made, actor=me, at=NOON)
        assert not Message.objects.filter(template="underwriting.plans").exists()

        consent(me.id, "MARKETING")
        assert underwriting.tell_of_plans(needs_id=made, actor=me, at=NOON)
        people.withdraw_consent(party_id=me.id, purpose="MARKETING", actor=me, at=NOON)
        assert not underwriting.tell_of_plans(needs_id=made, actor=me, at=NOON)
        assert Message.objects.filter(template="underwriting.plans").count() == 1

    def test_an_open_question_and_a_stranger_are_refused(self, office) -> None:
        me, stranger = Ref("party", customer(office)), Ref("party", customer(office))
        with pytest.raises(underwriting.BadNeeds):
            underwriting.ask_needs(
                party_id=me.id,
                answers={**self.TOLD, "family": ""},
                channel="APP",
                actor=me,
                at=NOON,
            )
        with pytest.raises(persons.PartyNotFound):
            underwriting.ask_needs(
                party_id=me.id, answers=self.TOLD, channel="APP", actor=stranger, at=NOON
            )
        assert not Needs.objects.exists()
        assert not Policy.objects.exists()


def test_a_quote_goes_stale_with_the_birthday(office) -> None:
    story = Story(office, holder_id=customer(office, born=date(1990, 11, 20))).ready()
    story.at += timedelta(days=3)
    with pytest.raises(underwriting.StaleQuote):
        story.do(underwriting.submit)
    assert story.row.state == "DRAFT"
