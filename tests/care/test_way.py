"""Before and on the way: the first call, where whoever comes is, and safety before anybody is named."""

from datetime import timedelta

import pytest

from tests import make
from tests.care.test_visits import SOON, Bedside
from tests.make import NOON
from tests.web.signing import signed_in
from yilu.care import operations as care
from yilu.care import queries
from yilu.care.models import Talk, Visit, Way
from yilu.care.operations.visits import LINK
from yilu.care.rules import visits as rules
from yilu.kernel import sealing
from yilu.kernel.errors import NotAllowed
from yilu.kernel.refs import Ref
from yilu.messaging.models import Message
from yilu.obligations import queries as obligations

pytestmark = pytest.mark.django_db
HERE, THERE = "30.25,120.17", "30.35,120.17"


@pytest.fixture
def bed():
    return Bedside()


@pytest.fixture
def out(bed):
    """A survey whose colleague is on the way, and the secret of its link."""
    visit_id = bed.ask("SURVEY", place="")
    secret = bed.secret(visit_id)
    bed.act(care.set_out, visit_id, eta_at=SOON)
    return visit_id, secret


def clock_of(visit_id, code):
    clocks = obligations.list_clocks(Ref("visit", visit_id), SOON)
    return next(c.state for c in clocks if c.code == code)


class TestBefore:
    def test_a_survey_says_how_to_stay_safe_and_takes_the_location_before_anybody_is_named(
        self, bed
    ):
        visit_id = bed.ask("SURVEY", place="")
        [told] = Message.objects.filter(template="care.survey_asked")
        visit = Visit.objects.get(pk=visit_id)
        secret = sealing.unseal(visit.secret, LINK)
        assert secret not in str(told.facts)
        page = signed_in(Ref("party", bed.lin)).get(f"/v/{secret}").text
        assert rules.SAFETY["SURVEY"][0] in page
        assert "正在安排人员" in page
        care.send_location(secret=secret, point=HERE, at=NOON)
        assert bed.secret(visit_id) == secret, "the link stays the one the customer has"

    def test_the_first_call_says_what_became_of_wechat_or_goes_on_waiting(self, bed):
        visit_id = bed.ask("SURVEY", place="")
        with pytest.raises(care.BadVisit):
            bed.act(care.note_first_call, visit_id, reached=True)
        bed.act(care.note_first_call, visit_id, reached=False)
        assert clock_of(visit_id, "pledge.first_call_ten_minutes") == "RUNNING"
        bed.act(care.note_first_call, visit_id, reached=True, wechat="NO_WISH", words="没有人受伤")
        assert clock_of(visit_id, "pledge.first_call_ten_minutes") != "RUNNING"
        view = queries.get_visit(visit_id, bed.access)
        assert (view.first_called_at, view.wechat_label) == (SOON, rules.WECHAT["NO_WISH"])
        assert [t.text for t in Talk.objects.order_by("pk")] == [
            "首次通话：没有接通。", "首次通话：客户不愿意添加。没有人受伤",
        ]  # fmt: skip
        with pytest.raises(care.NotNow):
            bed.act(care.note_first_call, visit_id, reached=True, wechat="ADDED")

    def test_a_stranger_makes_no_first_call(self, bed):
        visit_id = bed.ask("SURVEY", place="")
        access, actor = make.colleague(make.office(), "CONSULTANT")
        with pytest.raises(care.VisitNotFound):
            care.note_first_call(
                visit_id=visit_id, reached=False, access=access, actor=actor, at=NOON
            )
        assert not Talk.objects.exists()


class TestWay:
    def test_shows_how_far_they_are_and_keeps_the_latest_place_only(self, bed, out):
        visit_id, secret = out
        care.send_location(secret=secret, point=HERE, at=NOON)
        for point in (HERE, THERE):
            bed.act(care.share_way, visit_id, point=point)
        way = queries.visit_by_link(secret, SOON).way
        assert (way.point, way.kilometres) == (THERE, 11.1)
        assert Way.objects.count() == 1
        assert THERE.encode() not in bytes(Way.objects.get().point)
        page = signed_in(Ref("party", bed.lin)).get(f"/v/{secret}").text
        assert "离您大约" not in page, "an old place is not shown"

    @pytest.mark.parametrize("end", ["arrive", "cancel", "stop", "silence"])
    def test_is_gone_with_the_end_of_the_way(self, bed, out, end):
        visit_id, secret = out
        bed.act(care.share_way, visit_id, point=HERE)
        old = SOON + rules.WAY_FRESH + timedelta(seconds=1)
        assert queries.visit_by_link(secret, old).way is None
        if end == "arrive":
            bed.act(care.arrive, visit_id)
        elif end == "cancel":
            bed.act(care.cancel_visit, visit_id, reason="ROAD")
        elif end == "stop":
            for _ in range(2):
                bed.act(care.end_way, visit_id)
        else:
            assert care.forget_ways(at=SOON + rules.WAY_KEPT) == 0
            assert care.forget_ways(at=SOON + rules.WAY_KEPT + timedelta(seconds=1)) == 1
        assert not Way.objects.exists()

    def test_only_whoever_goes_and_only_on_the_way(self, bed, out):
        visit_id, _secret = out
        access, actor = make.colleague(bed.office, "CONSULTANT")
        with pytest.raises(NotAllowed):
            care.share_way(visit_id=visit_id, point=HERE, access=access, actor=actor, at=SOON)
        for wrong in ("", "91,0"):
            with pytest.raises(care.BadVisit):
                bed.act(care.share_way, visit_id, point=wrong)
        bed.act(care.arrive, visit_id)
        with pytest.raises(care.NotNow):
            bed.act(care.share_way, visit_id, point=HERE)
        assert not Way.objects.exists()

    def test_the_phone_tells_it_quietly(self, bed, out):
        visit_id, _secret = out
        desk, page = signed_in(bed.actor), f"/staff/visits/{visit_id}"
        assert desk.post(f"{page}/way", {"point": HERE}).status_code == 302
        assert "停止共享" in desk.get(page).text
        assert desk.post(f"{page}/way", {"point": THERE, "quietly": "1"}).status_code == 204
        called = {"reached": "yes", "wechat": "ADDED"}
        assert desk.post(f"{page}/call", called).status_code == 302
        assert "已添加微信" in desk.get(page).text
        assert desk.post(f"{page}/way", {"end": "1"}).status_code == 302
        assert not Way.objects.exists()
