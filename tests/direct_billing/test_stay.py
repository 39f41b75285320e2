"""A stay from the question at the desk to the hospital's money, and what the patient owes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.claims.papers import react
from yilu.claims.models import Claim
from yilu.direct_billing import operations, queries
from yilu.direct_billing.models import Guarantee, Visit
from yilu.direct_billing.operations import settling
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.refs import Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.obligations.models import Clock
from yilu.payments.models import Payout
from yilu.people import operations as people_operations
from yilu.policies.models import Policy
from yilu.work.models import Item


def ask(hospital, number, amount, key="g1"):
    return operations.ask_guarantee(
        partner_id=hospital.id, number=number, amount=Decimal(amount), request_key=key,
        actor=hospital.actor, at=make.NOON,
    )  # fmt: skip


def big(hospital, **given):
    """A patient whose policy covers a great deal."""
    return hospital.patient(
        product_code="million-medical-social",
        sum_insured=Decimal(2_000_000),
        premium=Decimal("366.00"),
        **given,
    )


class TestEligibility:
    def test_says_what_is_left_and_what_would_be_paid(self, hospital):
        answer = hospital.call(
            "eligibility",
            {"patient": hospital.patient().told, "on": "2026-03-01", "expected": "2100.00", "fund_paid": "1000.00"},
        ).json()  # fmt: skip

        # (2,100 − 1,000 paid by the fund − 100 deductible) × 90 %
        assert (answer["estimate"], answer["deductible_left"]) == ("900.00", "100.00")
        assert Decimal(answer["ratio"]) == Decimal("0.9")
        assert Decimal(answer["cover_left"]) == 20_000

    def test_question_and_answer_are_kept_with_their_promise(self, hospital):
        hospital.call(
            "eligibility",
            {"patient": hospital.patient().told, "on": "2026-03-01", "expected": "100.00"},
        )
        kinds = Event.objects.filter(subject__startswith="enquiry:").values_list("kind", flat=True)
        assert list(kinds) == [
            "direct_billing.eligibility_asked",
            "direct_billing.eligibility_answered",
        ]
        assert Clock.objects.get(subject__startswith="enquiry:").state == "MET"

    @pytest.mark.parametrize(
        "wrong", [{"expected": "0.00"}, {"on": "2026-03-05"}, {"expected": "-5"}, {"expected": "1.001"},
                  {"kind": "SPA"}, {"surprise": 1}, {"fund_paid": "9000.00"}],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, hospital, wrong):
        told = {
            "patient": hospital.patient().told,
            "on": "2026-03-01",
            "expected": "8000.00",
        } | wrong
        assert hospital.call("eligibility", told).status_code == 422


class TestGuarantee:
    def test_a_small_one_is_issued_at_once_with_its_letter(self, hospital):
        number = hospital.admit(hospital.patient())

        given = ask(hospital, number, "4000.00")

        assert (given.state, given.expires_on) == ("ISSUED", date(2026, 4, 3))
        letter = IssuedLetter.objects.get(kind="GUARANTEE")
        assert (letter.party_id, letter.facts["amount"]) == (hospital.party, "4000.00")
        assert Visit.objects.get().state == "GUARANTEED"
        assert Message.objects.filter(template="direct_billing.guaranteed").exists()
        assert Clock.objects.get(subject__startswith="visit:").state == "MET"

    def test_above_what_is_possible_it_is_refused_with_what_is(self, hospital):
        patient = hospital.patient()
        number = hospital.admit(patient, expected="3000.00")
        # (3,000 − 100) × 60 %: social insurance has not settled anything yet
        asked = {"patient": patient.told, "on": "2026-03-01", "expected": "3000.00"}
        assert hospital.call("eligibility", asked).json()["guarantee_limit"] == "1740.00"
        answer = hospital.call(
            f"visits/{number}/guarantees", {"amount": "2000.00"}, headers={"Idempotency-Key": "a"}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "guarantee_above_limit")
        assert "1,740.00" in answer.json()["title"] + answer.json()["detail"]
        assert not Guarantee.objects.exists()

    def test_the_hospitals_own_limit_holds(self, hospital):
        operations.change_partner(
            partner_id=hospital.id,
            active=True,
            guarantee_limit="300.00",
            actor=hospital.actor,
            at=make.NOON,
        )
        number = hospital.admit(hospital.patient())
        with pytest.raises(operations.GuaranteeAboveLimit) as refused:
            ask(hospital, number, "300.01")
        assert refused.value.possible == Decimal("300.00")
        assert ask(hospital, number, "300.00").state == "ISSUED"

    def test_the_same_key_is_the_same_guarantee_and_a_second_one_waits(self, hospital):
        number = hospital.admit(hospital.patient())
        first = ask(hospital, number, "1000.00")
        assert ask(hospital, number, "1000.00").pk == first.pk
        with pytest.raises(operations.AskedOtherwise):
            ask(hospital, number, "999.00")
        with pytest.raises(operations.GuaranteeOpen):
            ask(hospital, number, "1000.00", key="g2")
        assert Guarantee.objects.count() == 1

    def test_without_a_key_nothing_is_asked(self, hospital):
        number = hospital.admit(hospital.patient())
        answer = hospital.call(f"visits/{number}/guarantees", {"amount": "1.00"})
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_missing")

    def test_a_greater_one_waits_for_a_person(self, hospital):
        number = hospital.admit(big(hospital), expected="60000.00")
        asked = ask(hospital, number, "20000.00")
        assert asked.state == "ASKED"
        assert Item.objects.get(closed_at=None).queue.code == "direct_billing.guarantee"
        access, actor = make.colleague(hospital.office, "ASSESSOR")

        told = {"guarantee_id": asked.pk, "access": access, "actor": actor, "at": make.NOON}
        assert operations.decide_guarantee(**told, agree=True) == "ISSUED"
        assert not Item.objects.filter(closed_at=None).exists()
        with pytest.raises(operations.NotNow):
            operations.decide_guarantee(**told, agree=True)

    def test_the_sums_and_the_days_are_for_managers_to_set(self, hospital):
        make.figure_set("direct_billing.machine_guarantee", "3000")
        make.figure_set("direct_billing.four_eyes_above", "20000")
        make.figure_set("direct_billing.guarantee_days", "10")
        number = hospital.admit(big(hospital), expected="60000.00")
        assert ask(hospital, number, "3000.01").state == "ASKED"
        other = hospital.admit(big(hospital), expected="60000.00")
        issued = ask(hospital, other, "3000.00", key="g2")
        assert (issued.state, issued.expires_on) == ("ISSUED", date(2026, 3, 14))
        third = hospital.admit(big(hospital), expected="60000.00")
        asked = ask(hospital, third, "20000.01", key="g3")
        access, actor = make.colleague(hospital.office, "REVIEWER")
        told = {"guarantee_id": asked.pk, "agree": True, "at": make.NOON}
        assert operations.decide_guarantee(**told, access=access, actor=actor) == "PROPOSED"

    def test_the_greatest_need_four_eyes(self, hospital):
        number = hospital.admit(big(hospital), expected="200000.00")
        asked = ask(hospital, number, "80000.00")
        first, second = (make.colleague(hospital.office, "REVIEWER") for _ in range(2))
        told = {"guarantee_id": asked.pk, "agree": True, "at": make.NOON}
        assert operations.decide_guarantee(**told, access=first[0], actor=first[1]) == "PROPOSED"
        with pytest.raises(operations.SecondPersonNeeded):
            operations.decide_guarantee(**told, access=first[0], actor=first[1])
        assert operations.decide_guarantee(**told, access=second[0], actor=second[1]) == "ISSUED"

    def test_a_no_is_a_persons_and_says_why(self, hospital):
        number = hospital.admit(big(hospital), expected="60000.00")
        asked = ask(hospital, number, "20000.00")
        access, actor = make.colleague(hospital.office, "ASSESSOR")
        told = {
            "guarantee_id": asked.pk,
            "agree": False,
            "access": access,
            "actor": actor,
            "at": make.NOON,
        }
        with pytest.raises(operations.ReasonNeeded):
            operations.decide_guarantee(**told)
        assert operations.decide_guarantee(**told, reason="治疗项目不属于保险责任") == "REFUSED"

    def test_colleagues_elsewhere_or_without_the_right_find_nothing(self, hospital):
        number = hospital.admit(big(hospital), expected="60000.00")
        asked = ask(hospital, number, "20000.00")
        for office, role in ((make.office(), "ASSESSOR"), (hospital.office, "REGISTRAR")):
            access, actor = make.colleague(office, role)
            with pytest.raises(operations.GuaranteeNotFound):
                operations.decide_guarantee(
                    guarantee_id=asked.pk, agree=True, access=access, actor=actor, at=make.NOON
                )
        assert Guarantee.objects.get().state == "ASKED"

    def test_it_ends_with_its_time(self, hospital):
        number = hospital.admit(hospital.patient())
        ask(hospital, number, "1000.00")
        assert operations.expire_guarantees(at=make.NOON + timedelta(days=30)) == 0
        assert operations.expire_guarantees(at=make.NOON + timedelta(days=31)) == 1
        assert (Guarantee.objects.get().state, Visit.objects.get().state) == ("EXPIRED", "ADMITTED")
        assert ask(hospital, number, "1000.00", key="g2").state == "ISSUED"


class TestDischarge:
    def test_the_hospital_is_paid_and_the_patient_owes_the_rest(self, hospital):
        person = hospital.patient()
        number = hospital.admit(person)

        answer = hospital.call(f"visits/{number}/settlement", {"invoices": [make.invoice()]}).json()

        # 2,000 of bills, the fund paid half; (2,000 − 1,000 − 100) × 90 %
        assert (answer["state"], answer["insurer_pays"], answer["patient_owes"]) == (
            "SETTLED",
            "810.00",
            "190.00",
        )
        payout = Payout.objects.get()
        assert (payout.to_party_id, payout.account_id, payout.amount) == (
            hospital.party, hospital.account, Decimal("810.00"),
        )  # fmt: skip
        claim = Claim.objects.get()
        assert (claim.claimant_id, claim.assignee_id, claim.channel) == (
            person.id,
            hospital.party,
            "PROVIDER",
        )
        assert claim.assignment.startswith("authorisation:")
        assert Message.objects.filter(template="claims.approved_directly").exists()

    def test_the_same_bill_again_is_the_same_settlement_and_another_is_refused(self, hospital):
        number, bill = hospital.admit(hospital.patient()), make.invoice()
        first = hospital.call(f"visits/{number}/settlement", {"invoices": [bill]})
        again = hospital.call(f"visits/{number}/settlement", {"invoices": [bill]})
        other = hospital.call(f"visits/{number}/settlement", {"invoices": [make.invoice()]})
        assert first.json() == again.json()
        assert (other.status_code, other.json()["code"]) == (409, "visit_differs")
        assert (Claim.objects.count(), Payout.objects.count()) == (1, 1)

    def test_what_is_doubtful_goes_to_a_person_while_the_patient_leaves(self, hospital):
        number = hospital.admit(hospital.patient())
        ask(hospital, number, "900.00")
        bill = make.invoice(payer_name="别人")

        hospital.settle(number, bill)

        view = queries.visit_for_partner(hospital.id, number)
        assert (view.state, view.benefit, view.own_part, view.owes) == ("IN_DOUBT", None, 1000, 100)
        assert Claim.objects.get().state == "REVIEW"
        assert not Payout.objects.exists()
        assert view.guarantee.state == "USED"
        assert Message.objects.filter(template="direct_billing.in_doubt").exists()
        assert Clock.objects.filter(subject__startswith="visit:", state="RUNNING").count() == 1

    def test_when_the_money_is_there_the_visit_is_paid_once(self, hospital):
        visit = hospital.settle(hospital.admit(hospital.patient()))
        note = tx.use_case(settling.note_paid)
        for _ in range(2):
            note(claim_id=visit.claim_id, amount="810.00", at=make.NOON)
        assert Visit.objects.get().state == "PAID"
        assert Event.objects.filter(kind="direct_billing.visit_paid").count() == 1

    def test_a_doubt_that_ends_in_nothing_leaves_the_patient_the_whole_part(self, hospital):
        number = hospital.admit(hospital.patient())
        visit = hospital.settle(number, make.invoice(payer_name="别人"))
        tx.use_case(settling.note_nothing)(claim_id=visit.claim_id, at=make.NOON)
        view = queries.visit_for_partner(hospital.id, number)
        assert (view.state, view.benefit, view.owes) == ("SETTLED", 0, 1000)
        assert Message.objects.filter(template="direct_billing.settled").exists()

    def test_a_withdrawn_claim_ends_direct_billing(self, hospital):
        number = hospital.admit(hospital.patient())
        visit = hospital.settle(number, make.invoice(payer_name="别人"))
        tx.use_case(settling.note_withdrawn)(claim_id=visit.claim_id, at=make.NOON)
        assert queries.visit_for_partner(hospital.id, number).state == "CANCELLED"

    @pytest.mark.parametrize("since", ["CONSENT_WITHDRAWN", "CLAIMANT_DIED", "BILLED_BESIDE"])
    def test_whatever_became_of_the_patient_since_a_person_judges_the_bill(self, hospital, since):
        person = hospital.patient()
        number = hospital.admit(person)
        ask(hospital, number, "900.00")
        own = None
        if since == "CONSENT_WITHDRAWN":
            people_operations.withdraw_consent(
                party_id=person.id,
                purpose="HEALTH_DATA",
                actor=Ref("party", person.id),
                at=make.NOON,
            )
            react()
        elif since == "CLAIMANT_DIED":
            tx.use_case(people_operations.note_death)(
                party_id=person.id, died_on=date(2026, 3, 2), about=Ref("claim", 1), at=make.NOON
            )
        else:
            own = make.reported_claim(
                person.id, policy_number=person.policy, loss_date=date(2026, 3, 1)
            ).claim_id

        answer = hospital.call(f"visits/{number}/settlement", {"invoices": [make.invoice()]})

        assert (answer.status_code, answer.json()["state"]) == (200, "IN_DOUBT")
        claim = Claim.objects.exclude(pk=own).get()
        assert (claim.state, claim.reasons[0]) == ("REVIEW", since)
        assert claim.assignee_id == hospital.party
        view = queries.visit_for_partner(hospital.id, number)
        assert (view.claim_id, view.owes, view.guarantee.state) == (claim.pk, 100, "USED")
        assert not Payout.objects.exists()
        told = Message.objects.filter(about=f"claim:{claim.pk}").exists()
        assert told == (since != "CLAIMANT_DIED"), "nobody writes to the dead"
        if own is not None:  # whoever looks at the patient's own sees it as well
            first = Claim.objects.get(pk=own)
            assert (first.state, first.reasons[0]) == ("REVIEW", since)

    @pytest.mark.parametrize("way", ["settlement", "order"])
    def test_a_stay_whose_cover_went_since_goes_to_a_person(self, hospital, way):
        person = hospital.patient()
        number = hospital.admit(person)
        ask(hospital, number, "900.00")
        Policy.objects.filter(number=person.policy).update(
            state="SUSPENDED", suspended_on=date(2026, 2, 1)
        )
        Guarantee.objects.update(state="EXPIRED")
        with pytest.raises(operations.CoverChanged):
            ask(hospital, number, "900.00", key="g2")
        Guarantee.objects.update(state="ISSUED")

        if way == "settlement":
            hospital.settle(number)
        else:  # as a line of a file, under the number of the admission
            told = {"patient": person.patient, "kind": "INPATIENT", "on": date(2026, 3, 1)}
            operations.settle_order(
                **told, partner_id=hospital.id, number=number, invoices=[make.invoice()],
                actor=hospital.actor, at=make.NOON,
            )  # fmt: skip

        claim = Claim.objects.get()
        assert (claim.state, claim.reasons[0]) == ("REVIEW", "NO_COVER")
        view = queries.visit_for_partner(hospital.id, number)
        assert (view.state, view.owes, view.guarantee.state) == ("IN_DOUBT", 100, "USED")
        assert Item.objects.filter(closed_at=None, subject=f"claim:{claim.pk}").exists()
        with pytest.raises(operations.PatientUnknown):  # nobody new is let in on it
            hospital.admit(person)

    def test_a_bad_bill_changes_nothing(self, hospital):
        number = hospital.admit(hospital.patient())
        answer = hospital.call(
            f"visits/{number}/settlement", {"invoices": [make.invoice(total="1.00")]}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "invoice_feed_malformed")
        assert not Claim.objects.exists()

    def test_every_visit_is_counted_once_open_or_over(self, hospital):
        first, second = hospital.patient(), hospital.patient()
        number = hospital.admit(first)
        assert hospital.admit(first, number) == number  # the same again is the same
        hospital.settle(number)
        hospital.admit(second)
        assert queries.count_visits([hospital.office]) == (1, 1)
        assert queries.count_visits([make.office()]) == (0, 0)

    def test_a_cancelled_visit_is_not_settled(self, hospital):
        number = hospital.admit(hospital.patient())
        assert hospital.call(f"visits/{number}/cancel", {}).json()["state"] == "CANCELLED"
        assert hospital.call(f"visits/{number}/cancel", {}).status_code == 200
        with pytest.raises(operations.NotNow):
            hospital.settle(number)


class TestAdmission:
    def test_the_same_again_is_the_same_and_another_patient_is_refused(self, hospital):
        person, other = hospital.patient(), hospital.patient()
        told = {"number": "ZY1", "on": "2026-03-01", "expected": "8000.00"}
        answers = [
            hospital.call("admissions", told | {"patient": p.told}).status_code
            for p in (person, person, other)
        ]
        assert answers == [201, 200, 409]
        assert Visit.objects.count() == 1


class TestPharmacy:
    def test_an_order_is_settled_in_one_call(self, hospital):
        bill = make.invoice(
            each="60.00", count=3, kind="FISCAL_OUTPATIENT", visit_kind="OUTPATIENT", admitted_on=None,
            discharged_on=None, hospital_days=None, visited_on="2026-03-02", fund_paid="0.00",
        )  # fmt: skip
        bill = {k: v for k, v in bill.items() if v is not None}
        told = {
            "number": "YD1", "patient": hospital.patient().told, "on": "2026-03-02", "invoices": [bill],
        }  # fmt: skip
        answer = hospital.call("orders", told)

        # (180 − 50) × 60 %: bought without social insurance settling first
        assert answer.status_code == 200, answer.content.decode()
        assert (answer.json()["insurer_pays"], answer.json()["patient_owes"]) == ("78.00", "102.00")
        assert hospital.call("orders", told).json() == answer.json()
        assert Claim.objects.count() == 1


class TestAuthorisation:
    def test_needs_both_separate_consents_and_the_text_in_force(self, hospital):
        nobody = make.party(hospital.office)
        with pytest.raises(operations.HealthConsentMissing):
            hospital.agree(nobody)
        with pytest.raises(operations.ConsentText):
            operations.authorise(
                partner_id=hospital.id, text_version="old", actor=Ref("party", nobody), at=make.NOON
            )

    def test_twice_is_once_and_taken_back_it_is_gone(self, hospital):
        person = hospital.patient()
        first = hospital.agree(person.id)
        assert hospital.agree(person.id) == first
        with pytest.raises(operations.NotAPartner):
            operations.withdraw(
                authorisation_id=first, actor=Ref("party", person.id + 1), at=make.NOON
            )
        for _ in range(2):
            operations.withdraw(authorisation_id=first, actor=Ref("party", person.id), at=make.NOON)
        assert not queries.has_authorised(person.id, hospital.id)
        with pytest.raises(operations.PatientUnknown):
            hospital.admit(person)

    def test_ends_with_either_consent_it_rests_on(self, hospital):
        person = hospital.patient()
        people_operations.withdraw_consent(
            party_id=person.id, purpose="MEDICAL_DATA_FETCH", actor=Ref("party", person.id),
            at=make.NOON,
        )  # fmt: skip
        react()
        assert not queries.has_authorised(person.id, hospital.id)
