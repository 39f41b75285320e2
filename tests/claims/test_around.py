"""write_note, rate_claim, assign_consultant, establish_facts, send_upload_link, chase …"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.claims import papers
from yilu.claims import jobs, operations, queries
from yilu.claims.models import Chase, ContactNote, Rating
from yilu.claims.operations import Note
from yilu.documents import queries as documents
from yilu.documents.operations import InvoiceFeedMalformed
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.work import operations as work
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, tmp_path):
    settings.FILES = tmp_path / "files"


@pytest.fixture
def claim(office, lin):
    return make.claim_in_review(holder_id=lin, office_id=office)


@pytest.fixture
def chen(office):
    return make.colleague(office, "ASSESSOR")


class TestProgress:
    def tell(self, claim, who, words="正在等医院寄回病历复印件"):
        operations.tell_progress(
            claim_id=claim.claim_id, words=words, access=who[0], actor=who[1], at=make.NOON
        )

    def test_goes_out_with_the_day_of_the_next_one_and_stays_in_the_log(self, claim, chen, office):
        open_item = tx.use_case(work.open_item)
        open_item(
            "claims.call_customer", about=claim.ref, office_id=office, at=make.NOON, title="联系"
        )
        self.tell(claim, chen, "正在等医院寄回病历复印件。")
        self.tell(claim, chen, "正在等医院寄回病历复印件")

        message = Message.objects.get(template="claims.progress")
        assert message.facts["step"] == "正在等医院寄回病历复印件"
        assert message.facts["by"].startswith("2026-03-09")  # three working days from a Wednesday
        note = queries.desk(claim.claim_id, chen[0], make.NOON).notes[0]
        assert (note.text, note.told) == ("正在等医院寄回病历复印件", True)
        assert not Item.objects.filter(queue_id="claims.call_customer", state="OPEN").exists()

    def test_is_refused_without_words_the_right_or_a_claim_under_way(self, claim, chen, claim_of):
        for words, refusal in (
            ("  ", operations.ReasonMissing), ("长" * 121, operations.ProgressTooLong),
        ):  # fmt: skip
            with pytest.raises(refusal):
                self.tell(claim, chen, words)
        with pytest.raises(NotAllowed):
            self.tell(claim, make.colleague(make.office(), "ASSESSOR"))
        operations.withdraw_claim(
            claim_id=claim.claim_id, reason="不申请了", at=make.NOON,
            actor=Ref("party", claim_of(claim.claim_id).claimant_id),
        )  # fmt: skip
        with pytest.raises(operations.NotPossibleNow):
            self.tell(claim, chen)
        assert not Message.objects.filter(template="claims.progress").exists()
        assert not ContactNote.objects.filter(shown_to_customer=True).exists()


class TestNotes:
    def write(self, claim, who, **given):
        return operations.write_note(
            claim_id=claim.claim_id, note=Note(**{"kind": "VIDEO", "text": "视频查勘，情况属实"} | given),
            access=who[0], actor=who[1], at=make.NOON,
        )  # fmt: skip

    def test_a_third_party_who_is_present_is_asked_for_a_number(self, claim, chen):
        with pytest.raises(operations.ThirdPartyUnasked):
            self.write(claim, chen, third_party="PRESENT")
        with pytest.raises(Invalid):
            self.write(claim, chen, third_party="PRESENT", third_party_phone="110")
        self.write(claim, chen, third_party="PRESENT", third_party_phone="13900001234")
        papers.hand_in(claim.claim_id, papers.picture("OTHER"), actor=SYSTEM)
        picture = papers.uploads(claim.claim_id)[-1].id
        self.write(claim, chen, third_party="PRESENT", evidence_upload_id=picture)
        self.write(claim, chen, third_party="ABSENT", text="第三方不在场，已告知客户提供联系方式")
        assert ContactNote.objects.count() == 3

    def test_the_number_is_sealed_and_stays_out_of_the_journal(self, claim, chen):
        self.write(claim, chen, third_party="PRESENT", third_party_phone="13900001234")
        assert b"13900001234" not in bytes(ContactNote.objects.get().third_party_phone)
        assert not Event.objects.filter(facts__icontains="13900001234").exists()

    def test_everybody_who_sees_the_claim_writes_and_strangers_do_not(self, claim, office):
        self.write(claim, make.colleague(office, "INVESTIGATOR"))
        with pytest.raises(NotAllowed):
            self.write(claim, make.colleague(make.office(), "ASSESSOR"))


class TestRating:
    @pytest.fixture
    def paid(self, lin, office):
        made = make.reported_claim(lin, office_id=office)
        operations.hand_in_invoices(
            claim_id=made.claim_id,
            provider_id=1,
            invoices=[make.invoice()],
            actor=SYSTEM,
            at=make.NOON,
        )
        from yilu.claims.models import Claim

        Claim.objects.filter(pk=made.claim_id).update(state="CLOSED", outcome="PAID")
        return made

    def rate(self, claim, actor, stars=5, recommend=10):
        operations.rate_claim(
            claim_id=claim.claim_id,
            stars=stars,
            recommend=recommend,
            comment="很快",
            actor=actor,
            at=make.NOON,
        )

    def test_is_the_customers_word_once(self, paid, lin):
        self.rate(paid, Ref("party", lin))
        with pytest.raises(operations.RatedAlready):
            self.rate(paid, Ref("party", lin))
        assert Rating.objects.get().stars == 5
        assert not Item.objects.exists()
        assert "RATE" not in queries.get_progress(paid.claim_id, Ref("party", lin), make.NOON).can

    def test_is_never_given_by_staff(self, paid, chen):
        for actor in (chen[1], SYSTEM, Ref("agent", 1)):
            with pytest.raises(operations.StaffNeverRate):
                self.rate(paid, actor)

    def test_refuses_strangers_and_scales_of_ones_own(self, paid, lin, office):
        with pytest.raises(operations.ClaimNotFound):
            self.rate(paid, Ref("party", make.insured(office)))
        for stars, recommend in ((0, 5), (6, 5), (3, -1), (3, 11)):
            with pytest.raises(Invalid):
                self.rate(paid, Ref("party", lin), stars, recommend)
        assert not Rating.objects.exists()

    def test_an_unhappy_customer_is_called(self, paid, lin):
        self.rate(paid, Ref("party", lin), stars=2, recommend=3)
        assert Item.objects.get().queue_id == "claims.call_customer"

    def test_comes_after_the_decision(self, claim, lin):
        with pytest.raises(operations.NotPossibleNow):
            self.rate(claim, Ref("party", lin))


class TestConsultant:
    def test_takes_the_claim_and_is_named_on_the_desk(self, claim, office, chen, claim_of):
        gu = make.colleague(office, "CONSULTANT")
        operations.assign_consultant(
            claim_id=claim.claim_id, staff_id=gu[1].id, access=gu[0], actor=gu[1], at=make.NOON
        )
        assert claim_of(claim.claim_id).consultant_id == gu[1].id
        assert queries.desk(claim.claim_id, chen[0], make.NOON).consultant == "陈经办"

    def test_is_given_to_others_by_a_lead_only(self, claim, office, chen):
        gu = make.colleague(office, "CONSULTANT")
        with pytest.raises(NotAllowed):
            operations.assign_consultant(
                claim_id=claim.claim_id,
                staff_id=gu[1].id,
                access=chen[0],
                actor=chen[1],
                at=make.NOON,
            )


class TestFacts:
    def test_change_the_sum(self, office, lin, chen):
        policy = make.policy(
            office, product_code="critical-illness", holder_id=lin, sum_insured=Decimal(300_000),
            premium=Decimal(5000), effective_on=date(2023, 1, 1), with_social_insurance=False,
        )  # fmt: skip
        made = make.reported_claim(
            lin, office_id=office, policy_number=policy.number, claim_type="CRITICAL_ILLNESS"
        )
        from yilu.claims.models import Claim

        Claim.objects.filter(pk=made.claim_id).update(state="REVIEW")
        terms = queries.desk(made.claim_id, chen[0], make.NOON).policy.terms
        listed = terms.for_claim("CRITICAL_ILLNESS")[0].conditions[0].code
        operations.establish_facts(
            claim_id=made.claim_id, access=chen[0], actor=chen[1], at=make.NOON,
            loss=operations.Loss(
                diagnoses=(operations.Diagnosis(condition=listed, confirmed_on=date(2026, 3, 1)),)
            ),
        )  # fmt: skip
        assert queries.desk(made.claim_id, chen[0], make.NOON).calculation.benefit == Decimal(
            "300000.00"
        )
        with pytest.raises(operations.BadLoss):
            operations.establish_facts(
                claim_id=made.claim_id, access=chen[0], actor=chen[1], at=make.NOON,
                loss=operations.Loss(
                    diagnoses=(operations.Diagnosis(condition=listed, confirmed_on=date(2026, 4, 1)),)
                ),
            )  # fmt: skip


def test_send_upload_link_sends_a_link_that_opens_the_claim(claim, office, lin):
    access, caller = make.colleague(office, "INTAKE")
    link = operations.send_upload_link(
        claim_id=claim.claim_id, kinds=["DISCHARGE"], access=access, actor=caller, at=make.NOON
    )
    token = link.rsplit("/", 1)[1]
    assert documents.read_upload_link(token, at=make.NOON).about == claim.ref
    message = Message.objects.get(template="claims.upload_link")
    assert token not in str(message.facts)


class TestChase:
    @pytest.fixture
    def waiting(self, lin, office):
        return make.reported_claim(lin, office_id=office, claimed_amount=Decimal(800))

    def chase(self, office, slot="AM", at=make.NOON + timedelta(hours=5)):
        return operations.chase_incomplete_files(
            slot=slot, on=date(2026, 3, 4), office_ids=[office], at=at
        )

    def test_follows_up_once_a_half_day(self, waiting, office, kinds):
        assert self.chase(office)[0] == 1
        assert self.chase(office)[0] == 0
        assert self.chase(office, "PM")[0] == 1
        assert Chase.objects.count() == 2
        assert kinds(waiting.claim_id).count("claims.incomplete_file_chased") == 2
        assert Item.objects.filter(queue_id="claims.chase").count() == 1
        assert Message.objects.filter(template="claims.progress").count() == 1

    def test_leaves_large_new_and_complete_files_alone(self, lin, office, claim):
        make.reported_claim(office_id=office, claimed_amount=Decimal(20_000))
        make.reported_claim(office_id=office, at=make.NOON + timedelta(hours=4))
        assert self.chase(office)[0] == 0

    def test_runs_by_the_clock_of_offices_that_are_open(self, waiting, office):
        night = make.NOON + timedelta(hours=10)  # 22:00 in Shanghai
        assert jobs.chase(night) == 0
        assert jobs.chase(make.NOON + timedelta(hours=22)) == 1  # ten the next morning
        assert Chase.objects.get().slot == "AM"


class TestProactive:
    def offer(self, lin, office, bills=None, **given):
        if not given.pop("silent", False):
            make.consent(lin, "MEDICAL_DATA_FETCH")
        policy = make.medical_policy(office, holder_id=lin)
        return operations.offer_proactive_claim(
            **{
                "policy_number": policy.number, "party_id": lin, "claim_type": "MEDICAL",
                "provider_id": 1, "invoices": bills or [make.invoice()],
                "actor": Ref("provider", 1), "at": make.NOON, **given,
            }
        )  # fmt: skip

    def test_is_one_tap_from_the_hospital_to_the_money(self, lin, office, claim_of, kinds):
        make.account(lin)
        offer_id = self.offer(lin, office)
        [seen] = queries.list_offers(lin, at=make.NOON)
        assert (seen.id, seen.total, seen.invoices) == (offer_id, Decimal("2000.00"), 1)
        assert Message.objects.get().template == "claims.offered"

        done = operations.confirm_offer(offer_id=offer_id, actor=Ref("party", lin), at=make.NOON)
        assert done.state == "PAYING"
        assert claim_of(done.claim_id).channel == "PROACTIVE"
        told = Message.objects.filter(about=f"claim:{done.claim_id}")
        assert told.earliest("pk").template == "claims.reported_complete"  # nothing to photograph
        again = operations.confirm_offer(offer_id=offer_id, actor=Ref("party", lin), at=make.NOON)
        assert again.claim_id == done.claim_id
        assert kinds(done.claim_id).count("claims.claim_reported") == 1
        assert not queries.list_offers(lin, at=make.NOON)

    def test_waits_as_long_as_managers_set(self, lin, office):
        make.figure_set("claims.offer_days", "10")
        self.offer(lin, office)
        (waiting,) = queries.list_offers(lin, at=make.NOON)
        assert waiting.expires_at == make.NOON + timedelta(days=10)
        assert operations.expire_offers(at=make.NOON + timedelta(days=10, seconds=1)) == 1
        assert not queries.list_offers(lin, at=make.NOON + timedelta(days=10, seconds=1))

    def test_the_same_invoice_is_the_same_offer(self, lin, office):
        bill = make.invoice()
        first = self.offer(lin, office, [bill])
        policy = make.medical_policy(office, holder_id=lin)
        assert first == operations.offer_proactive_claim(
            policy_number=policy.number, party_id=lin, claim_type="MEDICAL", provider_id=1,
            invoices=[bill], actor=Ref("provider", 1), at=make.NOON,
        )  # fmt: skip

    def test_what_the_tap_would_be_refused_for_is_refused_to_the_hospital(self, lin, office):
        bill = make.invoice()
        self.offer(lin, office, [bill])
        other = make.insured(office)
        with pytest.raises(operations.OfferedToSomebody):
            self.offer(other, office, [bill])
        used = make.invoice()
        operations.report_with_invoices(
            report=make.report(make.medical_policy(office, holder_id=lin).number, lin), provider_id=1,
            invoices=[used], actor=Ref("provider", 1), at=make.NOON,
        )  # fmt: skip
        with pytest.raises(operations.ClaimedBefore):
            self.offer(lin, office, [used])
        for wrong in ({"total": "1.00"}, {"issued_on": "2030-01-01"}, {"lines": []}):
            with pytest.raises(InvoiceFeedMalformed):
                self.offer(lin, office, [make.invoice(**wrong)])
        with pytest.raises(operations.TypeNotCovered):
            self.offer(lin, office, claim_type="ALLOWANCE")
        assert len(queries.list_offers(lin, at=make.NOON)) == 1

    def test_needs_the_consent_to_fetch(self, lin, office):
        with pytest.raises(operations.FetchConsentMissing):
            self.offer(lin, office, silent=True)

    def test_is_confirmed_and_declined_by_its_customer_only(self, lin, office):
        offer_id = self.offer(lin, office)
        stranger = Ref("party", make.insured(office))
        for act in (operations.confirm_offer, operations.decline_offer):
            with pytest.raises(operations.OfferNotFound):
                act(offer_id=offer_id, actor=stranger, at=make.NOON)
        operations.decline_offer(offer_id=offer_id, actor=Ref("party", lin), at=make.NOON)
        with pytest.raises(operations.OfferAnswered):
            operations.confirm_offer(offer_id=offer_id, actor=Ref("party", lin), at=make.NOON)

    def test_expires(self, lin, office):
        offer_id = self.offer(lin, office)
        late = make.NOON + timedelta(days=31)
        assert jobs.expire_offers(late) == 1
        with pytest.raises(operations.OfferAnswered):
            operations.confirm_offer(offer_id=offer_id, actor=Ref("party", lin), at=late)

    def test_refuses_an_invoice_that_is_none(self, lin, office):
        with pytest.raises(Invalid):
            self.offer(lin, office, [{"number": "1"}])
