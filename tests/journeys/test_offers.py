"""The customer answers; a seat settles; what was filled in is there."""

from datetime import timedelta

import pytest

from tests import make
from tests.journeys.telling import read, tell
from yilu.journeys import operations as journeys
from yilu.journeys import queries
from yilu.journeys.models import Breakpoint, KeptForm, Offer
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.obligations.models import Clock
from yilu.people import queries as people
from yilu.people.models import Party
from yilu.work.models import Item

pytestmark = pytest.mark.django_db(transaction=True)
NOON = make.NOON


class Story:
    """A customer whose loan is over the limit, and a seat of the same office."""

    def __init__(self, office):
        self.office = office
        self.party = make.party(office)
        self.me = Ref("party", self.party)
        self.seat = Ref("staff", make.staff(office, "CALL_AGENT"))
        self.access = people.staff_access(self.seat.id)
        self.about = Ref("servicing_request", 1)
        tell(
            "servicing.request_started", self.about, NOON, self.party,
            request="policy_loan", door="CUSTOMER", office_id=office,
        )  # fmt: skip
        tell(
            "servicing.self_service_blocked", self.about, NOON, self.party,
            request="policy_loan", reason="LIMIT",
        )  # fmt: skip
        read(NOON)

    @property
    def offer(self):
        return Offer.objects.get()

    @property
    def broken(self):
        return Breakpoint.objects.get()


@pytest.fixture
def story(office):
    return Story(office)


def keep(party, at=NOON, code="policy_suspended", **given):
    told = {
        "party_id": party, "journey": "servicing", "request": "policy_loan",
        "form": {"amount": "5000"}, "code": code, "actor": Ref("party", party), "at": at, **given,
    }  # fmt: skip
    return journeys.keep_failed_form(**told)


class TestAnswers:
    def test_choosing_a_way_gives_it_to_a_person_at_once(self, story):
        done = journeys.accept_offer(offer_id=story.offer.pk, way="VIDEO", actor=story.me, at=NOON)
        assert (done.subject, done.way) == (story.about, "VIDEO")
        assert (story.offer.state, story.broken.state) == ("ACCEPTED", "TAKEN_UP")
        item = Item.objects.get()
        assert (item.queue_id, item.subject, item.priority) == (
            "servicing.continue", "servicing_request:1", 10,
        )  # fmt: skip
        assert Clock.objects.get(subject=str(story.broken.ref)).code == "pledge.continuation"

    def test_choosing_twice_is_choosing_once(self, story):
        for _ in range(2):
            journeys.accept_offer(offer_id=story.offer.pk, way="VIDEO", actor=story.me, at=NOON)
        assert Item.objects.count() == 1
        with pytest.raises(journeys.OfferOver):
            journeys.accept_offer(offer_id=story.offer.pk, way="COUNTER", actor=story.me, at=NOON)

    def test_a_way_that_was_not_offered_is_refused(self, story):
        with pytest.raises(journeys.NoSuchWay):
            journeys.accept_offer(offer_id=story.offer.pk, way="CALLBACK", actor=story.me, at=NOON)
        assert story.offer.state == "OPEN"

    def test_somebody_elses_offer_reads_like_none(self, story):
        other = Ref("party", make.party(story.office))
        for actor, number in ((other, story.offer.pk), (story.me, 999_999)):
            with pytest.raises(journeys.OfferNotFound):
                journeys.accept_offer(offer_id=number, way="VIDEO", actor=actor, at=NOON)
            with pytest.raises(journeys.OfferNotFound):
                journeys.decline_offer(offer_id=number, actor=actor, at=NOON)
        assert story.offer.state == "OPEN"

    def test_whoever_needs_nobody_is_left_alone(self, story):
        for _ in range(2):
            journeys.decline_offer(offer_id=story.offer.pk, actor=story.me, at=NOON)
        assert (story.broken.state, story.broken.how) == ("CLOSED", "NOT_NEEDED")
        assert journeys.expire_offers(at=NOON + timedelta(hours=1)) == 0
        with pytest.raises(journeys.OfferOver):
            journeys.accept_offer(offer_id=story.offer.pk, way="VIDEO", actor=story.me, at=NOON)

    def test_one_that_ran_out_may_still_be_taken(self, story):
        late = NOON + timedelta(minutes=11)
        journeys.expire_offers(at=late)
        journeys.accept_offer(offer_id=story.offer.pk, way="ADVISER", actor=story.me, at=late)
        assert story.broken.state == "TAKEN_UP"
        assert Item.objects.count() == 1

    def test_going_on_closes_what_was_broken(self, story):
        journeys.accept_offer(offer_id=story.offer.pk, way="VIDEO", actor=story.me, at=NOON)
        tell(
            "servicing.continuation_asked",
            story.about,
            NOON + timedelta(minutes=1),
            story.party,
            way="VIDEO",
        )
        read(NOON + timedelta(minutes=1))
        assert story.broken.state == "TAKEN_UP"
        tell("servicing.request_confirmed", story.about, NOON + timedelta(minutes=9), story.party)
        read(NOON + timedelta(minutes=9))
        assert (story.broken.state, story.broken.how) == ("CLOSED", "MOVED_ON")
        assert Clock.objects.get(subject=str(story.broken.ref)).state == "MET"

    def test_what_was_taken_is_told_to_its_own_customer_until_it_is_settled(self, story):
        assert queries.taken_offer(story.offer.pk, story.party) is None
        journeys.accept_offer(offer_id=story.offer.pk, way="CHAT", actor=story.me, at=NOON)
        taken = queries.taken_offer(story.offer.pk, story.party)
        assert (taken.family, taken.subject, taken.form) == ("servicing", story.about, {})
        assert queries.taken_offer(story.offer.pk, story.party + 1) is None
        (why,) = queries.list_taken_up(story.party, story.access)
        assert (why.id, why.kind_label) == (story.broken.pk, "超过自助限额")
        far = people.staff_access(make.staff(make.office(), "CALL_AGENT"))
        assert queries.list_taken_up(story.party, far) == []
        journeys.finish(
            breakpoint_id=story.broken.pk, needed=True, note="在线客服协助客户提交",
            access=story.access, actor=story.seat, at=NOON,
        )  # fmt: skip
        assert queries.taken_offer(story.offer.pk, story.party) is None
        assert queries.list_taken_up(story.party, story.access) == []

    def test_beside_it_stands_what_happened_under_a_record_that_was_merged(self, story):
        gone = make.party(story.office)
        tell("people.signed_in", Ref("party", gone), NOON, gone)

        def beside():
            view = queries.get_break(story.broken.pk, story.access, NOON)
            return {each.party_id for each in view.around}

        assert beside() == {story.party}
        Party.objects.filter(pk=gone).update(merged_into=story.party, signs_in=False)
        assert beside() == {story.party, gone}

    def test_the_page_asks_with_one_look(self, story, django_assert_num_queries):
        queries.open_offers(story.party, NOON)
        with django_assert_num_queries(1):
            (view,) = queries.open_offers(story.party, NOON)
        assert (view.name, view.kind_label) == ("保单借款", "超过自助限额")
        assert queries.open_offers(story.party + 1, NOON) == ()
        assert queries.open_offers(story.party, NOON + timedelta(minutes=11)) == ()


class TestSeat:
    def test_a_seat_takes_it_up_and_says_how_it_ended(self, story):
        told = {"breakpoint_id": story.broken.pk, "access": story.access, "actor": story.seat}
        journeys.take_up(**told, at=NOON)
        assert Item.objects.get(queue="journeys.continue").staff_id == story.seat.id
        with pytest.raises(journeys.NoteNeeded):
            journeys.finish(**told, needed=True, note=" ", at=NOON)
        journeys.finish(**told, needed=True, note="已视频协助客户提交", at=NOON)
        assert (story.broken.how, story.broken.closed_by) == ("BY_PERSON", str(story.seat))
        assert Item.objects.get(queue="journeys.continue").state == "DONE"
        with pytest.raises(journeys.BreakSettled):
            journeys.finish(**told, needed=True, note="再说一次", at=NOON)

    def test_another_office_and_one_without_the_right_are_refused(self, story):
        far = people.staff_access(make.staff(make.office(), "CALL_AGENT"))
        told = {
            "breakpoint_id": story.broken.pk,
            "needed": True,
            "note": "已经联系客户",
            "at": NOON,
        }
        with pytest.raises(journeys.BreakpointNotFound):
            journeys.finish(**told, access=far, actor=Ref("staff", far.staff_id))
        none = people.staff_access(make.staff(story.office, "AUDITOR"))
        with pytest.raises(NotAllowed):
            journeys.finish(**told, access=none, actor=Ref("staff", none.staff_id))
        assert story.broken.closed_at is None

    def test_the_whole_context_is_there(self, story):
        seen = queries.get_break(story.broken.pk, story.access, NOON)
        assert seen.offer.ways[0] == "视频办理"
        assert seen.case_id
        assert {e.kind for e in seen.events} >= {"journeys.breakpoint_found"}


class TestKeptForms:
    def test_a_refused_form_is_kept_sealed_and_offered_a_way_on(self, office):
        party = make.party(office)
        keep(party)
        read(NOON)
        row = KeptForm.objects.get()
        assert b"5000" not in bytes(row.form)
        assert Offer.objects.get().ways == ["CHAT", "VIDEO", "CALLBACK", "COUNTER"]
        access = people.staff_access(make.staff(office, "CALL_AGENT"))
        seen = queries.get_break(Breakpoint.objects.get().pk, access, NOON)
        assert seen.form == (("借多少（元）", "5000"),)

    def test_who_may_only_look_does_not_see_what_was_filled_in(self, office):
        keep(make.party(office))
        read(NOON)
        access = people.staff_access(make.staff(office, "AUDITOR"))
        assert queries.get_break(Breakpoint.objects.get().pk, access, NOON).form == ()

    def test_a_slip_of_the_pen_is_no_break_the_first_time(self, office):
        party = make.party(office)
        keep(party, code="bad_form")
        read(NOON)
        assert not Breakpoint.objects.exists()
        keep(party, code="bad_form")
        read(NOON)
        assert Breakpoint.objects.get().kind == "FAILED_SELF_SERVICE"

    def test_failing_again_and_again_is_one_break(self, office):
        party = make.party(office)
        for _ in range(3):
            keep(party)
        read(NOON)
        assert (Breakpoint.objects.count(), KeptForm.objects.get().attempts) == (1, 3)

    def test_beginning_after_all_closes_it_and_forgets_the_form(self, office):
        party = make.party(office)
        keep(party)
        read(NOON)
        tell(
            "servicing.request_started", Ref("servicing_request", 5), NOON + timedelta(minutes=5),
            party, request="policy_loan", office_id=office,
        )  # fmt: skip
        read(NOON + timedelta(minutes=5))
        assert Breakpoint.objects.get().how == "MOVED_ON"
        row = KeptForm.objects.get()
        assert (row.closed_at is not None, bytes(row.form)) == (True, b"")

    def test_a_form_too_large_is_not_kept(self, office):
        keep(make.party(office), form={"note": "长" * 50_000})
        assert len(bytes(KeptForm.objects.get().form)) < 200
