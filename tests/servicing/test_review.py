"""A person looks: accepts, asks once, approves with authority, or refuses with reasons."""

from datetime import timedelta
from decimal import Decimal

import pytest

from tests import make
from tests.documents.papers import picture
from tests.make import NOON
from tests.servicing.hall import Hall
from yilu.journal.models import Event
from yilu.kernel import tx
from yilu.kernel.errors import Invalid, NotAllowed
from yilu.kernel.refs import Ref
from yilu.letters.models import IssuedLetter
from yilu.messaging.models import Message
from yilu.obligations import queries as obligations
from yilu.people import queries as people
from yilu.servicing import operations as servicing
from yilu.servicing import queries
from yilu.servicing.models import Request
from yilu.servicing.operations import steps
from yilu.work.models import Item

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall():
    return Hall()


def clock(request_id, code, at=NOON):
    ref = Ref("servicing_request", request_id)
    return next((c for c in obligations.list_clocks(ref, at) if c.code == code), None)


class TestReview:
    def test_is_approved_by_another_colleague_and_takes_effect(self, hall):
        request_id = hall.in_review()
        seen = hall.seen(request_id)
        assert (seen.state_label, seen.refer) == ("资料审核中", "由服务主管安排")
        assert clock(request_id, "law.servicing_accept_2_days").state == "RUNNING"
        item = Item.objects.get(queue_id="servicing.review")
        assert (item.state, item.office_id) == ("OPEN", hall.office)

        servicing.accept_request(request_id=request_id, **hall.staff())
        assert clock(request_id, "law.servicing_accept_2_days").state == "MET"
        assert clock(request_id, "law.servicing_finish_5_days").state == "RUNNING"
        state = servicing.approve_request(
            request_id=request_id, digest=seen.digest, **hall.staff(at=NOON + timedelta(hours=1))
        )
        assert state == "DONE"
        assert clock(request_id, "law.servicing_finish_5_days").state == "MET"
        assert people.get_party(hall.lin).agent_id is None
        assert Item.objects.get(queue_id="servicing.review").state == "DONE"

    def test_is_approved_the_next_day_too(self, hall):
        request_id = hall.in_review()
        later = NOON + timedelta(days=1)
        digest = hall.row(request_id).digest
        state = servicing.approve_request(
            request_id=request_id, digest=digest, **hall.staff(at=later)
        )
        assert state == "DONE"

    def test_needs_the_right_over_the_office(self, hall):
        request_id = hall.in_review()
        digest = hall.row(request_id).digest
        counter, at_counter = make.colleague(hall.office, "COUNTER")
        elsewhere, them = make.colleague(make.office(), "SERVICING")

        for access, actor in ((counter, at_counter), (elsewhere, them)):
            with pytest.raises(NotAllowed):
                servicing.approve_request(
                    request_id=request_id, digest=digest, access=access, actor=actor, at=NOON
                )
            with pytest.raises(NotAllowed):
                servicing.refuse_request(
                    request_id=request_id,
                    reasons=["资料与登记不符"],
                    access=access,
                    actor=actor,
                    at=NOON,
                )
        assert hall.row(request_id).state == "IN_REVIEW"

    def test_needs_authority_for_the_amount(self, hall):
        request_id = hall.in_review()
        Request.objects.filter(pk=request_id).update(amount=Decimal("500000.01"))
        digest = hall.row(request_id).digest
        with pytest.raises(NotAllowed):
            servicing.approve_request(request_id=request_id, digest=digest, **hall.staff())
        assert hall.row(request_id).state == "IN_REVIEW"

    def test_is_never_approved_by_whoever_prepared_it(self, hall):
        by = {"actor": hall.actor, "by": hall.access}
        form = {"reason": "MOVED", "agent": "OFFICE"}
        request_id = hall.start("agent_change", form, door="COUNTER", **by)
        servicing.note_identity_seen(request_id=request_id, proof="FACE", **hall.staff())
        hall.confirm(request_id, **by)
        digest = hall.row(request_id).digest
        with pytest.raises(servicing.OwnRequest):
            servicing.approve_request(request_id=request_id, digest=digest, **hall.staff())
        approved = servicing.approve_request(request_id=request_id, digest=digest, **hall.second())
        assert approved == "DONE"

    def test_of_another_digest_is_stale(self, hall):
        request_id = hall.in_review()
        with pytest.raises(servicing.QuoteChanged):
            servicing.approve_request(request_id=request_id, digest="x", **hall.staff())


class TestPapers:
    def ask(self, hall, request_id, **given):
        told = {"missing": ["户口簿本人页", "身份证反面"], "note": "", **hall.staff(), **given}
        servicing.ask_papers(request_id=request_id, **told)

    def test_are_asked_for_once_and_the_clock_stands_still_until_they_come(self, hall):
        request_id = hall.in_review()
        servicing.accept_request(request_id=request_id, **hall.staff())
        self.ask(hall, request_id)
        message = Message.objects.get(template="servicing.papers_asked")
        assert message.facts["items"] == "户口簿本人页、身份证反面"
        arrive = {"request_id": request_id, "proof": "message:1", "at": NOON}
        tx.use_case(steps.papers_notice_arrived)(**arrive)
        tx.use_case(steps.papers_notice_arrived)(**arrive)
        assert clock(request_id, "law.servicing_finish_5_days").state == "PAUSED"
        with pytest.raises(servicing.AskedAlready):
            self.ask(hall, request_id)

        three_days_on = NOON + timedelta(days=3)
        servicing.add_papers(
            request_id=request_id, filename="户口簿.png", content=picture(), actor=hall.me,
            at=three_days_on,
        )  # fmt: skip
        assert clock(request_id, "law.servicing_finish_5_days", three_days_on).state == "RUNNING"
        assert Event.objects.filter(kind="servicing.papers_received").count() == 1
        assert clock(request_id, "law.servicing_accept_2_days").state == "MET"
        assert Item.objects.filter(queue_id="servicing.review", state="OPEN").count() == 1

    def test_that_complete_it_before_it_was_accepted_begin_the_time_to_accept(self, hall):
        request_id = hall.in_review()

        def accepting():
            found = obligations.list_clocks(Ref("servicing_request", request_id), friday)
            return [c for c in found if c.code == "law.servicing_accept_2_days"]

        friday = NOON + timedelta(days=(4 - NOON.weekday()) % 7)
        for n in range(2):  # a second notice and its papers begin it anew
            self.ask(hall, request_id, note="补来的仍缺一页" if n else "")
            assert {c.state for c in accepting()} == {"MET"}
            servicing.add_papers(
                request_id=request_id, filename="户口簿.png", content=picture(text=str(n)),
                actor=hall.me, at=friday,
            )  # fmt: skip
            states = sorted(c.state for c in accepting())
            assert states == ["MET"] * (n + 1) + ["RUNNING"]
        running = next(c for c in accepting() if c.state == "RUNNING")
        assert (running.started_at, running.due_at - friday > timedelta(days=3)) == (friday, True)
        servicing.accept_request(request_id=request_id, **hall.staff(at=friday))
        assert {c.state for c in accepting()} == {"MET"}

    def test_have_to_be_named(self, hall):
        with pytest.raises(Invalid):
            self.ask(hall, hall.in_review(), missing=[" "])

    def test_are_needed_before_it_is_handed_in_alone(self, hall):
        form = {"reason": "RENAMED", "name": "林新名"}
        request_id = hall.start("particulars", form)
        hall.verified(request_id)
        with pytest.raises(servicing.PapersMissing):
            hall.confirm(request_id)
        servicing.add_papers(
            request_id=request_id, filename="身份证.png", content=picture(), actor=hall.me, at=NOON
        )
        assert hall.confirm(request_id) == "IN_REVIEW"

    def test_of_a_stranger_are_not_taken(self, hall):
        request_id = hall.in_review()
        with pytest.raises(servicing.RequestNotFound):
            servicing.add_papers(
                request_id=request_id,
                filename="a.png",
                content=picture(),
                actor=hall.insured,
                at=NOON,
            )


class TestRefusal:
    def test_is_a_persons_with_reasons_in_a_letter(self, hall):
        request_id = hall.in_review()
        refuse = {"request_id": request_id, "reasons": ["所附证明与登记信息不符，请核对后再申请"]}
        servicing.refuse_request(**refuse, **hall.staff())
        servicing.refuse_request(**refuse, **hall.staff())

        seen = hall.seen(request_id)
        assert (seen.state_label, seen.reasons) == ("未能办理", tuple(refuse["reasons"]))
        letter = IssuedLetter.objects.get()
        assert (letter.kind, letter.facts["reasons"]) == ("NOT_DONE", refuse["reasons"])
        assert Message.objects.filter(template="servicing.refused").count() == 1
        assert people.get_party(hall.lin).agent_id == hall.agent

    @pytest.mark.parametrize("reasons", [[], [" "], ["不行"]])
    def test_without_a_reason_is_none(self, hall, reasons):
        request_id = hall.in_review()
        with pytest.raises(servicing.ReasonsMissing):
            servicing.refuse_request(request_id=request_id, reasons=reasons, **hall.staff())
        assert hall.row(request_id).state == "IN_REVIEW"

    def test_is_never_the_machines(self, hall):
        request_id = hall.in_review()
        with pytest.raises(servicing.OnlyAPersonRefuses):
            servicing.refuse_request(
                request_id=request_id, reasons=["机器认为不行"], access=hall.access,
                actor=Ref("system", 0), at=NOON,
            )  # fmt: skip


class TestDelay:
    def test_is_explained_to_the_customer(self, hall):
        request_id = hall.in_review()
        words = "派出所回函还需两天，预计周五办完"
        servicing.explain_delay(request_id=request_id, words=words, **hall.staff())
        assert hall.seen(request_id).delay == words
        assert Message.objects.get(template="servicing.delayed").facts["words"] == words


class TestWithdrawal:
    def test_before_the_effect_changes_nothing(self, hall):
        request_id = hall.in_review()
        take_back = {"request_id": request_id, "actor": hall.me, "at": NOON}
        servicing.withdraw_request(**take_back)
        servicing.withdraw_request(**take_back)
        assert Event.objects.filter(kind="servicing.request_withdrawn").count() == 1
        assert not Item.objects.exclude(state="DONE").exists()
        assert clock(request_id, "law.servicing_accept_2_days").state == "CANCELLED"

    def test_after_the_effect_is_too_late(self, hall):
        request_id = hall.start("contact_email", {"email": "a@example.com"})
        hall.confirm(request_id)
        with pytest.raises(servicing.NotPossibleNow):
            servicing.withdraw_request(request_id=request_id, actor=hall.me, at=NOON)


class TestDesk:
    def test_lists_what_waits_for_the_office(self, hall):
        request_id = hall.in_review()
        assert [r.id for r in queries.list_for_staff(hall.access)] == [request_id]
        elsewhere, _them = make.colleague(make.office(), "SERVICING")
        assert queries.list_for_staff(elsewhere) == ()
        with pytest.raises(NotAllowed):
            queries.get_for_staff(request_id, elsewhere, NOON)
