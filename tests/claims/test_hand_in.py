"""hand_in_documents, take_over_documents, request_supplement …"""

from datetime import timedelta

import pytest

from tests import make
from tests.claims import papers
from yilu.claims import operations, queries
from yilu.claims.models import SupplementNotice
from yilu.claims.operations import Missing
from yilu.documents import jobs as reading
from yilu.documents import queries as documents_queries
from yilu.journal.models import Event
from yilu.kernel.errors import NotAllowed, Refusal
from yilu.kernel.refs import SYSTEM, Ref
from yilu.letters import operations as letters
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.obligations import queries as obligations
from yilu.payments.models import Payout
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)
LATER = make.NOON + timedelta(hours=2)
DISCHARGE = (Missing("出院小结", ("DISCHARGE",), code="discharge"),)


@pytest.fixture(autouse=True)
def _files_and_clock_of_this_test(settings, tmp_path, monkeypatch):
    settings.FILES = tmp_path / "files"
    monkeypatch.setattr(reading, "_now", lambda: make.NOON)


@pytest.fixture
def chen(office):
    return make.colleague(office, "ASSESSOR")


def me(lin):
    return Ref("party", lin)


def test_reads_an_electronic_invoice_and_pays(claim, lin, claim_of):
    done = papers.hand_in(
        claim.claim_id, papers.e_invoice(), papers.picture("DIAGNOSIS"), actor=me(lin)
    )
    assert (done.state, done.missing) == ("READING", ())
    assert Message.objects.filter(template="claims.documents_received").exists()

    assert not Payout.objects.exists()
    settle_diagnosis()
    papers.read_all()

    assert claim_of(claim.claim_id).state == "PAYING"
    assert Payout.objects.count() == 1


def settle_diagnosis():
    """The picture of the diagnosis is confirmed by a person: no reader runs in these tests."""
    from yilu.documents.models import Upload

    Upload.objects.filter(kind="DIAGNOSIS").update(state="SETTLED")


def test_waits_for_what_is_missing(claim, lin, claim_of):
    done = papers.hand_in(claim.claim_id, papers.picture("OTHER"), actor=me(lin))

    assert done.state == "COLLECTING"
    assert "invoice" in done.missing
    assert Event.objects.get(kind="claims.documents_received").facts["complete"] is False


def test_refuses_an_invoice_that_says_itself_that_it_is_somebody_elses(claim, lin):
    with pytest.raises(operations.AnotherPersonsInvoice) as refused:
        papers.hand_in(
            claim.claim_id, papers.picture("DIAGNOSIS"), papers.e_invoice("王某某"), actor=me(lin)
        )

    assert refused.value.status == 422
    assert not papers.uploads(claim.claim_id)
    assert not Event.objects.filter(kind="claims.documents_received").exists()


def test_goes_to_a_person_where_staff_take_in_somebody_elses_invoice(claim, lin, claim_of, office):
    access, chen = make.colleague(office, "REGISTRAR")
    papers.hand_in(claim.claim_id, papers.picture("DIAGNOSIS"), actor=me(lin))
    papers.hand_in(claim.claim_id, papers.e_invoice("王某某"), actor=chen, access=access)
    settle_diagnosis()
    papers.read_all()

    found = claim_of(claim.claim_id)
    assert found.state == "REVIEW"
    assert "PAYER_DIFFERS" in found.reasons
    [bill] = queries.bills_of_others(queries.get_for_customer(claim.claim_id, lin))
    assert documents_queries.get_upload(bill).kind == "INVOICE"
    assert Message.objects.filter(template="claims.documents_received").count() == 1


def test_tells_the_door_that_stored_the_files_itself(claim, lin):
    from yilu.documents import operations as documents

    paper = papers.e_invoice()
    with pytest.raises(operations.NothingHandedIn):
        papers.hand_in(claim.claim_id, actor=me(lin))
    documents.store_upload(
        about=claim.ref, party_id=lin, kind=paper.kind, filename=paper.filename,
        content=paper.content, actor=me(lin), at=make.NOON,
    )  # fmt: skip
    assert papers.hand_in(claim.claim_id, actor=me(lin)).state == "READING"


@pytest.mark.parametrize(
    "bad",
    [
        operations.Paper("INVOICE", "a.xml", b""),
        operations.Paper("INVOICE", "a.exe", b"MZ\x90\x00"),
        operations.Paper("INVOICE", "a.pdf", b"not a pdf"),
        operations.Paper("POEM", "a.xml", b"<a/>"),
    ],
)
def test_takes_all_files_or_none(claim, lin, bad):
    with pytest.raises(Refusal) as refused:
        papers.hand_in(claim.claim_id, papers.e_invoice(), bad, actor=me(lin))

    assert 400 <= refused.value.status < 500
    assert not papers.uploads(claim.claim_id)
    assert not Event.objects.filter(kind="claims.documents_received").exists()


def test_refuses_a_stranger_in_the_words_of_a_wrong_number(claim, office):
    stranger = make.insured(office)
    words = []
    for claim_id in (claim.claim_id, 999_999):
        with pytest.raises(operations.ClaimNotFound) as refused:
            papers.hand_in(claim_id, papers.e_invoice(), actor=me(stranger))
        words.append((refused.value.message, refused.value.hint))
    assert words[0] == words[1]


def test_refuses_an_agent_who_does_not_serve_the_policy(office, lin):
    wei, qian = make.agent(office), make.agent(office)
    policy = make.medical_policy(office, holder_id=lin, agent_id=wei)
    claim = make.reported_claim(lin, office_id=office, policy_number=policy.number)
    with pytest.raises(operations.ClaimNotFound):
        papers.hand_in(claim.claim_id, papers.picture("OTHER"), actor=Ref("agent", qian))
    assert papers.hand_in(
        claim.claim_id, papers.picture("OTHER"), actor=Ref("agent", wei)
    ).upload_ids


def test_asks_a_person_to_compare_what_was_read_with_doubt(claim, lin):
    from yilu.documents.models import Upload

    papers.hand_in(
        claim.claim_id, papers.e_invoice(large=True), papers.picture("DIAGNOSIS"), actor=me(lin)
    )
    Upload.objects.filter(kind="DIAGNOSIS").update(state="NEEDS_PERSON")
    papers.read_all()
    item = Item.objects.get(queue_id="documents.verify")
    assert (item.subject, item.state) == (str(claim.ref), "OPEN")

    settle_diagnosis()
    operations.take_over_documents(claim_id=claim.claim_id, actor=SYSTEM, at=LATER)
    item.refresh_from_db()
    assert item.state == "DONE"


def test_sends_a_claim_to_a_person_although_papers_are_missing(claim, lin, office, claim_of):
    who = make.colleague(office, "REGISTRAR")
    told = {"claim_id": claim.claim_id, "access": who[0], "actor": who[1], "at": LATER}
    with pytest.raises(operations.ReasonMissing):
        operations.send_to_review(reason="", **told)
    operations.send_to_review(reason="医院拒绝出具诊断证明", **told)

    found = claim_of(claim.claim_id)
    assert found.state == "REVIEW"
    assert "BY_HAND" in found.reasons
    assert Item.objects.get(state="OPEN").queue_id == "claims.review"
    with pytest.raises(operations.NotPossibleNow):
        operations.send_to_review(reason="医院拒绝出具诊断证明", **told)


def test_assesses_nothing_whose_papers_are_missing(claim, lin):
    papers.hand_in(claim.claim_id, papers.e_invoice(large=True), actor=me(lin))
    papers.read_all()
    assert operations.assess_claim(claim_id=claim.claim_id, actor=SYSTEM, at=LATER) == "COLLECTING"
    assert not Payout.objects.exists()


def test_refuses_more_than_a_request_carries(claim, lin):
    with pytest.raises(operations.TooManyAtOnce):
        papers.hand_in(claim.claim_id, *[papers.picture()] * 21, actor=me(lin))


def test_refuses_what_comes_after_the_decision(claim, lin):
    operations.hand_in_invoices(
        claim_id=claim.claim_id,
        provider_id=1,
        invoices=[make.invoice()],
        actor=SYSTEM,
        at=make.NOON,
    )
    with pytest.raises(operations.NotPossibleNow):
        papers.hand_in(claim.claim_id, papers.e_invoice(), actor=me(lin))


def test_refuses_an_invoice_of_another_claim_and_asks_for_another(office, lin, claim):
    bill = make.invoice()
    first = make.reported_claim(office_id=office)
    operations.hand_in_invoices(
        claim_id=first.claim_id, provider_id=1, invoices=[bill], actor=SYSTEM, at=make.NOON
    )
    done = operations.hand_in_invoices(
        claim_id=claim.claim_id, provider_id=1, invoices=[bill], actor=SYSTEM, at=make.NOON
    )
    assert done.state == "COLLECTING"
    assert Payout.objects.filter(about=f"claim:{claim.claim_id}").count() == 0


DISCHARGE = (Missing("出院小结", ("DISCHARGE",), code="discharge"),)


class TestSupplement:
    @pytest.fixture
    def claim(self, office, lin):
        return make.claim_in_review(holder_id=lin, office_id=office)

    def ask(self, claim, who, *, note="", missing=DISCHARGE):
        return operations.request_supplement(
            claim_id=claim.claim_id,
            missing=missing,
            note=note,
            access=who[0],
            actor=who[1],
            at=make.NOON,
        )

    def test_asks_once_by_message_and_letter(self, claim, chen, claim_of, lin):
        self.ask(claim, chen)

        assert claim_of(claim.claim_id).state == "SUPPLEMENT"
        message = Message.objects.get(template="claims.supplement_needed")
        assert message.facts["items"] == "出院小结"
        assert IssuedLetter.objects.get(kind="SUPPLEMENT").facts["items"][0]["title"] == "出院小结"
        assert not Item.objects.filter(queue_id="claims.review", state="OPEN").exists()
        page = queries.get_progress(claim.claim_id, me(lin), make.NOON)
        assert page.supplement.items == (("discharge", "出院小结"),)
        assert "HAND_IN" in page.can

    def test_stops_the_clock_between_two_proofs(self, claim, chen, claim_of, lin):
        self.ask(claim, chen)
        clock = lambda at: next(  # noqa: E731
            c for c in obligations.list_clocks(claim.ref, at) if c.code == "law.decide_thirty_days"
        )
        assert clock(make.NOON).state == "RUNNING"

        letter = IssuedLetter.objects.get(kind="SUPPLEMENT")
        IssuedLetter.objects.filter(pk=letter.pk).update(
            state="ISSUED", sha256="0" * 64, storage_key="x", issued_at=make.NOON
        )
        letters.mark_delivered(letter_id=letter.pk, proof="APP", actor=me(lin), at=make.NOON)
        papers.react()
        notice = SupplementNotice.objects.get()
        assert notice.arrival_proof == f"letter:{letter.pk}"
        assert clock(LATER).state == "PAUSED"

        done = papers.hand_in(claim.claim_id, papers.picture("DISCHARGE"), actor=me(lin), at=LATER)
        assert done.state == "REVIEW"
        notice.refresh_from_db()
        assert notice.received_at == LATER
        assert notice.receipt_proof.startswith("upload:")
        resumed = clock(LATER)
        assert resumed.state == "RUNNING"
        assert resumed.pauses[0].resumed_at == LATER
        assert Item.objects.filter(queue_id="claims.review", state="OPEN").exists()

    def test_goes_on_only_when_everything_asked_for_is_here(self, claim, chen, lin):
        self.ask(
            claim,
            chen,
            missing=(Missing("出院小结", ("DISCHARGE",)), Missing("处方", ("PRESCRIPTION",))),
        )

        first = papers.hand_in(claim.claim_id, papers.picture("DISCHARGE"), actor=me(lin), at=LATER)
        assert first.state == "SUPPLEMENT"
        second = papers.hand_in(
            claim.claim_id, papers.picture("PRESCRIPTION"), actor=me(lin), at=LATER
        )
        assert second.state == "REVIEW"

    def test_a_second_time_needs_a_supervisor_and_a_reason(self, claim, chen, office, lin):
        self.ask(claim, chen)
        papers.hand_in(claim.claim_id, papers.picture("DISCHARGE"), actor=me(lin), at=LATER)

        with pytest.raises(operations.SecondNoticeNeedsSupervisor):
            self.ask(claim, chen, note="还缺费用清单")
        lead = make.colleague(office, "TEAM_LEAD")
        with pytest.raises(operations.ReasonMissing):
            self.ask(claim, lead)
        self.ask(
            claim, lead, note="上次遗漏了费用清单", missing=(Missing("费用清单", ("FEE_LIST",)),)
        )
        assert SupplementNotice.objects.order_by("-ordinal").first().ordinal == 2

    def test_can_be_waived_with_a_reason(self, claim, chen, claim_of):
        self.ask(claim, chen)
        operations.waive_supplement(
            claim_id=claim.claim_id,
            reason="医院已直接提供",
            access=chen[0],
            actor=chen[1],
            at=LATER,
        )
        assert claim_of(claim.claim_id).state == "REVIEW"

    def test_refuses_an_empty_notice_and_a_second_open_one(self, claim, chen):
        with pytest.raises(operations.NothingMissing):
            self.ask(claim, chen, missing=())
        self.ask(claim, chen)
        with pytest.raises(operations.NotPossibleNow):
            self.ask(claim, chen)

    def test_refuses_staff_without_the_right(self, claim, office):
        with pytest.raises(NotAllowed):
            self.ask(claim, make.colleague(office, "INTAKE"))

    def test_notes_an_arrival_on_paper_once(self, claim, chen):
        self.ask(claim, chen)
        told = {
            "claim_id": claim.claim_id, "proof": "柜面签收", "access": chen[0], "actor": chen[1], "at": LATER,
        }  # fmt: skip
        operations.note_notice_arrival(**told)
        with pytest.raises(operations.NoticeNotFound):
            operations.note_notice_arrival(**told)
