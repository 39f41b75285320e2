"""A paper turns out other than it was taken for: the claim goes on, or a person looks again."""

from decimal import Decimal

import pytest

from tests import make
from tests.claims import papers
from yilu.claims import operations, queries
from yilu.claims.models import Calculation, ContactNote
from yilu.claims.operations import Paper, Verdict, steps
from yilu.documents import jobs as reading
from yilu.documents import operations as documents
from yilu.documents.models import Invoice, Upload
from yilu.kernel import tx
from yilu.kernel.refs import SYSTEM, Ref
from yilu.messaging.models import Message
from yilu.payments.models import Payout
from yilu.work import operations as work
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _files_and_clock_of_this_test(settings, tmp_path, monkeypatch):
    settings.FILES = tmp_path / "files"
    monkeypatch.setattr(reading, "_now", lambda: make.NOON)


@pytest.fixture
def chen(office):
    return make.colleague(office, "ASSESSOR", "REVIEWER")


def paid_by_file(lin, office) -> tuple[int, Paper]:
    claim = make.reported_claim(lin, office_id=office)
    paper = papers.e_invoice()
    papers.hand_in(claim.claim_id, paper, actor=Ref("party", lin))
    papers.read_all()
    return claim.claim_id, paper


def correct(upload, chen, name="total", value="100.00"):
    upload.refresh_from_db()
    return documents.correct_field(
        upload_id=upload.pk, name=name, value=value, version=upload.version, actor=chen[1],
        at=make.NOON,
    )  # fmt: skip


def open_items(queue):
    return Item.objects.filter(queue_id=queue, state="OPEN")


class TestAnInvoiceClaimedBefore:
    def test_is_not_waited_for_and_the_customer_hears_of_it(self, lin, office, claim_of):
        first_id, paper = paid_by_file(lin, office)
        other = make.insured(office)
        second = make.reported_claim(other, office_id=office)
        # The same invoice as another file: found when it is read.
        again = Paper(paper.kind, paper.filename, paper.content + b"\n", request_key="again")
        papers.hand_in(second.claim_id, again, actor=Ref("party", other))
        assert claim_of(second.claim_id).state == "READING"
        papers.read_all()

        assert claim_of(second.claim_id).state == "COLLECTING"
        told = Message.objects.filter(about=str(second.ref), template="claims.progress").get()
        assert "发票" in told.facts["step"]
        assert claim_of(first_id).number not in str(told.facts)
        note = ContactNote.objects.get(claim_id=second.claim_id)
        assert f"claim:{first_id}" in note.text
        assert not note.shown_to_customer
        assert open_items("claims.documents").count() == 1
        assert not Payout.objects.filter(about=str(second.ref)).exists()

    def test_handed_in_twice_for_the_same_claim_is_no_suspicion(self, lin, office, claim_of):
        claim = make.reported_claim(lin, office_id=office, claim_type="MEDICAL")
        paper = papers.e_invoice(large=True)
        for n in range(2):
            more = Paper(paper.kind, paper.filename, paper.content + b"\n" * n, request_key=f"k{n}")
            papers.hand_in(claim.claim_id, more, actor=Ref("party", lin))
        papers.read_all()
        assert not ContactNote.objects.exists()
        assert not open_items("claims.documents").exists()
        assert not Message.objects.filter(template="claims.progress").exists()

    def test_found_by_a_person_after_the_decision_is_looked_at_again(
        self, lin, office, chen, claim_of
    ):
        claim_id, _ = paid_by_file(lin, office)
        before = claim_of(claim_id).state
        other, _ = paid_by_file(make.insured(office), office)
        upload = Upload.objects.get(subject=f"claim:{claim_id}")
        first = Upload.objects.get(subject=f"claim:{other}")
        documents.refuse_document(
            upload_id=upload.pk, reason="DUPLICATE", version=upload.version, actor=chen[1],
            at=make.NOON, first_upload_id=first.pk,
        )  # fmt: skip
        papers.react()
        assert claim_of(claim_id).state == before
        assert open_items("claims.look_again").get().subject == f"claim:{claim_id}"


class TestAFileOfNoUse:
    def test_is_asked_for_again_and_nobody_compares_it_any_more(self, lin, office, chen, claim_of):
        claim = make.reported_claim(lin, office_id=office)
        papers.hand_in(claim.claim_id, papers.picture("INVOICE"), actor=Ref("party", lin))
        Upload.objects.update(state="NEEDS_PERSON")
        operations.take_over_documents(claim_id=claim.claim_id, actor=SYSTEM, at=make.NOON)
        assert open_items("documents.verify").count() == 1
        upload = Upload.objects.get()
        documents.refuse_document(
            upload_id=upload.pk, reason="UNUSABLE", version=upload.version, actor=chen[1],
            at=make.NOON,
        )  # fmt: skip
        papers.react()

        assert claim_of(claim.claim_id).state == "COLLECTING"
        assert not open_items("documents.verify").exists()
        told = Message.objects.filter(template="claims.progress").get()
        assert "重新拍照" in told.facts["step"]


class TestACorrection:
    def test_in_hand_is_calculated_with_at_once(self, lin, office, chen, claim_of):
        claim = make.reported_claim(lin, office_id=office)
        papers.hand_in(claim.claim_id, papers.e_invoice(), actor=Ref("party", lin))
        reading.recognise(upload_id=Upload.objects.get().pk)
        Invoice.objects.update(payer_name="王别人")
        papers.react()
        papers.read_all()
        assert claim_of(claim.claim_id).state == "REVIEW"
        before = Calculation.objects.count()
        upload = Upload.objects.get()
        correct(upload, chen, "payer_name", "林客户")
        papers.react()
        assert Calculation.objects.count() == before + 1
        assert "PAYER_DIFFERS" not in claim_of(claim.claim_id).reasons
        seen = queries.desk(claim.claim_id, chen[0], make.NOON)
        done = operations.decide(
            claim_id=claim.claim_id, access=chen[0], actor=chen[1], at=make.NOON,
            verdict=Verdict(digest=seen.digest, kind="APPROVE", reason="票据已更正，情况属实"),
        )  # fmt: skip
        assert done.state == "PAYING"

    def test_after_the_decision_changes_nothing_by_itself_and_a_person_looks(
        self, lin, office, chen, claim_of, kinds
    ):
        claim_id, _ = paid_by_file(lin, office)
        before = claim_of(claim_id)
        upload = Upload.objects.get(subject=f"claim:{claim_id}")
        for value in ("100.00", "200.00"):
            correct(upload, chen, value=value)
        papers.react()

        after = claim_of(claim_id)
        assert (after.state, after.benefit_amount) == (before.state, before.benefit_amount)
        assert Payout.objects.get().amount == before.benefit_amount
        item = open_items("claims.look_again").get()
        assert kinds(claim_id).count("claims.paper_changed_after_decision") == 2
        assert "金额合计" in ContactNote.objects.order_by("id")[0].text
        # Whoever looked says so; where the decision does not hold, the claim is reopened.
        work.take_item(item_id=item.pk, access=chen[0], actor=chen[1], at=make.NOON)
        work.finish(item_id=item.pk, access=chen[0], actor=chen[1], at=make.NOON)

    def test_of_a_claim_that_was_taken_back_is_nobodys_concern(self, lin, office, chen, claim_of):
        claim = make.reported_claim(lin, office_id=office)
        operations.withdraw_claim(claim_id=claim.claim_id, actor=Ref("party", lin), at=make.NOON)
        tx.use_case(steps.go_on_with_correction)(
            claim_id=claim.claim_id, upload_id=1, field="total", at=make.NOON
        )
        assert claim_of(claim.claim_id).state == "WITHDRAWN"
        assert not Item.objects.filter(state="OPEN").exists()


def test_a_bill_found_false_after_the_decision_is_looked_at(lin, office, claim_of):
    claim_id, _ = paid_by_file(lin, office)
    told = {"claim_id": claim_id, "upload_id": Upload.objects.get().pk, "at": make.NOON}
    for status in ("VALID", "UNAVAILABLE"):
        tx.use_case(steps.go_on_with_answer)(status=status, **told)
    assert not open_items("claims.look_again").exists()
    tx.use_case(steps.go_on_with_answer)(status="REVERSED", **told)
    assert open_items("claims.look_again").get().amount == claim_of(claim_id).benefit_amount
    assert claim_of(claim_id).benefit_amount > Decimal(0)
